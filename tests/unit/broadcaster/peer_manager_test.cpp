#include "dash/broadcaster/peer_manager.h"

#include <doctest/doctest.h>

#include <chrono>

#include "tests/unit/broadcaster/addresses.h"
#include "tests/unit/broadcaster/fake_network.h"

using namespace dash::broadcaster;
using dash::rpc::PeerInfo;

using broadcaster_tests::kMainnet;

namespace {

PeerAddress peer(unsigned number) {
    const auto address =
        parse_peer_address(std::to_string(20 + number / 250) + "." + std::to_string(number % 250) + ".1.1:9999");
    REQUIRE(address);
    return *address;
}

struct ManagerPlace {
    explicit ManagerPlace(Limits limits = {}, unsigned known = 0, bool bootstrapped = true)
        : manager(limits, book(known), bootstrapped, clock) {}

    PeerBook book(unsigned known) const {
        PeerBook made(kMainnet);
        made.protect(*parse_peer_address("5.6.7.8:9999"));
        for (unsigned i = 0; i < known; ++i)
            static_cast<void>(made.add(peer(i), Source::kP2p, clock.unix_seconds(), clock.unix_seconds()));
        return made;
    }
    /// Connects to whoever the manager wants, until it wants nobody.
    void connect_all() {
        for (auto dials = manager.dials(); !dials.empty(); dials = manager.dials()) {
            for (const auto& dial : dials)
                static_cast<void>(manager.connected(dial.address));
        }
    }
    void advance(double seconds) {
        clock.advance(seconds);
        for (const auto& [address, connection] : manager.connections())
            manager.heard_from(address);
    }

    tests::ManualClock clock;
    PeerManager manager;
};

}  // namespace

TEST_CASE("three attempts at a time, until one place is left for the local dashd") {
    ManagerPlace place({.max_peers = 20, .min_peers = 5}, 50);
    CHECK(place.manager.check().refresh == Refresh::kNone);
    auto dials = place.manager.dials();
    CHECK(dials.size() == 3);
    CHECK(place.manager.dials().empty());
    CHECK(place.manager.dialing() == 3);
    static_cast<void>(place.manager.connected(dials[0].address));
    CHECK(place.manager.dials().size() == 1);
    CHECK(place.manager.dialing() == 3);
    place.manager.dial_failed(dials[1].address, Failure::kRefused);
    place.manager.dial_failed(dials[2].address, Failure::kTimeout);
    CHECK(place.manager.dials().size() == 2);
    CHECK(place.manager.statistics().refused == 1);
    CHECK(place.manager.statistics().timeouts == 1);
}

TEST_CASE("the maximum holds, attempts included") {
    ManagerPlace place({.max_peers = 6, .min_peers = 2}, 50);
    static_cast<void>(place.manager.check());
    std::size_t connected = 0;
    for (auto dials = place.manager.dials(); !dials.empty(); dials = place.manager.dials()) {
        CHECK(place.manager.connections().size() + place.manager.dialing() <= 5);
        for (const auto& dial : dials) {
            CHECK(!place.manager.connected(dial.address));
            ++connected;
        }
    }
    CHECK(connected == 5);
}

TEST_CASE("after three failures a peer is left alone for five minutes") {
    ManagerPlace place({.max_peers = 20, .min_peers = 1}, 1);
    int attempts = 0;
    bool rests = false;
    for (int step = 0; step < 6 && !rests; ++step) {
        static_cast<void>(place.manager.check());
        for (const auto& dial : place.manager.dials()) {
            CHECK(dial.attempt == ++attempts);
            rests = place.manager.dial_failed(dial.address, Failure::kRefused);
        }
        place.advance(5);
    }
    CHECK(attempts == 3);
    REQUIRE(rests);
    CHECK(place.manager.resting().size() == 1);
    for (int step = 0; step < 58; ++step) {
        static_cast<void>(place.manager.check());
        CHECK(place.manager.dials().empty());
        place.advance(5);
    }
    place.advance(5);
    static_cast<void>(place.manager.check());
    CHECK(place.manager.dials().size() == 1);
}

