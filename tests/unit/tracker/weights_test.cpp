#include "share_chain/weights.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "dash/primitives/target.h"
#include "tests/unit/tracker/fake_shares.h"

namespace {

using dash::Uint256;
using dash::Wide;
using share_chain::PayoutWeights;
using share_chain::SharePtr;
using share_chain::Tracker;
using tests::fake_share;

/// The definition, share by share, with the last share's part as the reference computes it.
PayoutWeights slow_weights(const Tracker& tracker, const Uint256& start, std::uint64_t max_shares,
                           const Wide& desired) {
    PayoutWeights weights;
    for (const SharePtr& share : tracker.chain(start, max_shares)) {
        if (weights.total == desired) break;
        const Wide attempts = dash::average_attempts(share->target);
        const Wide all = attempts * 65535;
        const Wide counted = std::min<Wide>(all, desired - weights.total);
        const auto part = [&](unsigned weight) { return Wide((counted / 65535) * (attempts * weight) / attempts); };
        const unsigned donation = share->data().donation;
        if (part(65535 - donation) != 0) weights.by_script[share->payout_script()] += part(65535 - donation);
        weights.donation += part(donation);
        weights.total += counted;
    }
    return weights;
}

void check_equal(const PayoutWeights& ours, const PayoutWeights& expected) {
    CHECK(ours.by_script == expected.by_script);
    CHECK(ours.total == expected.total);
    CHECK(ours.donation == expected.donation);
}

TEST_CASE("nobody is paid where there are no shares, no room or no weight to give") {
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    for (const SharePtr& share : tests::fake_line(3))
        tracker.add(share, 0);
    check_equal(payout_weights(tracker, Uint256(), 10, 65535), {});
    check_equal(payout_weights(tracker, Uint256(77), 10, 65535), {});
    check_equal(payout_weights(tracker, Uint256(3), 0, 65535), {});
    check_equal(payout_weights(tracker, Uint256(3), 10, 0), {});
}

TEST_CASE("the last share counts in part") {
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    tracker.add(fake_share({.hash = Uint256(1), .work = 10, .finder = 1, .donation = 65535}), 0);
    tracker.add(fake_share({.hash = Uint256(2), .previous = Uint256(1), .work = 10, .finder = 2, .donation = 100}), 0);
    const PayoutWeights weights = payout_weights(tracker, Uint256(2), 10, 15 * 65535);
    CHECK(weights.total == 15 * 65535);
    CHECK(weights.donation == 10 * 100 + 5 * 65535);
    REQUIRE(weights.by_script.size() == 1);  // who donates all is not paid
    CHECK(weights.by_script.at(tracker.find(Uint256(2))->payout_script()) == 10 * (65535 - 100));
}

TEST_CASE("the window that moves gives what the definition gives") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 40; ++round) {
        const share_chain::Network network = tests::short_network(static_cast<std::uint32_t>(16 + random.below(80)));
        const std::vector<SharePtr> tree = tests::fake_tree(random, 200);
        Tracker tracker(network, tests::trusting_environment());
        std::size_t added = 0;
        Wide desired = 65535;
        std::uint64_t max_shares = 60;
        for (int step = 0; step < 300; ++step) {
            if (added < tree.size()) tracker.add(tree[added++], 0);
            if (random.below(10) == 0) desired = 65535 * Wide(random.of_any_size(30));
            if (random.below(10) == 0) max_shares = random.below(150);
            const std::uint64_t back =
                random.below(5) == 0 ? random.below(added) : random.below(std::min<std::size_t>(added, 4));
            const Uint256& start = tree[added - 1 - back]->hash;
            check_equal(payout_weights(tracker, start, max_shares, desired),
                        slow_weights(tracker, start, max_shares, desired));
            if (random.below(40) == 0) tracker.prune(1e9, tracker.think(1e9));
        }
    }
}

