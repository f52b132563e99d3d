#include "share_chain/tracker.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "dash/util/error.h"
#include "share_chain/share_request.h"
#include "tests/unit/tracker/fake_shares.h"
#include "tests/unit/tracker/slow_tracker.h"

namespace {

using dash::Uint256;
using share_chain::Decision;
using share_chain::Share;
using share_chain::SharePtr;
using share_chain::Tracker;
using share_chain::TrackerEnvironment;
using tests::fake_share;
using tests::SlowTracker;

constexpr double kNow = 1000000;

/// Checks that fail for chosen shares, and remembers what was asked.
class Checker {
  public:
    [[nodiscard]] TrackerEnvironment environment() {
        return {.check = [this](const Tracker& tracker, const Share& share) {
            ++checks[share.hash];
            const Tracker::Line line = tracker.line(share.hash);
            CHECK((line.tail.is_zero() || line.height > tracker.network().chain_length));
            if (bad.count(share.hash) != 0) throw dash::DecodeError("made to fail");
        }};
    }

    std::set<Uint256> bad;
    std::map<Uint256, int> checks;
};

std::vector<Uint256> wanted(const Decision& decision) {
    std::vector<Uint256> hashes;
    for (const Decision::Wanted& want : decision.wanted)
        hashes.push_back(want.hash);
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

TEST_CASE("an empty tracker decides nothing") {
    const share_chain::Network network = tests::short_network(10);
    Tracker tracker(network);
    const Decision decision = tracker.think(kNow);
    CHECK(decision.best.is_zero());
    CHECK(decision.ranked_heads.empty());
    CHECK(decision.wanted.empty());
    CHECK(tracker.prune(kNow, decision).empty());
    CHECK(tracker.find(Uint256(1)) == nullptr);
    CHECK(tracker.source(Uint256(1)).empty());
    CHECK(tracker.chain(Uint256(1), 5).empty());
}

TEST_CASE("what is known of a share") {
    const share_chain::Network network = tests::short_network(10);
    Tracker tracker(network, tests::trusting_environment());
    for (const SharePtr& share : tests::fake_line(4))
        CHECK(tracker.add(share, 17, {"host:1"}));
    CHECK_FALSE(tracker.add(tests::fake_line(1)[0], 18, {"host:2"}));
    CHECK(tracker.time_seen(Uint256(1)) == 17);
    CHECK(tracker.source(Uint256(1)) == "host:1");
    CHECK(tracker.chain(Uint256(4), 2).size() == 2);
    CHECK(tracker.chain(Uint256(4), 99).size() == 4);
    CHECK(tracker.chain(Uint256(4), 2)[1]->hash == Uint256(3));
    CHECK_FALSE(tracker.is_verified(Uint256(2)));
    tracker.trust(Uint256(2));
    tracker.trust(Uint256(99));
    CHECK(tracker.is_verified(Uint256(2)));
    CHECK(tracker.verified_size() == 1);
    CHECK(tracker.verified_tails() == std::vector{Uint256(1)});
}

TEST_CASE("a line is verified when its context is there, and its missing parents are wanted") {
    const share_chain::Network network = tests::short_network(10);
    Checker checker;
    Tracker tracker(network, checker.environment());
    const std::vector<SharePtr> line = tests::fake_line(30);
    for (std::size_t i = 29; i >= 20; --i)
        tracker.add(line[i], kNow, {i == 20 ? "oldest:1" : "other:1"});
    Decision decision = tracker.think(1100);
    CHECK(decision.best.is_zero());
    REQUIRE(decision.wanted.size() == 1);
    CHECK(decision.wanted[0].hash == Uint256(20));
    CHECK(decision.wanted[0].source == "oldest:1");
    CHECK(checker.checks.empty());

    // The check of a share needs it and CHAIN_LENGTH more.
    tracker.add(line[19], kNow);
    decision = tracker.think(1100);
    CHECK(decision.best == Uint256(30));
    CHECK(tracker.verified_size() == 1);
    CHECK(wanted(decision) == std::vector{Uint256(19)});

    // Below a verified share one more is left unverified than need be.
    for (std::size_t i = 19; i-- > 14;)
        tracker.add(line[i], kNow);
    decision = tracker.think(1100);
    CHECK(tracker.verified_size() == 5);
    CHECK(wanted(decision) == std::vector{Uint256(14)});

    for (std::size_t i = 14; i-- > 5;)
        tracker.add(line[i], kNow);
    decision = tracker.think(1100);
    CHECK(tracker.verified_size() == 10);
    CHECK(decision.newly_verified.size() == 5);
    CHECK(wanted(decision) == std::vector{Uint256(5)});
    CHECK(tracker.think(1100).wanted.empty());

    CHECK(
        std::all_of(checker.checks.begin(), checker.checks.end(), [](const auto& entry) { return entry.second == 1; }));
}

TEST_CASE("lines that end in the past are not asked for") {
    const share_chain::Network network = tests::short_network(10);
    Tracker tracker(network, tests::trusting_environment());
    const SharePtr lonely = fake_share({.hash = Uint256(1), .previous = Uint256(99), .timestamp = 100000});
    tracker.add(lonely, kNow);
    CHECK(wanted(tracker.think(100000 + 24 * 3600)) == std::vector{Uint256(99)});
    CHECK(wanted(tracker.think(100001 + 24 * 3600)).empty());
    tracker.add(fake_share({.hash = Uint256(2), .timestamp = 103600}), kNow);
    CHECK(wanted(tracker.think(110000)) == std::vector{Uint256(99)});
    tracker.add(fake_share({.hash = Uint256(3), .previous = Uint256(2), .timestamp = 103601}), kNow);
    CHECK(wanted(tracker.think(110000)).empty());
}

TEST_CASE("a bad share goes, costs its sender, and its parent is tried") {
    const share_chain::Network network = tests::short_network(10);
    Checker checker;
    Tracker tracker(network, checker.environment());
    for (const SharePtr& share : tests::fake_line(5))
        tracker.add(share, kNow, {"host:" + share->hash.to_hex().substr(63)});
    checker.bad = {Uint256(4), Uint256(5)};
    const Decision decision = tracker.think(kNow);
    CHECK(decision.best == Uint256(3));
    CHECK(decision.misbehaving == std::vector<std::string>{"host:5", "host:4"});
    CHECK(decision.removed == std::vector{Uint256(5), Uint256(4)});
    REQUIRE(decision.rejected.size() == 2);
    CHECK(decision.rejected[0].second == "made to fail");
    CHECK(tracker.size() == 3);
    CHECK(tracker.add(tests::fake_line(4)[3], kNow));
    CHECK(tracker.think(kNow).rejected.size() == 1);
}

TEST_CASE("who was asked for a bad share by its name is not blamed for it") {
    const share_chain::Network network = tests::short_network(10);
    Checker checker;
    Tracker tracker(network, checker.environment());
    for (const SharePtr& share : tests::fake_line(5))
        tracker.add(share, kNow, {.peer = "asked:1", .vouches = false});
    tracker.add(fake_share({.hash = Uint256(6), .previous = Uint256(5)}), kNow, {.peer = "told:1", .vouches = true});
    checker.bad = {Uint256(4), Uint256(5), Uint256(6)};
    const Decision decision = tracker.think(kNow);
    CHECK(decision.best == Uint256(3));
    CHECK(decision.removed.size() == 3);
    CHECK(decision.misbehaving == std::vector<std::string>{"told:1"});
}

TEST_CASE("the child of a bad share may pass on its own") {
    const share_chain::Network network = tests::short_network(10);
    Checker checker;
    Tracker tracker(network, checker.environment());
    for (const SharePtr& share : tests::fake_line(6))
        tracker.add(share, kNow, {"host:1"});
    checker.bad = {Uint256(5)};
    Decision decision = tracker.think(kNow);
    CHECK(decision.best == Uint256(6));
    CHECK(tracker.verified_tails() == std::vector{Uint256(5)});
    CHECK(decision.rejected.size() == 1);
    CHECK(decision.misbehaving.empty());
    CHECK(tracker.contains(Uint256(5)));

    // A good sibling opens the old line, which is longer. The bad one is not checked again.
    tracker.add(fake_share({.hash = Uint256(15), .previous = Uint256(4)}), kNow);
    decision = tracker.think(kNow);
    CHECK(decision.best == Uint256(15));
    CHECK(decision.rejected.empty());
    CHECK(tracker.verified_tails() == std::vector{Uint256(), Uint256(5)});
    CHECK(checker.checks.at(Uint256(5)) == 1);

    // Another child of the bad share fails: its sender is told of. Who sent the bad one may have sent it with the good
    // child, and could not check it then. It still stands between two others.
    checker.bad.insert(Uint256(16));
    tracker.add(fake_share({.hash = Uint256(16), .previous = Uint256(5)}), kNow, {"host:2"});
    decision = tracker.think(kNow);
    CHECK(decision.removed == std::vector{Uint256(16)});
    CHECK(decision.misbehaving == std::vector<std::string>{"host:2"});
}

TEST_CASE("work decides, then a block, then who came first, then the hash") {
    const share_chain::Network network = tests::short_network(10);
    Tracker tracker(network, tests::trusting_environment());
    tracker.add(fake_share({.hash = Uint256(1)}), 5);
    tracker.add(fake_share({.hash = Uint256(10), .previous = Uint256(1)}), 9);
    tracker.add(fake_share({.hash = Uint256(11), .previous = Uint256(1)}), 9);
    CHECK(tracker.think(kNow).best == Uint256(11));
    tracker.add(fake_share({.hash = Uint256(3), .previous = Uint256(1)}), 8);
    CHECK(tracker.think(kNow).best == Uint256(3));
    tracker.add(fake_share({.hash = Uint256(4), .previous = Uint256(1), .claims_block = true}), 10);
    CHECK(tracker.think(kNow).best == Uint256(4));
    tracker.add(fake_share({.hash = Uint256(5), .previous = Uint256(10), .work = 100}), 11);
    CHECK(tracker.think(kNow).best == Uint256(4));  // the youngest five do not count
    for (std::uint64_t i = 20; i < 24; ++i) {
        tracker.add(fake_share({.hash = Uint256(i), .previous = Uint256(i == 20 ? 5 : i - 1)}), 12);
    }
    const Decision decision = tracker.think(kNow);
    CHECK(decision.best == Uint256(23));
    CHECK(decision.ranked_heads.front().work == 2);
}

/// Shares `first` … `last`, each on the one before, the first on `previous`; share n is built on block n.
void add_line(Tracker& tracker, std::uint64_t previous, std::uint64_t first, std::uint64_t last,
              double time_seen = kNow, std::uint64_t work = 1) {
    for (std::uint64_t i = first; i <= last; ++i) {
        const Uint256 parent(i == first ? previous : i - 1);
        tracker.add(fake_share({.hash = Uint256(i), .previous = parent, .work = work, .previous_block = Uint256(i)}),
                    time_seen);
    }
}

TEST_CASE("between long lines decides the work since the newest block of the oldest sixteenth") {
    const share_chain::Network network = tests::short_network(32);
    TrackerEnvironment environment = tests::trusting_environment();
    std::map<Uint256, std::int64_t> heights;
    environment.block_relative_height = [&](const Uint256& block) {
        const auto found = heights.find(block);
        return found == heights.end() ? std::int64_t{-1000} : found->second;
    };
    Tracker tracker(network, environment);
    add_line(tracker, 1, 1001, 1100, kNow, 7);
    add_line(tracker, 2, 2001, 2100, kNow, 8);
    heights = {{Uint256(1071), -4}, {Uint256(2069), -4}};  // just outside of the sixteenth, on either side
    CHECK(tracker.think(kNow).best == Uint256(2100));
    CHECK(tracker.score(Uint256(1100)).height == 32);
    CHECK(tracker.score(Uint256(1100)).work_per_second == 30 * 7 / (1001 * 150.0));
    heights = {{Uint256(1070), -4}, {Uint256(2070), -5}};
    CHECK(tracker.score(Uint256(1100)).work_per_second == 30 * 7 / (5 * 150.0));
    CHECK(tracker.think(kNow).best == Uint256(1100));
    heights[Uint256(2069)] = -4;
    CHECK(tracker.think(kNow).best == Uint256(2100));
    CHECK(tracker.score(Uint256(2100)).work_per_second == 30 * 8 / (5 * 150.0));
    CHECK(tracker.score(Uint256(1090)) < tracker.score(Uint256(1100)));
}

TEST_CASE("lines are shortened to what is needed") {
    const share_chain::Network network = tests::short_network(16);
    constexpr std::uint64_t kKept = 2 * 16 + 9;
    SUBCASE("one line") {
        Tracker tracker(network, tests::trusting_environment());
        add_line(tracker, 0, 1, 60);
        CHECK(tracker.prune(kNow, tracker.think(kNow)).size() == 60 - kKept);
        CHECK(tracker.tails() == std::vector{Uint256(60 - kKept)});
        CHECK(tracker.prune(kNow, tracker.think(kNow)).empty());
    }
    SUBCASE("the shorter branch counts") {
        Tracker tracker(network, tests::trusting_environment());
        add_line(tracker, 0, 1, 80);
        add_line(tracker, 20, 1021, 1060);
        CHECK(tracker.prune(kNow, tracker.think(kNow)).size() == 60 - kKept);
    }
    SUBCASE("branches that part at the old end go on by themselves") {
        Tracker tracker(network, tests::trusting_environment());
        add_line(tracker, 0, 1, 100);
        add_line(tracker, 5, 1006, 1070);
        (void)tracker.prune(kNow, tracker.think(kNow));
        CHECK(tracker.size() == 2 * kKept);
        CHECK(tracker.tails() == std::vector{Uint256(100 - kKept), Uint256(1070 - kKept)});
    }
}

TEST_CASE("a long dead line is eaten in pieces") {
    const share_chain::Network network = tests::short_network(2000);
    Tracker tracker(network, tests::trusting_environment());
    add_line(tracker, 0, 1, 1);
    add_line(tracker, 2, 1001, 2500, kNow - 1000);
    CHECK(tracker.prune(kNow, tracker.think(kNow)).size() == 1000);
    CHECK(tracker.prune(kNow, tracker.think(kNow)).size() == 500);
    CHECK(tracker.size() == 1);
}

/// Each head on its own would look at all of them: a square of their number, and this test would not end in time.
TEST_CASE("a crowd on one unknown parent is asked about once and goes at once") {
    const share_chain::Network network = tests::short_network(10);
    Tracker tracker(network, tests::trusting_environment());
    add_line(tracker, 0, 1, 1);
    constexpr std::uint64_t kCrowd = 30000;
    for (std::uint64_t i = 1; i <= kCrowd; ++i) {
        tracker.add(fake_share({.hash = Uint256(1000 + i), .previous = Uint256(999)}), 10, {i == 5 ? "host:5" : ""});
    }
    const Decision decision = tracker.think(kNow / 100);
    REQUIRE(decision.wanted.size() == 1);
    CHECK(decision.wanted[0].source == "host:5");
    CHECK(tracker.prune(100, decision).empty());
    CHECK(tracker.prune(kNow, decision).size() == kCrowd);
}

TEST_CASE("the best head and what is pruned are as defined") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 60; ++round) {
        const share_chain::Network network = tests::short_network(static_cast<std::uint32_t>(16 + random.below(10)));
        const auto block_relative_height = [](const Uint256& block) {
            return -static_cast<std::int64_t>(block.low64() * 7 % 11);
        };
        Checker checker;
        TrackerEnvironment environment = checker.environment();
        environment.block_relative_height = block_relative_height;
        Tracker tracker(network, environment);
        std::vector<SharePtr> tree = tests::fake_tree(random, 300);
        for (int i = 0; i < 6; ++i)
            checker.bad.insert(tree[random.below(tree.size())]->hash);
        for (int i = 0; i < 30; ++i)
            std::swap(tree[random.below(tree.size())], tree[random.below(tree.size())]);
        std::vector<Uint256> hashes;
        double now = kNow;
        while (!tree.empty()) {
            for (std::uint64_t left = random.below(30); left > 0 && !tree.empty(); --left) {
                now += static_cast<double>(random.below(8));
                tracker.add(tree.front(), random.below(3) == 0 ? 0 : now, {"host:1"});
                hashes.push_back(tree.front()->hash);
                tree.erase(tree.begin());
            }
            if (random.below(4) == 0) now += 400;
            const Decision decision = tracker.think(now);
            std::vector<Uint256> ranked;
            for (const share_chain::RankedHead& head : decision.ranked_heads)
                ranked.push_back(head.hash);

            SlowTracker slow(tracker, hashes, block_relative_height);
            CHECK(ranked == slow.ranked_heads());
            CHECK(decision.best == (ranked.empty() ? Uint256() : ranked.front()));
            slow.prune(now, ranked);
            const std::size_t before = tracker.size();
            const std::vector<Uint256> removed = tracker.prune(now, decision);
            CHECK(removed.size() == before - tracker.size());
            CHECK(tracker.size() == slow.shares().size());
            for (const auto& [hash, share] : slow.shares())
                CHECK(tracker.contains(hash));
            CHECK(tracker.verified_size() == slow.verified().size());
            for (const Uint256& hash : slow.verified())
                CHECK(tracker.is_verified(hash));
            for (const Uint256& bad : checker.bad)
                CHECK_FALSE(tracker.is_verified(bad));
        }
    }
}

TEST_CASE("a request for shares of none is refused, for the unknown answered with nothing") {
    const share_chain::Network network = tests::short_network(10);
    Tracker tracker(network, tests::trusting_environment());
    for (const SharePtr& share : tests::fake_line(5))
        tracker.add(share, kNow);
    CHECK_THROWS_AS((void)answer_share_request(tracker, {}, 1, {}), dash::DecodeError);
    const std::vector<Uint256> hashes{Uint256(9), Uint256(5)};
    const std::vector<Uint256> stops{Uint256(2)};
    CHECK(answer_share_request(tracker, hashes, UINT64_MAX, stops).size() == 3);
    const std::vector<Uint256> many(1001, Uint256(5));
    CHECK(answer_share_request(tracker, many, 100, {}).size() == 1001);
}

}  // namespace