TEST_CASE("dashd's report of a connection clears a peer's failures") {
    ManagerPlace place({.max_peers = 20, .min_peers = 1}, 1);
    static_cast<void>(place.manager.check());
    for (int i = 0; i < 3; ++i) {
        REQUIRE(place.manager.dials().size() == 1);
        place.manager.dial_failed(peer(0), Failure::kTimeout);
        place.advance(5);
        static_cast<void>(place.manager.check());
    }
    CHECK(place.manager.dials().empty());
    CHECK(place.manager.resting().size() == 1);
    static_cast<void>(place.manager.dashd_answered(Refresh::kEmergency, {{to_text(peer(0)), false, 0.04}}));
    CHECK(place.manager.resting().empty());
    CHECK(place.manager.dials().size() == 1);
}

TEST_CASE("peers that dashd is not connected to come first, and those of other groups") {
    ManagerPlace place({.max_peers = 4, .min_peers = 1}, 4);
    const PeerAddress neighbour = *parse_peer_address("20.3.200.1:9999");  // same /16 as the fourth
    dash::p2p::NetAddress told;
    told.ip = neighbour.ip;
    told.port = neighbour.port;
    static_cast<void>(place.manager.dashd_answered(
        Refresh::kScheduled, {{to_text(peer(0)), false, std::nullopt}, {to_text(peer(1)), false, std::nullopt}}));
    place.connect_all();
    CHECK(place.manager.connections().size() == 3);
    CHECK(place.manager.connections().count(peer(2)) == 1);
    CHECK(place.manager.connections().count(peer(3)) == 1);
    static_cast<void>(
        place.manager.addresses_received(peer(2), {{static_cast<std::uint32_t>(place.clock.unix_seconds()), told}}));
    place.manager.disconnected(peer(2));
    place.advance(120);
    static_cast<void>(place.manager.check());
    const auto dials = place.manager.dials();
    REQUIRE(dials.size() == 1);
    CHECK(dials[0].address == peer(2));  // and not the neighbour
}

TEST_CASE("a peer that turns out to be the local dashd goes, and is not called again") {
    ManagerPlace place({.max_peers = 20, .min_peers = 5}, 3);
    static_cast<void>(place.manager.check());
    const auto dials = place.manager.dials();
    REQUIRE(dials.size() == 3);
    CHECK(!place.manager.connected(dials[0].address));
    CHECK(place.manager.protect(dials[0].address));   // to be disconnected
    CHECK(!place.manager.protect(dials[1].address));  // still an attempt …
    CHECK(place.manager.connected(dials[1].address) == dials[1].address);
    place.manager.disconnected(dials[0].address);
    place.manager.disconnected(dials[1].address);
    CHECK(!place.manager.connected(dials[2].address));
    place.clock.advance(3600);
    static_cast<void>(place.manager.check());
    CHECK(place.manager.dials().empty());
    CHECK(place.manager.connections().size() == 1);
    CHECK(place.manager.book().size() == 1);
}

TEST_CASE("dashd's inbound peers and itself are no addresses") {
    ManagerPlace place({}, 0, /*bootstrapped=*/false);
    CHECK(place.manager.check().refresh == Refresh::kBootstrap);
    const auto learned =
        place.manager.dashd_answered(Refresh::kBootstrap, {{"1.2.3.4:9999", false, 0.045},
                                                           {"1.2.3.5:51234", true, 0.01},
                                                           {"5.6.7.8:9999", true, 0.01},
                                                           {"dashd.example.org:9999", false, 0.01},
                                                           {"[2a00:1450::1]:9999", false, std::nullopt}});
    CHECK(learned.added.size() == 2);
    CHECK(place.manager.bootstrapped());
    CHECK(place.manager.book().size() == 2);
    const PeerRecord& record = place.manager.book().records().at(*parse_peer_address("1.2.3.4:9999"));
    CHECK(record.source == Source::kDashd);
    CHECK(record.ping_ms == doctest::Approx(45));
    CHECK(record.outbound == true);
    CHECK(place.manager.statistics().dashd_refreshes == 1);
}