TEST_CASE("what was pruned counts no more") {
    const share_chain::Network network = tests::short_network(16);
    Tracker tracker(network, tests::trusting_environment());
    for (const SharePtr& share : tests::fake_line(100))
        tracker.add(share, 0);
    CHECK(payout_weights(tracker, Uint256(100), 100, 65535 * 1000).total == 65535 * 100);
    const std::size_t gone = tracker.prune(1e9, tracker.think(1e9)).size();
    CHECK(gone > 0);
    CHECK(payout_weights(tracker, Uint256(100), 100, 65535 * 1000).total == 65535 * (100 - gone));
    CHECK(payout_weights(tracker, Uint256(gone), 100, 65535 * 1000).total == 0);
}

TEST_CASE("a window whose newest share was forgotten and came again as an orphan begins anew") {
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    // On share 90 a fork, which dies: five heads are better.
    for (const SharePtr& share : tests::fake_line(100))
        tracker.add(share, 1000);
    for (std::uint64_t i = 200; i < 205; ++i)
        tracker.add(fake_share({.hash = Uint256(i), .previous = Uint256(99)}), 1000);
    std::vector<SharePtr> fork;
    for (std::uint64_t i = 91; i <= 99; ++i) {
        fork.push_back(
            fake_share({.hash = Uint256(1000 + i), .previous = i == 91 ? Uint256(90) : Uint256(1000 + i - 1)}));
        tracker.add(fork.back(), 0);
    }
    CHECK(payout_weights(tracker, Uint256(1099), 60, 65535 * 1000).total == 65535 * 60);
    const std::vector<Uint256> gone = tracker.prune(1000, tracker.think(1000));
    REQUIRE(std::find(gone.begin(), gone.end(), Uint256(1099)) != gone.end());
    tracker.add(fork.back(), 1000);
    REQUIRE(tracker.line(Uint256(1099)).height == 1);

    SUBCASE("asked for another line") {
        check_equal(payout_weights(tracker, Uint256(100), 60, 65535 * 1000),
                    slow_weights(tracker, Uint256(100), 60, 65535 * 1000));
    }
    SUBCASE("asked for a short line") {
        tracker.add(fake_share({.hash = Uint256(5000), .previous = Uint256(4999)}), 1000);
        check_equal(payout_weights(tracker, Uint256(5000), 60, 65535 * 1000),
                    slow_weights(tracker, Uint256(5000), 60, 65535 * 1000));
    }
    SUBCASE("asked for the orphan") {
        check_equal(payout_weights(tracker, Uint256(1099), 60, 65535 * 1000),
                    slow_weights(tracker, Uint256(1099), 60, 65535 * 1000));
    }
}

TEST_CASE("expected payouts spend the subsidy to the last duff") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    for (const SharePtr& share : tests::fake_tree(random, 120)) {
        tracker.add(share, 0);
        const std::uint64_t subsidy = random.of_any_size(40);
        const Uint256 block_target = random.uint256_of_any_size();
        const auto payouts = expected_payouts(tracker, share->hash, block_target, subsidy);
        const dash::ByteSpan donation = share_chain::donation_script();
        CHECK(payouts.count(dash::Bytes(donation.begin(), donation.end())) == 1);
        std::uint64_t sum = 0;
        for (const auto& [script, amount] : payouts)
            sum += amount;
        CHECK(sum == subsidy);
        const std::uint64_t shares = std::min<std::uint64_t>(tracker.line(share->hash).height, 50);
        const Wide desired = Wide(65535) * network.spread * dash::average_attempts(block_target);
        const PayoutWeights weights = slow_weights(tracker, share->hash, shares, desired);
        for (const auto& [script, weight] : weights.by_script) {
            REQUIRE(payouts.count(script) == 1);
            CHECK(payouts.at(script) == Wide(weight * subsidy / weights.total));
        }
    }
}

TEST_CASE("on an empty chain all goes to the donation") {
    const share_chain::Network network = tests::short_network(50);
    const Tracker tracker(network, tests::trusting_environment());
    const auto payouts = expected_payouts(tracker, Uint256(), dash::difficulty_one_target(), 5);
    REQUIRE(payouts.size() == 1);
    CHECK(payouts.begin()->second == 5);
}

}  // namespace
