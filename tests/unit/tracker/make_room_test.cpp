#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "share_chain/tracker.h"
#include "tests/unit/tracker/fake_shares.h"

// Whose shares stay when too many may be worth nothing.

namespace {

using dash::Uint256;
using share_chain::Decision;
using share_chain::SharePtr;
using share_chain::Source;
using share_chain::Tracker;
using tests::fake_share;
using tests::FakeShare;

constexpr double kPresent = 1000000;
constexpr std::size_t kMostBytes = 1'000'000;
constexpr std::size_t kFatBytes = 20'000;  ///< packed; twice that in memory
constexpr std::size_t kMostFatShares = kMostBytes / (2 * kFatBytes);
/// Numbers from here on are those of shares that nothing connects to, and of their parents.
constexpr std::uint64_t kOrphans = 1U << 30;

const Source kHonest{"1.1.1.1:7903"};

share_chain::TrackerEnvironment tight() {
    share_chain::TrackerEnvironment environment = tests::trusting_environment();
    environment.most_loose_bytes = kMostBytes;
    return environment;
}

/// A tracker with little room, and somebody who sends it orphans.
struct Crowded {
    Crowded() : network(tests::short_network(10)), tracker(network, tight()) {}

    /// Each on a parent of its own.
    void orphans(std::size_t count, const std::vector<std::string>& hosts, std::size_t packed_bytes = kFatBytes,
                 std::uint64_t work = 1) {
        for (std::size_t i = 0; i < count; ++i) {
            sent += 2;
            const std::string& host = hosts[i % hosts.size()];
            // Whoever connects again has another port.
            const SharePtr orphan = fake_share({.hash = Uint256(kOrphans + sent),
                                                .previous = Uint256(kOrphans + sent + 1),
                                                .work = work,
                                                .timestamp = 1000,
                                                .packed_bytes = packed_bytes});
            if (tracker.add(orphan, kPresent, {host + ":" + std::to_string(1 + i)})) taken.push_back(orphan->hash);
        }
    }
    bool add(std::uint64_t hash, std::uint64_t previous, std::uint64_t work = 1000, const Source& source = kHonest) {
        return tracker.add(
            fake_share({.hash = Uint256(hash), .previous = Uint256(previous), .work = work, .timestamp = 1000}),
            kPresent, source);
    }
    [[nodiscard]] std::uint64_t known(std::uint64_t first, std::uint64_t last) const {
        std::uint64_t count = 0;
        for (std::uint64_t hash = first; hash <= last; ++hash)
            count += tracker.contains(Uint256(hash)) ? 1 : 0;
        return count;
    }

