#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "share_chain/generation.h"
#include "share_chain/share_request.h"
#include "tests/unit/tracker/fake_shares.h"

// What the rules dictate for the next share of a line, against the rules as they are written down, on random trees.

namespace {

using dash::Uint256;
using dash::Wide;
using share_chain::SharePtr;
using share_chain::TransactionRef;

constexpr int kRounds = 30;
constexpr std::size_t kShares = 250;

/// Few, so that shares announce the same ones.
Uint256 some_transaction(tests::Random& random) {
    return Uint256(1 + random.below(30));
}

/// A random tree whose shares differ in all that the rules look at.
std::vector<SharePtr> lively_tree(tests::Random& random) {
    std::vector<SharePtr> tree;
    for (const SharePtr& plain : tests::fake_tree(random, kShares)) {
        auto share = std::make_shared<share_chain::Share>(*plain);
        share_chain::ShareInfo& info = share->contents.share_info;
        info.max_bits = dash::bits_from_target(random.uint256_of_any_size());
        share->max_target = dash::target_from_bits(info.max_bits);
        if (random.below(5) == 0) info.timestamp -= static_cast<std::uint32_t>(random.below(3000));
        info.absheight = static_cast<std::uint32_t>(random.u64());
        info.abswork = Uint256({random.u64(), random.u64(), 0, 0});
        for (std::uint64_t left = random.below(4); left > 0; --left)
            info.new_transaction_hashes.push_back(some_transaction(random));
        tree.push_back(std::move(share));
    }
    return tree;
}

/// python p2pool.data generate_transaction: pre_target3.
Wide easiest_target(const share_chain::Network& network, const std::vector<SharePtr>& line) {
    const Wide most = dash::to_wide(Uint256::max());
    if (line.size() < network.target_lookbehind) return dash::to_wide(network.max_target);
    Wide attempts = 0;
    for (std::size_t i = 0; i + 1 < network.target_lookbehind; ++i)
        attempts += dash::average_attempts(line[i]->max_target);
    const std::int64_t newest = line.front()->info().timestamp;
    const std::int64_t oldest = line[network.target_lookbehind - 1]->info().timestamp;
    const Wide a_second = attempts / std::max<std::int64_t>(newest - oldest, 1);
    Wide target = most;
    if (a_second != 0) {
        const Wide quotient = (most + 1) / (network.share_period_seconds * a_second);
        target = quotient == 0 ? Wide(0) : Wide(quotient - 1);
    }
    const Wide before = dash::to_wide(line.front()->max_target);
    target = std::max<Wide>(before * 9 / 10, std::min<Wide>(before * 11 / 10, target));
    return std::max(dash::to_wide(network.min_target), std::min(dash::to_wide(network.max_target), target));
}

/// The latest announcement among the hundred shares before, else the share's own.
void check_references(const share_chain::ShareInfo& info, const std::vector<Uint256>& transactions,
                      const std::vector<SharePtr>& line) {
    std::map<Uint256, TransactionRef> announced;
    for (std::size_t age = std::min<std::size_t>(line.size(), 100); age > 0; --age) {
        const auto& hashes = line[age - 1]->info().new_transaction_hashes;
        for (std::size_t place = hashes.size(); place > 0; --place)
            announced[hashes[place - 1]] = {age, place - 1};
    }
    std::vector<Uint256> announced_now;
    REQUIRE(info.transaction_hash_refs.size() == transactions.size());
    auto ref = info.transaction_hash_refs.begin();
    for (const Uint256& transaction : transactions) {
        const auto before = announced.find(transaction);
        if (before != announced.end()) {
            CHECK(*ref++ == before->second);
        } else {
            CHECK(*ref++ == TransactionRef{0, announced_now.size()});
            announced_now.push_back(transaction);
        }
    }
    CHECK(info.new_transaction_hashes == announced_now);
}

void check_next_share(const share_chain::Tracker& tracker, const std::vector<SharePtr>& line, tests::Random& random) {
    const share_chain::Network& network = tracker.network();
    share_chain::GroundworkRequest request;
    request.share_data.previous_share_hash = line.front()->hash;
    request.share_data.subsidy_duffs = 1000;
    request.block_attempts = 1'000'000;
    for (std::uint64_t left = random.below(12); left > 0; --left)
        request.transaction_hashes.push_back(some_transaction(random));
    share_chain::GenerationRequest wish;
    wish.desired_timestamp = line.front()->info().timestamp + static_cast<std::uint32_t>(random.below(60));
    wish.desired_target = random.uint256_of_any_size();
    const auto generation = generate(lay_groundwork(tracker, request), wish);
    const share_chain::ShareInfo info = generation.info();

    const Wide easiest = easiest_target(network, line);
    CHECK(dash::to_wide(generation.groundwork->easiest_target) == easiest);
    CHECK(info.max_bits == dash::bits_from_target(dash::to_uint256(easiest)));
    const Wide wanted = std::max<Wide>(easiest / 30, std::min(easiest, dash::to_wide(wish.desired_target)));
    CHECK(info.bits == dash::bits_from_target(dash::to_uint256(wanted)));
    const std::uint64_t parents_time = line.front()->info().timestamp;
    CHECK(info.timestamp == std::clamp<std::uint64_t>(wish.desired_timestamp, parents_time + 1,
                                                      parents_time + 2 * network.share_period_seconds - 1));
    CHECK(info.far_share_hash == (line.size() >= 99 ? line[98]->previous_hash() : Uint256()));
    CHECK(info.absheight == line.front()->info().absheight + 1);
    const Wide work = dash::to_wide(line.front()->info().abswork) + dash::average_attempts_from_bits(info.bits);
    CHECK(dash::to_wide(info.abswork) == work % (Wide(1) << 128));
    check_references(info, request.transaction_hashes, line);
}

/// With lines that go back to genesis or are long enough; the others may not be mined on.
bool may_be_mined_on(const share_chain::Network& network, const std::vector<SharePtr>& line) {
    return line.back()->previous_hash().is_zero() || line.size() >= std::max(network.chain_length, 99U);
}

TEST_CASE("what the next share must say follows from its line as the rules say") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < kRounds; ++round) {
        share_chain::Network network = tests::short_network(static_cast<std::uint32_t>(20 + random.below(150)));
        network.target_lookbehind = static_cast<std::uint32_t>(2 + random.below(120));
        network.share_period_seconds = static_cast<std::uint32_t>(1 + random.below(40));
        network.max_target = random.below(2) == 0 ? network.max_target : random.uint256_of_any_size();
        network.min_target = dash::to_uint256(dash::to_wide(network.max_target) / (1 + random.of_any_size(60)));
        const std::vector<SharePtr> tree = lively_tree(random);
        share_chain::Tracker tracker(network, tests::trusting_environment());
        for (const SharePtr& share : tree)
            tracker.add(share, 0);
        for (int i = 0; i < 25; ++i) {
            const std::vector<SharePtr> line = tests::line_of(tree, tree[random.below(tree.size())]->hash);
            if (may_be_mined_on(network, line)) {
                check_next_share(tracker, line, random);
            } else {
                share_chain::GroundworkRequest request;
                request.share_data.previous_share_hash = line.front()->hash;
                CHECK_THROWS_AS((void)lay_groundwork(tracker, request), dash::DecodeError);
            }
        }
    }
}

