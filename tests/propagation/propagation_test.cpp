#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include "dash/broadcaster/peer_manager.h"
#include "dash/primitives/chain_params.h"
#include "tests/propagation/push_model.h"
#include "tests/unit/broadcaster/fake_network.h"
#include "tests/unit/broadcaster/test_block.h"

using namespace dash::broadcaster;
using propagation::NetworkModel;
using propagation::PushResult;

namespace {

constexpr int kStepsPerHour = 720;
constexpr double kBlockIntervalSeconds = 150;

/// Of a block's transactions, as many as are widespread that nodes told of them; the rest is fresh.
std::shared_ptr<const OwnBlock> own_block(std::size_t bytes) {
    constexpr std::uint8_t kWidespread = 217;  // 85 %
    return std::make_shared<const OwnBlock>(tests::won(tests::block_of_size(bytes)), dash::dash_mainnet().p2p_magic, 1,
                                            [](const dash::Uint256& txid) { return txid.to_bytes()[0] < kWidespread; });
}

/// The modelled network as a PeerManager meets it: node 0 is the local dashd.
struct World {
    explicit World(const NetworkModel::Settings& settings)
        : model(settings), network(clock, settings.seed), manager(make_manager()) {
        std::uniform_real_distribution<double> chance(0, 1);
        addresses.emplace_back();  // nobody is told of the local dashd
        for (std::size_t node = 1; node < model.size(); ++node) {
            addresses.push_back(network.add_node({.listening = model.takes_connections(node),
                                                  .hangs = chance(network.random()) < 0.5,
                                                  .ping_ms = 2 * model.one_way_ms(0, node)}));
        }
        for (const std::size_t node : model.connections(0))
            network.at_dashd.push_back(addresses[node]);
    }
    PeerManager make_manager() const {
        return PeerManager({}, PeerBook({.port = 9999, .local_ones_too = false}), /*bootstrapped=*/false, clock);
    }
    void live(int steps) {
        for (int step = 0; step < steps; ++step)
            network.step(manager);
    }
    /// The nodes that the broadcaster is connected to, those with the lowest ping first.
    [[nodiscard]] std::vector<std::size_t> targets() const {
        std::vector<std::size_t> nodes;
        for (std::size_t node = 1; node < model.size(); ++node) {
            if (manager.connections().count(addresses[node]) != 0) nodes.push_back(node);
        }
        std::sort(nodes.begin(), nodes.end(),
                  [&](std::size_t a, std::size_t b) { return model.one_way_ms(0, a) < model.one_way_ms(0, b); });
        return nodes;
    }

    tests::ManualClock clock;
    NetworkModel model;
    tests::FakeNetwork network;
    PeerManager manager;
    std::vector<PeerAddress> addresses;
};

/// Until so many of the nodes have the block.
double time_until(std::vector<double> times, double share) {
    std::sort(times.begin(), times.end());
    const auto place = static_cast<std::size_t>(share * static_cast<double>(times.size()));
    return times[std::min(place, times.size() - 1)];
}

struct Means {
    double half = 0;
    double nine_tenths = 0;
    double average = 0;