TEST_CASE("rotation: the worst makes room for a clearly better one, once it is connected") {
    ManagerPlace place({.max_peers = 4, .min_peers = 1}, 3);
    static_cast<void>(place.manager.check());
    place.connect_all();
    REQUIRE(place.manager.connections().size() == 3);
    for (unsigned i = 0; i < 3; ++i)
        place.manager.ping_measured(peer(i), std::chrono::milliseconds(50 + i));
    place.manager.broadcast_ended(peer(1), false);
    place.manager.broadcast_ended(peer(1), false);
    dash::p2p::NetAddress told;
    told.ip = peer(9).ip;
    told.port = 9999;

    place.advance(30);
    static_cast<void>(
        place.manager.addresses_received(peer(0), {{static_cast<std::uint32_t>(place.clock.unix_seconds()), told}}));
    place.advance(300);
    static_cast<void>(place.manager.check());
    CHECK(place.manager.dials().empty());  // all are connected too shortly to be judged

    for (int i = 0; i < 3; ++i)
        place.manager.broadcast_ended(peer(1), false);
    place.manager.ping_measured(peer(1), std::chrono::seconds(2));
    place.advance(300);
    static_cast<void>(place.manager.check());
    const auto dials = place.manager.dials();
    REQUIRE(dials.size() == 1);
    CHECK(dials[0].address == peer(9));
    CHECK(place.manager.connections().size() == 3);
    SUBCASE("the better one answers") {
        CHECK(place.manager.connected(peer(9)) == peer(1));
        place.manager.disconnected(peer(1));
        CHECK(place.manager.connections().size() == 3);
        place.advance(55);
        static_cast<void>(place.manager.check());
        CHECK(place.manager.dials().empty());  // at most one a minute, and nobody is clearly better now
    }
    SUBCASE("it does not answer: nobody has to go") {
        place.manager.dial_failed(peer(9), Failure::kTimeout);
        CHECK(place.manager.connections().size() == 3);
    }
}

TEST_CASE("a candidate that is hardly better replaces nobody") {
    ManagerPlace place({.max_peers = 4, .min_peers = 1}, 4);
    static_cast<void>(place.manager.check());
    place.connect_all();
    for (int minute = 0; minute < 60; ++minute) {
        place.advance(60);
        static_cast<void>(place.manager.check());
        CHECK(place.manager.dials().empty());
    }
}

TEST_CASE("a better peer that is just forgotten replaces nobody") {
    ManagerPlace place({.max_peers = 4, .min_peers = 1}, 3);
    static_cast<void>(place.manager.check());
    place.connect_all();
    REQUIRE(place.manager.connections().size() == 3);
    for (unsigned i = 0; i < 3; ++i) {
        for (int times = 0; times < 20; ++times)
            place.manager.broadcast_ended(peer(i), false);
        place.manager.ping_measured(peer(i), std::chrono::seconds(2));
    }
    dash::p2p::NetAddress told;
    told.ip = peer(9).ip;
    told.port = 9999;
    const double half_interval = std::chrono::duration<double>(Upkeep::kScheduledInterval).count() / 2;
    const double heard = place.clock.unix_seconds() - PeerBook::kLongestAbsenceSeconds + half_interval;
    static_cast<void>(place.manager.addresses_received(peer(0), {{static_cast<std::uint32_t>(heard), told}}));
    REQUIRE(place.manager.book().size() == 4);
    REQUIRE(place.manager.score_of(peer(9)) > place.manager.score_of(peer(0)) + PeerManager::kRotationMargin);

    place.advance(2 * half_interval);
    const auto orders = place.manager.check();
    CHECK(orders.refresh == Refresh::kScheduled);
    CHECK(orders.forgotten == 1);
    CHECK(place.manager.dials().empty());
}

