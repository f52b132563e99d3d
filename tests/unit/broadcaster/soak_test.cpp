#include <doctest/doctest.h>
#include <malloc.h>

#include <atomic>

#include "tests/support/random.h"
#include "tests/unit/broadcaster/broadcaster_place.h"

using namespace std::chrono_literals;
using dash::broadcaster::PeerBook;
using tests::peer_address;
using Manner = tests::NetworkPeers::Manner;

namespace {

/// Real time that can be skipped.
class SkippingClock final : public dash::Clock {
  public:
    [[nodiscard]] double unix_seconds() const override {
        return dash::system_clock().unix_seconds() + static_cast<double>(skipped_);
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const override {
        return dash::system_clock().steady_now() + std::chrono::seconds(skipped_);
    }
    void skip(std::chrono::seconds time) { skipped_ += time.count(); }

  private:
    std::atomic<std::int64_t> skipped_ = 0;
};

/// Of the whole program; 0 with an allocator that does not tell, as a sanitizer's.
std::size_t allocated_bytes() {
    return ::mallinfo2().uordblks;
}

/// Until of so many connections that were made, so many are left: no dead peer is kept. One that came back at once does
/// not count.
bool wait_until_dropped(const tests::BroadcasterPlace& place, std::uint64_t made, std::uint64_t left) {
    return tests::wait_until(
        [&] {
            const auto status = place.broadcaster->status();
            const auto now_made = status.at("statistics").at("successful_connections").get<std::uint64_t>();
            const auto active = status.at("health").at("active_connections").get<std::uint64_t>();
            return active + made == left + now_made;
        },
        20s);
}

}  // namespace

TEST_CASE("a dashd that freezes is not told to be connected, though its connection stays") {
    SkippingClock clock;
    tests::BroadcasterPlace place(3, clock);
    place.start();
    REQUIRE(tests::wait_until([&] { return place.status("/health/local_dashd_connected") == true; }, 20s));
    place.dashd.fall_silent();
    const std::size_t pings = place.dashd.received("ping").size();
    REQUIRE(tests::wait_until([&] { return place.dashd.received("ping").size() > pings; }, 20s));
    clock.skip(11s);
    CHECK(tests::wait_until([&] { return place.status("/health/local_dashd_connected") == false; }, 20s));
    CHECK(place.status("/peers/protected/0/uptime_seconds") == 0);
    CHECK(place.dashd.connections() == 1);
}

TEST_CASE("two hours of connections that come and go, and of won blocks, leave nothing behind") {
    constexpr int kPeers = 12;
    constexpr int kMinutes = 120;
    constexpr int kMinutesBetweenBlocks = 10;
    tests::Random random;
    INFO(random.how_to_repeat());
    SkippingClock clock;
    tests::BroadcasterPlace place(kPeers + 1, clock);
    place.settings.limits.min_peers = 5;
    place.add_peers(1, kPeers, Manner::kHonest);
    place.write_peer_file(kPeers);
    place.start();
    REQUIRE(place.wait_for_peers(kPeers));
    std::uint64_t connections = kPeers;
    std::uint64_t pushed = 0;
    int blocks = 0;
    std::size_t allocated = 0;
    const auto skip = [&](std::chrono::seconds time) {
        clock.skip(time);
        place.network.announce_transactions(1);  // nobody seems to have been silent
    };
    for (int minute = 1; minute <= kMinutes; ++minute) {
        if (minute == kMinutes / 2) allocated = allocated_bytes();
        // Some hang up, and one stops listening for a while.
        const int gone = 1 + static_cast<int>(random.below(kPeers));
        place.network.remove(peer_address(gone));
        std::size_t others = 0;
        for (int i = 1; i <= kPeers; ++i) {
            if (i == gone || random.below(4) != 0) continue;
            place.network.hang_up(peer_address(i));
            ++others;
        }
        REQUIRE(wait_until_dropped(place, connections, kPeers - 1 - others));
        skip(61s);
        REQUIRE(place.wait_for_peers(kPeers - 1));
        if (minute % kMinutesBetweenBlocks == 0) {
            const dash::Block block = tests::test_block({}, dash::Uint256(static_cast<std::uint64_t>(minute)));
            place.pipeline->submit(tests::won(block));
            REQUIRE(place.wait_for_broadcasts(++blocks));
            pushed += kPeers - 1;
            skip(61s);  // it is not fresh any more for those who come
        }
        place.add_peers(gone, 1, Manner::kHonest);
        skip(301s);  // the rest after refusals
        REQUIRE(place.wait_for_peers(kPeers));
        connections += others + 1;
        CHECK(place.status("/database/total_peers") <= PeerBook::kMostPeers + 1);
    }
    const auto statistics = place.status("/statistics");
    CHECK(statistics.at("successful_connections") == connections);
    CHECK(statistics.at("connection_attempts") == statistics.at("successful_connections").get<std::uint64_t>() +
                                                      statistics.at("failed_connections").get<std::uint64_t>());
    CHECK(statistics.at("failed_connections") == statistics.at("refused"));
    CHECK(statistics.at("total_peer_broadcasts") == pushed);
    CHECK(statistics.at("successful_broadcasts") == pushed);
    // A connection that was kept would be some 100 kB.
    constexpr std::size_t kNoise = 1U << 20;
    MESSAGE(connections << " connections, " << blocks << " blocks; allocated after one hour " << allocated / 1024
                        << " kB, after two " << allocated_bytes() / 1024 << " kB");
    CHECK(allocated_bytes() <= allocated + kNoise);
}