TEST_CASE("who asks for shares gets the lines that he named, as far as he said") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const share_chain::Network network = tests::short_network(50);
    for (int round = 0; round < kRounds; ++round) {
        const std::vector<SharePtr> tree = tests::fake_tree(random, kShares);
        share_chain::Tracker tracker(network, tests::trusting_environment());
        for (const SharePtr& share : tree)
            tracker.add(share, 0);
        const auto some_hashes = [&](std::uint64_t fewest, std::uint64_t most) {
            std::vector<Uint256> hashes;
            for (std::uint64_t left = fewest + random.below(most - fewest + 1); left > 0; --left)
                hashes.push_back(random.below(8) == 0 ? random.uint256() : tree[random.below(tree.size())]->hash);
            return hashes;
        };
        const std::vector<Uint256> hashes = some_hashes(1, 20);
        const std::vector<Uint256> stops = some_hashes(0, 10);
        const std::uint64_t parents = random.of_any_size(12);
        std::vector<SharePtr> expected;
        for (const Uint256& hash : hashes) {
            std::uint64_t left = 1 + std::min<std::uint64_t>(parents, 1000 / hashes.size());
            for (const SharePtr& share : tests::line_of(tree, hash)) {
                if (left-- == 0 || std::count(stops.begin(), stops.end(), share->hash) != 0) break;
                expected.push_back(share);
            }
        }
        CHECK(answer_share_request(tracker, hashes, parents, stops) == expected);
    }
}

}  // namespace
