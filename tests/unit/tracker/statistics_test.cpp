#include "share_chain/statistics.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/unit/tracker/fake_shares.h"

namespace {

using dash::Uint256;
using share_chain::SharePtr;
using share_chain::Tracker;
using tests::fake_share;

TEST_CASE("figures over more shares than there are, or over none, are refused") {
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    for (const SharePtr& share : tests::fake_line(3))
        tracker.add(share, 0);
    const Uint256 best(3);
    CHECK_THROWS_AS((void)pool_attempts_per_second(tracker, best, 4), std::out_of_range);
    CHECK_THROWS_AS((void)pool_attempts_per_second(tracker, best, 0), std::out_of_range);
    CHECK_THROWS_AS((void)pool_attempts_per_second(tracker, Uint256(9), 2), std::out_of_range);
    CHECK_THROWS_AS((void)average_stale_proportion(tracker, best, 4), std::out_of_range);
    CHECK_THROWS_AS((void)stale_counts(tracker, best, 5), std::out_of_range);
    CHECK_THROWS_AS((void)stale_counts(tracker, best, 0), std::out_of_range);
    CHECK_THROWS_AS((void)stale_rates(tracker, best, 4), std::out_of_range);
    CHECK_THROWS_AS((void)user_stale_proportions(tracker, best, 5), std::out_of_range);
    CHECK_THROWS_AS((void)desired_version_counts(tracker, best, 4), std::out_of_range);
}

TEST_CASE("time that stands still or runs backwards counts as one second") {
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    tracker.add(fake_share({.hash = Uint256(1), .timestamp = 500}), 0);
    tracker.add(fake_share({.hash = Uint256(2), .previous = Uint256(1), .work = 30, .timestamp = 500}), 0);
    tracker.add(fake_share({.hash = Uint256(3), .previous = Uint256(2), .work = 12, .timestamp = 400}), 0);
    CHECK(pool_attempts_per_second(tracker, Uint256(2), 2) == 30);
    CHECK(pool_attempts_per_second(tracker, Uint256(3), 3) == 42);
    CHECK(stale_rates(tracker, Uint256(3), 3).at("good") == 42);
}

TEST_CASE("every kind of stale share has its name") {
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    for (std::uint64_t i = 0; i < 256; ++i) {
        tracker.add(fake_share({.hash = Uint256(1000 + i),
                                .previous = Uint256(i == 0 ? 0 : 999 + i),
                                .stale_info = static_cast<std::uint8_t>(i)}),
                    0);
    }
    const auto counts = stale_counts(tracker, Uint256(1255), 256);  // all but the first
    CHECK(counts.size() == 256);
    CHECK(counts.at("good") == 255);
    CHECK(counts.at("orphan") == 1);
    CHECK(counts.at("doa") == 1);
    CHECK(counts.at("unk7") == 1);
    CHECK(counts.count("unk253") == 0);
    CHECK(average_stale_proportion(tracker, Uint256(1255), 256) == 255.0 / 511);
}

TEST_CASE("votes count by work, for versions that are newer than ours") {
    const share_chain::Network network = tests::short_network(50);
    Tracker tracker(network, tests::trusting_environment());
    struct Voter {
        std::uint64_t work;
        std::uint64_t version;
    };
    std::uint64_t number = 0;
    for (const Voter& voter : {Voter{10, 16}, Voter{20, 17}, Voter{7, 15}, Voter{35, 18}, Voter{28, 17}}) {
        tracker.add(fake_share({.hash = Uint256(number + 1),
                                .previous = Uint256(number),
                                .work = voter.work,
                                .desired_version = voter.version}),
                    0);
        ++number;
    }
    const auto counts = desired_version_counts(tracker, Uint256(number), number);
    const auto votes = share_chain::votes_above(counts, 16);
    REQUIRE(votes.size() == 2);
    CHECK(votes[0].version == 17);
    CHECK(votes[0].proportion == 0.48);
    CHECK(votes[1].version == 18);
    CHECK(votes[1].proportion == 0.35);
    CHECK(share_chain::votes_above(counts, 17).size() == 1);
    CHECK(share_chain::votes_above(counts, 18).empty());
    CHECK(share_chain::votes_above({}, 0).empty());
}

}  // namespace
