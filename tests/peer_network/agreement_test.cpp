#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/peer_network/world.h"
#include "tests/support/random.h"

// All honest nodes agree on the best share, whatever the wires do.

namespace {

using tests::SimulatedNode;
using tests::World;

constexpr std::uint32_t kChainLength = 100;
constexpr std::size_t kNodes = 12;
/// What takes longest after a partition: a failed address is left alone for 60 s, a permanent peer for up to 120 s.
constexpr double kHealSeconds = 180;
constexpr double kDecidingShareSeconds = 20;

/// One share each share period, by all together.
double mean_share_seconds(const World& world, std::size_t nodes) {
    return static_cast<double>(nodes * world.network.share_period_seconds);
}

struct Network {
    explicit Network(std::size_t nodes = kNodes) : random(), world(random.u64(), kChainLength) {
        world.add_nodes(nodes, world.history(2 * kChainLength + 5), mean_share_seconds(world, nodes));
    }

    [[nodiscard]] std::set<dash::Uint256> bests_of(int group) {
        std::set<dash::Uint256> bests;
        for (std::size_t i = 0; i < world.nodes().size(); ++i) {
            if (group_of(i) == group) bests.insert(world.node(i).best_share());
        }
        return bests;
    }
    [[nodiscard]] std::set<dash::Uint256> bests() const {
        std::set<dash::Uint256> bests;
        for (const auto& node : world.nodes())
            bests.insert(node->best_share());
        return bests;
    }
    /// Of twins, each node keeps the one it saw first, until the next share decides: one node goes on finding some.
    [[nodiscard]] bool agrees_within(double seconds) {
        world.stop_mining();
        const double end = world.simulation.now() + seconds;
        while (!world.simulation.run_until([&] { return world.agrees(); }, kDecidingShareSeconds)) {
            if (world.simulation.now() >= end) return false;
            world.node(0).find_share();
        }
        return true;
    }
    [[nodiscard]] std::uint64_t lowest_absheight() const {
        std::uint64_t lowest = UINT64_MAX;
        for (const auto& node : world.nodes())
            lowest = std::min<std::uint64_t>(lowest, node->tracker().find(node->best_share())->info().absheight);
        return lowest;
    }
    [[nodiscard]] std::size_t shares_found() const {
        std::size_t found = 0;
        for (const auto& node : world.nodes())
            found += node->shares_found();
        return found;
    }

    void partition(std::size_t groups) {
        groups_ = groups;
        std::map<std::string, int> group;
        for (std::size_t i = 0; i < world.nodes().size(); ++i)
            group[World::host(i)] = group_of(i);
        world.wires.partition([group](const p2pool::peers::PeerAddress& address) { return group.at(address.host()); });
    }
    [[nodiscard]] int group_of(std::size_t node) const { return static_cast<int>(node % groups_); }

    tests::Random random;
    World world;

  private:
    std::size_t groups_ = 1;
};

TEST_CASE_FIXTURE(Network, "a growing network agrees, and few shares are lost") {
    INFO(random.how_to_repeat());
    const std::uint64_t before = lowest_absheight();
    world.simulation.run_for(900);
    const bool agreed = agrees_within(3 * kDecidingShareSeconds);
    INFO(world.bests());
    CHECK(agreed);
    CHECK(shares_found() > 45);
    // A share takes a second to everybody, and ten to the next one: every tenth or so has a twin.
    CHECK(static_cast<double>(lowest_absheight() - before) >= 0.7 * static_cast<double>(shares_found()));
}

void check_healing(Network& network, std::size_t groups, bool mining) {
    World& world = network.world;
    world.simulation.run_for(120);
    network.partition(groups);
    world.simulation.run_for(600);
    for (std::size_t group = 1; group < groups; ++group)
        CHECK(network.bests_of(0) != network.bests_of(static_cast<int>(group)));
    const std::set<dash::Uint256> before = network.bests();

    if (!mining) world.stop_mining();
    world.wires.heal();
    if (mining) world.simulation.run_for(kHealSeconds);
    const bool agreed = network.agrees_within(mining ? 3 * kDecidingShareSeconds : kHealSeconds);
    INFO(world.bests());
    CHECK(agreed);
    // One of the parts goes on with what it had.
    const SimulatedNode& any = world.node(0);
    CHECK(std::any_of(before.begin(), before.end(),
                      [&](const dash::Uint256& best) { return any.tracker().is_ancestor(best, any.best_share()); }));
}

TEST_CASE("nodes agree again soon after a partition heals") {
    std::size_t nodes = kNodes;
    std::size_t groups = 2;
    SUBCASE("in two") {}
    SUBCASE("in three") {
        groups = 3;
    }
    // Each part has more nodes than a node wants peers.
    SUBCASE("in two, each large enough to be content") {
        nodes = 30;
    }
    for (const bool mining : {false, true}) {
        Network network(nodes);
        INFO(network.random.how_to_repeat(), ", ", mining ? "mining goes on" : "nothing new comes");
        check_healing(network, groups, mining);
    }
}

TEST_CASE_FIXTURE(Network, "they agree though connections break all the time") {
    INFO(random.how_to_repeat());
    tests::SimulatedTimers timers(world.simulation);
    const auto breaking = timers.make_timer();
    const std::function<void()> break_some = [&] {
        world.wires.break_connections(0.2);
        breaking->start(20, break_some);
    };
    break_some();
    world.simulation.run_for(900);
    breaking->cancel();
    const bool agreed = agrees_within(kHealSeconds);
    INFO(world.bests());
    CHECK(agreed);
    CHECK(shares_found() > 45);
}

TEST_CASE_FIXTURE(Network, "they agree over slow wires that break under load") {
    INFO(random.how_to_repeat());
    tests::WireQuality bad;
    bad.least_delay_seconds = 0.2;
    bad.most_delay_seconds = 2;
    bad.bytes_per_second = 20'000;
    bad.break_probability = 0.002;
    world.wires.set_quality(bad);
    world.simulation.run_for(900);
    const bool agreed = agrees_within(kHealSeconds);
    INFO(world.bests());
    CHECK(agreed);
    CHECK(shares_found() > 45);
}

}  // namespace
