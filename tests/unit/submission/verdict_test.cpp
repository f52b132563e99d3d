#include "dash/submission/verdict.h"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/vectors.h"

namespace {

using dash::rpc::HeaderInfo;
using dash::submission::BlockState;
using dash::submission::judge_answer;
using dash::submission::judge_chain;
using dash::submission::SubmitVerdict;
using nlohmann::json;

HeaderInfo header(std::int64_t confirmations, bool chainlock = false) {
    HeaderInfo info;
    info.confirmations = confirmations;
    info.chainlock = chainlock;
    return info;
}

constexpr std::int64_t kBurial = 100;

BlockState judged(const std::optional<HeaderInfo>& own, const std::optional<HeaderInfo>& rival, bool invalid = false) {
    return judge_chain(own, rival, invalid, kBurial);
}

}  // namespace

TEST_CASE("every recorded word of submitblock is judged by what it said about the block") {
    // The names of the recordings tell what was wrong with the block.
    const std::map<std::string, SubmitVerdict> special{{"duplicate", SubmitVerdict::kAskChain},
                                                       {"inconclusive", SubmitVerdict::kAskChain},
                                                       {"prev-blk-not-found", SubmitVerdict::kRetry},
                                                       {"time-too-new", SubmitVerdict::kRetry}};
    for (const json& entry : tests::load_recording("submitblock/_results_1.json")) {
        const json& response = entry.at("response");
        if (entry.at("request").at("method") != "submitblock" || !response.at("error").is_null()) continue;
        CAPTURE(response.at("result").dump());
        if (response.at("result").is_null()) {
            CHECK(judge_answer(std::nullopt) == SubmitVerdict::kAccepted);
            continue;
        }
        const auto word = response["result"].get<std::string>();
        const auto found = special.find(word);
        CHECK(judge_answer(word) == (found == special.end() ? SubmitVerdict::kInvalid : found->second));
    }
    CHECK(judge_answer("duplicate-invalid") == SubmitVerdict::kInvalid);
    CHECK(judge_answer("bad-chainlock") == SubmitVerdict::kAskChain);
}

TEST_CASE("a block on the main chain is accepted until a ChainLock or its depth settles it") {
    CHECK(judged(header(1), {}) == BlockState::kAccepted);
    CHECK(judged(header(99), {}) == BlockState::kAccepted);
    CHECK(judged(header(100), {}) == BlockState::kConfirmed);
    CHECK(judged(header(1, true), {}) == BlockState::kConfirmed);
    // What the chain says counts more than what submitblock once said.
    CHECK(judged(header(1), {}, true) == BlockState::kAccepted);
}

TEST_CASE("a block off the main chain is orphaned by the block in its place, for good when that is settled") {
    CHECK(judged(header(-1), header(1)) == BlockState::kOrphaned);
    CHECK(judged(header(-1), header(99)) == BlockState::kOrphaned);
    CHECK(judged(header(-1), header(100)) == BlockState::kLost);
    CHECK(judged(header(-1), header(1, true)) == BlockState::kLost);
    CHECK(judged({}, header(1, true)) == BlockState::kLost);
}

TEST_CASE("a block the chain has not decided about stays submitted, an invalid one does not") {
    CHECK(judged({}, {}) == BlockState::kSubmitted);
    CHECK(judged({}, header(5)) == BlockState::kSubmitted);
    CHECK(judged(header(-1), {}) == BlockState::kSubmitted);
    CHECK(judged({}, {}, true) == BlockState::kRejected);
    CHECK(judged(header(-1), header(1, true), true) == BlockState::kRejected);
}