    share_chain::Network network;
    Tracker tracker;
    std::uint64_t sent = 0;
    std::vector<Uint256> taken;
};

std::vector<std::string> many_hosts() {
    std::vector<std::string> hosts;
    for (int i = 0; i < 200; ++i)
        hosts.push_back("6.6.6." + std::to_string(i));
    return hosts;
}

TEST_CASE_FIXTURE(Crowded, "while orphans fill the room, a share and its parent come in any order") {
    std::vector<std::string> hosts;
    SUBCASE("of one host") {
        hosts = {"6.6.6.6"};
    }
    SUBCASE("of many") {
        hosts = many_hosts();
    }
    add(1, 0);
    REQUIRE(tracker.think(kPresent).best == Uint256(1));
    orphans(1000, hosts);
    CHECK(tracker.size() <= kMostFatShares + 1);
    // Small ones take the rest of the room.
    orphans(1000, hosts, 0);
    // Newest first, as peers send them.
    CHECK(add(3, 2));
    CHECK(add(2, 1));
    CHECK(tracker.think(kPresent).best == Uint256(3));

    CHECK(add(6, 5));
    orphans(1000, hosts);
    const Decision decision = tracker.think(1000);
    CHECK(std::any_of(decision.wanted.begin(), decision.wanted.end(),
                      [](const auto& wanted) { return wanted.hash == Uint256(5) && wanted.source == kHonest.peer; }));
    CHECK(add(5, 4));
    CHECK(add(4, 3));
    CHECK(tracker.think(kPresent).best == Uint256(6));
}

TEST_CASE_FIXTURE(Crowded, "orphans with less work do not keep a chain from coming, from its young end on") {
    std::vector<std::string> hosts;
    std::size_t packed_bytes = 0;
    SUBCASE("large ones of one host") {
        hosts = {"6.6.6.6"};
        packed_bytes = kFatBytes;
    }
    SUBCASE("small ones of many hosts") {
        hosts = many_hosts();
    }
    constexpr std::uint64_t kChain = 60;
    for (std::uint64_t hash = kChain; hash > 0; --hash) {
        CHECK(add(hash, hash - 1));
        orphans(100, hosts, packed_bytes);
        if (hash % 10 == 0) (void)tracker.think(kPresent);
    }
    CHECK(known(1, kChain) == kChain);
    CHECK(tracker.think(kPresent).best == Uint256(kChain));
}

TEST_CASE_FIXTURE(Crowded, "orphans with more work, of a few hosts, do not either") {
    constexpr std::uint64_t kChain = 60;
    for (std::uint64_t hash = kChain; hash > 0; --hash) {
        CHECK(add(hash, hash - 1));
        orphans(100, {"6.6.6.6", "7.7.7.7"}, 0, 1'000'000);
    }
    CHECK(known(1, kChain) == kChain);
}

TEST_CASE_FIXTURE(Crowded, "orphans on an honest line that is not verified go, and leave it") {
    constexpr std::uint64_t kLine = 60;
    for (std::uint64_t hash = 2; hash <= kLine; ++hash)
        add(hash, hash - 1);
    for (std::uint64_t i = 0; i < 1000; ++i) {
        tracker.add(
            fake_share(
                {.hash = Uint256(kOrphans + i), .previous = Uint256(2 + i % (kLine - 1)), .packed_bytes = kFatBytes}),
            kPresent, {"6.6.6.6:1"});
    }
    CHECK(known(2, kLine) == kLine - 1);
    CHECK(tracker.size() <= kLine + kMostFatShares);
}

TEST_CASE_FIXTURE(Crowded, "shares worth nothing do not hide between two that are worth much") {
    constexpr std::uint64_t kLine = 1000;
    for (std::uint64_t i = 0; i < kLine; ++i) {
        const bool is_end = i == 0 || i + 1 == kLine;
        tracker.add(fake_share({.hash = Uint256(kOrphans + i + 1),
                                .previous = Uint256(kOrphans + i),
                                .work = is_end ? 1'000'000'000U : 1U,
                                .packed_bytes = kFatBytes}),
                    kPresent, {"6.6.6.6:1"});
    }
    CHECK(tracker.size() <= kMostFatShares);
}

TEST_CASE_FIXTURE(Crowded, "the best lines and our own shares stay, whatever they take") {
    constexpr std::uint64_t kChain = 5 * kMostFatShares;
    const auto fat = [](std::uint64_t hash, std::uint64_t previous) {
        return fake_share({.hash = Uint256(hash), .previous = Uint256(previous), .packed_bytes = kFatBytes});
    };
    for (std::uint64_t hash = 1; hash <= kChain; ++hash) {
        REQUIRE(tracker.add(fat(hash, hash - 1), kPresent, kHonest));
        REQUIRE(tracker.think(kPresent).best == Uint256(hash));
    }
    for (std::uint64_t i = 1; i <= kMostFatShares; ++i)
        REQUIRE(tracker.add(fat(1000 + 2 * i, 1001 + 2 * i), kPresent));
    orphans(1000, many_hosts(), 0, 1'000'000);
    CHECK(known(1, kChain) == kChain);
    for (std::uint64_t i = 1; i <= kMostFatShares; ++i)
        CHECK(tracker.contains(Uint256(1000 + 2 * i)));
}

TEST_CASE_FIXTURE(Crowded, "verified shares beside the best lines have no room of their own") {
    for (std::uint64_t hash = 1; hash <= 20; ++hash) {
        add(hash, hash - 1);
        (void)tracker.think(kPresent);
    }
    for (std::uint64_t i = 0; i < 1000; ++i) {
        tracker.add(fake_share({.hash = Uint256(kOrphans + i), .previous = Uint256(0), .packed_bytes = kFatBytes}),
                    kPresent, {"6.6.6.6:1"});
        CHECK(tracker.think(kPresent).best == Uint256(20));
    }
    CHECK(tracker.size() <= 20 + kMostFatShares + 5);
    CHECK(tracker.verified_size() == tracker.size());
}

TEST_CASE_FIXTURE(Crowded, "what made room is told, once, unless it came again") {
    orphans(kMostFatShares, {"6.6.6.6"});
    std::vector<Uint256> gone;
    std::copy_if(taken.begin(), taken.end(), std::back_inserter(gone),
                 [this](const Uint256& hash) { return !tracker.contains(hash); });
    std::sort(gone.begin(), gone.end());
    REQUIRE(gone.size() > 1);
    const Uint256 again = gone.back();
    gone.pop_back();
    REQUIRE(tracker.add(fake_share({.hash = again, .previous = Uint256(7)}), kPresent, kHonest));
    std::vector<Uint256> told = tracker.think(kPresent).removed;
    std::sort(told.begin(), told.end());
    CHECK(told == gone);
    CHECK(tracker.think(kPresent).removed.empty());
}

/// Fits the room or not, the tracker is what was added without what it told gone.
TEST_CASE("what has little room keeps its books") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 20; ++round) {
        const share_chain::Network network = tests::short_network(static_cast<std::uint32_t>(16 + random.below(10)));
        share_chain::TrackerEnvironment environment = tests::trusting_environment();
        environment.most_loose_bytes = 50'000 + random.below(300'000);
        Tracker tracker(network, environment);
        std::vector<SharePtr> tree = tests::fake_tree(random, 400);
        for (int i = 0; i < 100; ++i)
            std::swap(tree[random.below(tree.size())], tree[random.below(tree.size())]);
        std::set<Uint256> known;
        std::set<Uint256> refused;
        std::set<Uint256> best_line;
        double now = kPresent;
        for (std::size_t next = 0; next < tree.size();) {
            for (std::uint64_t left = 1 + random.below(30); left > 0 && next < tree.size(); --left, ++next) {
                now += 1;
                const SharePtr& share = tree[next];
                const Source source{random.below(10) == 0 ? "" : "1.1.1." + std::to_string(random.below(4)) + ":1"};
                (tracker.add(share, now, source) ? known : refused).insert(share->hash);
                for (const Uint256& hash : best_line)
                    REQUIRE(tracker.contains(hash));
            }
            const Decision decision = tracker.think(now);
            for (const Uint256& hash : decision.removed)
                REQUIRE(known.erase(hash) == 1);
            for (const Uint256& hash : tracker.prune(now, decision))
                REQUIRE(known.erase(hash) == 1);
            CHECK(tracker.size() == known.size());
            for (const Uint256& hash : known)
                REQUIRE(tracker.contains(hash));
            best_line.clear();
            for (const SharePtr& share : tracker.chain(decision.best, tree.size()))
                best_line.insert(share->hash);
        }
        for (const Uint256& hash : refused)
            CHECK_FALSE(tracker.contains(hash));
    }
}

}  // namespace
