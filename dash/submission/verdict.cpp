#include "dash/submission/verdict.h"

#include <algorithm>
#include <array>

namespace dash::submission {
namespace {

template <std::size_t N>
bool is_one_of(const std::string& word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "duplicate" is also the answer about a block that lost its race, or that conflicts with a ChainLock.
constexpr std::array<std::string_view, 4> kKnownToDaemon{"duplicate", "inconclusive", "duplicate-inconclusive",
                                                         "bad-chainlock"};
constexpr std::array<std::string_view, 2> kMayChange{"prev-blk-not-found", "time-too-new"};

bool is_settled(const rpc::HeaderInfo& header, std::int64_t burial_confirmations) {
    return header.chainlock || header.confirmations >= burial_confirmations;
}

}  // namespace

SubmitVerdict judge_answer(const std::optional<std::string>& word) {
    if (!word) return SubmitVerdict::kAccepted;
    if (is_one_of(*word, kKnownToDaemon)) return SubmitVerdict::kAskChain;
    if (is_one_of(*word, kMayChange)) return SubmitVerdict::kRetry;
    return SubmitVerdict::kInvalid;
}

std::string hint(const std::string& word) {
    if (word == "inconclusive") return "another block may have been first at this height";
    if (word == "bad-chainlock") return "masternodes have already locked another block at this height";
    if (word == "prev-blk-not-found") return "dashd does not have the block before it yet";
    if (word == "time-too-new") return "dashd's clock is behind: synchronise the clocks of this machine and dashd's";
    if (word == "bad-prevblk") return "it was built on a block that dashd refuses";
    if (word == "high-hash") return "its hash does not meet the target: please report this";
    if (word == "bad-cb-payee" || word == "bad-cb-amount") {
        return "its coinbase does not pay what dashd's template asked: please report this with dashd's debug.log";
    }
    return {};
}

BlockState judge_chain(const std::optional<rpc::HeaderInfo>& own, const std::optional<rpc::HeaderInfo>& rival,
                       bool invalid, std::int64_t burial_confirmations) {
    if (own && own->confirmations >= 0) {
        return is_settled(*own, burial_confirmations) ? BlockState::kConfirmed : BlockState::kAccepted;
    }
    if (invalid) return BlockState::kRejected;
    if (rival && is_settled(*rival, burial_confirmations)) return BlockState::kLost;
    return own && rival ? BlockState::kOrphaned : BlockState::kSubmitted;
}

}  // namespace dash::submission