    void add(const std::vector<NetworkModel::Arrival>& arrivals, double weight) {
        std::vector<double> times;
        for (const NetworkModel::Arrival& arrival : arrivals)
            times.push_back(arrival.ms);
        half += weight * time_until(times, 0.5);
        nine_tenths += weight * time_until(times, 0.9);
        for (const double time : times)
            average += weight * time / static_cast<double>(times.size());
    }
    /// Another block is found before a node has ours: at the network's rate, by nodes of equal power; half of such
    /// races are lost.
    [[nodiscard]] double orphan_percent() const { return 100 * average / 1000 / kBlockIntervalSeconds / 2; }
};

/// How blocks go out in one kind of network.
struct Outcome {
    Means with;
    Means without;
    Means bound;               ///< over a line without limit to every single node at once: no broadcaster can do better
    double slowest_90_ms = 0;  ///< until the broadcaster had reached 90 % of its peers
    double slowest_ms = 0;     ///< until a broadcast was over
};

/// When each node has a block that leaves for all of them at once, whole.
std::vector<std::optional<double>> sent_to_all(const NetworkModel& model) {
    std::vector<std::optional<double>> times;
    for (std::size_t node = 0; node < model.size(); ++node)
        times.emplace_back(node == 0 ? 1 : model.one_way_ms(0, node));
    return times;
}

void push_and_check(const World& world, const std::vector<std::size_t>& targets, const OwnBlock& block,
                    Outcome& outcome, PushResult& push) {
    push = propagation::push_block(world.model, targets, block, {});
    REQUIRE(push.reached_90_ms);
    outcome.slowest_90_ms = std::max(outcome.slowest_90_ms, *push.reached_90_ms);
    outcome.slowest_ms = std::max(outcome.slowest_ms, push.settled_ms);
    const auto reached = std::count_if(push.peers.begin(), push.peers.end(), [](const Broadcast::Peer& peer) {
        return peer.state == Broadcast::State::kReached;
    });
    CHECK(reached == static_cast<std::ptrdiff_t>(targets.size()));
}

Outcome measure(NetworkModel::Settings settings) {
    constexpr unsigned kWorlds = 5;
    constexpr int kBlocks = 20;
    constexpr double kWeight = 1.0 / (kWorlds * kBlocks);
    const auto small = own_block(20'000);
    const auto large = own_block(400'000);
    Outcome outcome;
    for (settings.seed = 1; settings.seed <= kWorlds; ++settings.seed) {
        World world(settings);
        world.live(kStepsPerHour);
        const std::vector<std::size_t> targets = world.targets();
        REQUIRE(targets.size() == 19);
        for (int i = 0; i < kBlocks; ++i) {
            world.model.next_block();
            PushResult push;
            push_and_check(world, targets, *large, outcome, push);
            push_and_check(world, targets, *small, outcome, push);
            std::vector<std::optional<double>> dashd_only(settings.nodes);
            push.has_block_ms[0] = dashd_only[0] = 1;
            outcome.with.add(world.model.spread(push.has_block_ms), kWeight);
            outcome.without.add(world.model.spread(dashd_only), kWeight);
            outcome.bound.add(world.model.spread(sent_to_all(world.model)), kWeight);
        }
    }
    return outcome;
}

void print(const NetworkModel::Settings& settings, const Outcome& outcome) {
    const auto line = [&](const char* name, const Means& means) {
        std::printf("%-14s %8.0f ms  %-22s %7.0f %7.0f %9.3f %%\n",
                    settings.first_takes_connections ? "takes them" : "takes none", settings.connect_ms, name,
                    means.half, means.nine_tenths, means.orphan_percent());
    };
    line("--disable-broadcaster", outcome.without);
    line("with the broadcaster", outcome.with);
    line("to all nodes at once", outcome.bound);
    const auto less = [](double with, double without) { return 100 * (1 - with / without); };
    const auto gain = [&](const char* name, const Means& means) {
        std::printf("%-49s %6.0f%% %6.0f%% %8.0f %%\n", name, less(means.half, outcome.without.half),
                    less(means.nine_tenths, outcome.without.nine_tenths), less(means.average, outcome.without.average));
    };
    gain("  the broadcaster: less by", outcome.with);
    gain("  all at once: less by", outcome.bound);
}

}  // namespace

TEST_CASE("500 nodes have a pushed block much sooner than one that dashd alone announces") {
    std::printf("Until so many of 500 nodes have a block of 20 kB, ms (means of 100 blocks), by whether dashd takes\n");
    std::printf("connections, and how long nodes take to connect a block\n");
    std::printf("connections       connect                           50 %%    90 %%    orphaned\n");
    for (const bool takes_connections : {true, false}) {
        for (const double connect_ms : {30, 100, 250}) {
            const NetworkModel::Settings settings{.first_takes_connections = takes_connections,
                                                  .connect_ms = connect_ms};
            const Outcome outcome = measure(settings);
            print(settings, outcome);
            CHECK(outcome.slowest_90_ms < 500);
            CHECK(outcome.slowest_ms < 2000);
            // What is left when dashd is as well connected as the broadcaster and all nodes are fast.
            CHECK(outcome.with.half < 0.7 * outcome.without.half);
            CHECK(outcome.with.nine_tenths < 0.7 * outcome.without.nine_tenths);
            CHECK(outcome.with.average < 0.65 * outcome.without.average);
            if (takes_connections || connect_ms < 100) continue;
            CHECK(outcome.with.half < 0.4 * outcome.without.half);
            CHECK(outcome.with.average < 0.5 * outcome.without.average);
        }
    }
}
