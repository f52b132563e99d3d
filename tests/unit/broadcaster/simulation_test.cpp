#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <set>

#include "dash/broadcaster/peer_manager.h"
#include "tests/unit/broadcaster/addresses.h"
#include "tests/unit/broadcaster/fake_network.h"

using namespace dash::broadcaster;
using tests::FakeNetwork;

using broadcaster_tests::kMainnet;

namespace {

constexpr int kStepsPerHour = 720;

/// Of the whole program; 0 with an allocator that does not tell, as a sanitizer's.
std::size_t allocated_bytes() {
    return ::mallinfo2().uordblks;
}

struct World {
    explicit World(unsigned seed) : network(clock, seed) {}

    PeerManager make_manager(Limits limits) {
        return PeerManager(limits, PeerBook(kMainnet), /*bootstrapped=*/false, clock);
    }
    /// `alive` of the nodes listen; the others refuse or hang.
    void populate(int count, double alive) {
        std::uniform_real_distribution<double> chance(0, 1);
        for (int i = 0; i < count; ++i) {
            network.add_node({.listening = chance(network.random()) < alive,
                              .hangs = chance(network.random()) < 0.5,
                              .ping_ms = 10 + 200 * chance(network.random())});
        }
        for (const auto& [address, node] : network.nodes()) {
            if (node.listening && network.at_dashd.size() < 12) network.at_dashd.push_back(address);
        }
    }

    tests::ManualClock clock;
    FakeNetwork network;
};

}  // namespace

TEST_CASE("a network of 500 peers: bootstrap, discovery and a day of life") {
    World world(1);
    world.populate(500, 0.7);
    PeerManager manager = world.make_manager({});
    world.network.step(manager);
    CHECK(manager.bootstrapped());
    CHECK(manager.book().size() >= 10);
    std::set<PeerAddress> discovered;
    for (int step = 0; step < kStepsPerHour; ++step)
        world.network.step(manager);
    const auto& records = manager.book().records();
    const auto by_peers = std::count_if(records.begin(), records.end(),
                                        [](const auto& entry) { return entry.second.source == Source::kP2p; });
    CHECK(by_peers >= 20);
    CHECK(manager.book().size() >= 50);
    CHECK(manager.connections().size() == 19);
    for (int step = 0; step < 23 * kStepsPerHour; ++step)
        world.network.step(manager);
    CHECK(manager.book().size() >= 200);
    CHECK(manager.connections().size() == 19);
    const auto shared = std::count_if(manager.connections().begin(), manager.connections().end(),
                                      [&](const auto& each) { return records.at(each.first).at_dashd; });
    CHECK(shared < 6);  // the others are not dashd's own
    CHECK(world.network.most_dialing() <= PeerManager::kMostDials);
    CHECK(world.network.most_connected() <= 19);
}

TEST_CASE("two hours with peers coming and going") {
    World world(7);
    world.populate(300, 0.6);
    PeerManager manager = world.make_manager({.max_peers = 20, .min_peers = 5});
    for (int step = 0; step < 60; ++step)
        world.network.step(manager);
    std::uniform_real_distribution<double> chance(0, 1);
    int below_minimum = 0;
    std::size_t allocated = 0;
    for (int step = 0; step < 2 * kStepsPerHour; ++step) {
        if (step == kStepsPerHour) allocated = allocated_bytes();
        for (const auto& [address, node] : world.network.nodes()) {
            if (chance(world.network.random()) > 0.002) continue;
            if (node.listening) {
                world.network.take_down(manager, address);
            } else {
                world.network.node(address).listening = true;
            }
        }
        world.network.step(manager);
        below_minimum += manager.connections().size() < 5;
        REQUIRE(manager.connections().size() <= 19);
        REQUIRE(manager.book().size() <= PeerBook::kMostPeers);
        REQUIRE(manager.dialing() <= PeerManager::kMostDials);
        for (const auto& [address, connection] : manager.connections())
            REQUIRE(world.network.node(address).listening);
    }
    CHECK(below_minimum == 0);
    constexpr std::size_t kNoise = 32U << 10;
    CHECK(allocated_bytes() <= allocated + kNoise);
    CHECK(manager.connections().size() >= 15);
    const Statistics& statistics = manager.statistics();
    CHECK(statistics.connection_attempts ==
          statistics.successful_connections + statistics.failed_connections() + manager.dialing());
    CHECK(statistics.successful_connections == world.network.connections());
    CHECK(statistics.failed_connections() == world.network.failures());
    CHECK(statistics.errors == 0);
    CHECK(statistics.dashd_refreshes == static_cast<std::uint64_t>(world.network.refreshes()));
}

TEST_CASE("all peers gone at once: emergency refreshes, and back when the network is") {
    World world(3);
    world.populate(100, 1);
    PeerManager manager = world.make_manager({});
    for (int step = 0; step < kStepsPerHour / 4; ++step)
        world.network.step(manager);
    CHECK(manager.connections().size() == 19);
    for (const auto& [address, node] : world.network.nodes())
        world.network.take_down(manager, address);
    CHECK(manager.connections().empty());
    const int before = world.network.refreshes();
    for (int step = 0; step < kStepsPerHour / 6; ++step)
        world.network.step(manager);
    const int emergencies = world.network.refreshes() - before;
    CHECK(emergencies >= 9);
    CHECK(emergencies <= 10);
    for (const auto& [address, node] : world.network.nodes())
        world.network.node(address).listening = true;
    for (int step = 0; step < 24; ++step)  // two minutes
        world.network.step(manager);
    CHECK(manager.connections().size() >= 5);
}

TEST_CASE("without dashd's answers, what is known is used") {
    World world(4);
    world.populate(100, 1);
    PeerManager manager = world.make_manager({});
    world.network.step(manager);
    world.network.dashd_away = true;
    for (int step = 0; step < kStepsPerHour; ++step)
        world.network.step(manager);
    CHECK(manager.connections().size() == 19);
}