TEST_CASE("one peer cannot flood the book") {
    ManagerPlace place({.max_peers = 4, .min_peers = 1}, 1);
    static_cast<void>(place.manager.check());
    place.connect_all();
    std::size_t added = 0;
    for (unsigned batch = 0; batch < 10; ++batch) {
        std::vector<dash::p2p::TimedAddress> addresses;
        for (unsigned i = 0; i < 1000; ++i) {
            dash::p2p::NetAddress address;
            const unsigned number = 1000 * batch + i;
            address.ip =
                parse_peer_address(std::to_string(60 + number / 2500) + "." + std::to_string(number / 10 % 250) + "." +
                                   std::to_string(number % 10) + ".1:9999")
                    ->ip;
            address.port = 9999;
            addresses.push_back({static_cast<std::uint32_t>(place.clock.unix_seconds()), address});
        }
        added += place.manager.addresses_received(peer(0), addresses).added.size();
    }
    CHECK(added == PeerManager::kMostAddressesOfPeer);
    CHECK(place.manager.addresses_received(peer(3), {}).added.empty());
}

TEST_CASE("what others claim about times is not believed blindly") {
    ManagerPlace place({.max_peers = 4, .min_peers = 1}, 1);
    static_cast<void>(place.manager.check());
    place.connect_all();
    dash::p2p::NetAddress address;
    address.ip = peer(5).ip;
    address.port = 9999;
    const auto now = place.clock.unix_seconds();
    for (const std::uint32_t claimed : {0U, 4'000'000'000U}) {
        static_cast<void>(place.manager.addresses_received(peer(0), {{claimed, address}}));
        CHECK(place.manager.book().records().at(peer(5)).last_seen == now - 5 * 86400);
    }
}

TEST_CASE("announcements are counted once, and first ones when confirmed") {
    ManagerPlace place({.max_peers = 5, .min_peers = 1}, 3);
    static_cast<void>(place.manager.check());
    place.connect_all();
    CHECK(place.manager.block_announced(peer(0), dash::Uint256(7)) == 1);
    CHECK(!place.manager.block_announced(peer(0), dash::Uint256(7)));
    CHECK(place.manager.book().records().at(peer(0)).blocks_first == 0);
    CHECK(place.manager.block_announced(peer(1), dash::Uint256(7)) == 1);
    CHECK(place.manager.book().records().at(peer(0)).blocks_first == 1);
    CHECK(place.manager.book().records().at(peer(1)).blocks_first == 0);
    CHECK(place.manager.block_announced(peer(0), dash::Uint256(8)) == 2);
    CHECK(place.manager.transactions_announced(peer(0), 30) == 30);
    CHECK(place.manager.transactions_announced(peer(0), 5) == 35);
}

TEST_CASE("who breaks the protocol is not called back soon") {
    ManagerPlace place({.max_peers = 5, .min_peers = 1}, 1);
    static_cast<void>(place.manager.check());
    place.connect_all();
    place.advance(3600);
    place.manager.disconnected(peer(0), /*misbehaved=*/true);
    place.advance(200);
    static_cast<void>(place.manager.check());
    CHECK(place.manager.dials().empty());
    CHECK(place.manager.resting().size() == 1);
}

TEST_CASE("time connected adds up") {
    ManagerPlace place({.max_peers = 5, .min_peers = 1}, 1);
    for (int i = 0; i < 3; ++i) {
        static_cast<void>(place.manager.check());
        place.connect_all();
        REQUIRE(place.manager.connections().size() == 1);
        place.advance(100);
        place.manager.disconnected(peer(0));
        place.manager.disconnected(peer(0));
        place.advance(100);
    }
    CHECK(place.manager.book().records().at(peer(0)).uptime_seconds == doctest::Approx(300));
    CHECK(place.manager.statistics().successful_connections == 3);
}

TEST_CASE("a check that finds nothing to do takes less than a millisecond with a full book") {
    ManagerPlace place({.max_peers = 20, .min_peers = 5}, PeerBook::kMostPeers);
    static_cast<void>(place.manager.check());
    place.connect_all();
    REQUIRE(place.manager.connections().size() == 19);
    double idle = 1e9;
    double acting = 1e9;
    for (int i = 0; i < 200; ++i) {
        place.advance(5);
        const auto begin = std::chrono::steady_clock::now();
        static_cast<void>(place.manager.check());
        CHECK(place.manager.dials().size() <= 3);
        const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
        (i % 12 == 11 ? acting : idle) = std::min(i % 12 == 11 ? acting : idle, ms);
    }
    MESSAGE("idle " << idle << " ms, with a look for a rotation " << acting << " ms");
    CHECK(idle < 1);
}
