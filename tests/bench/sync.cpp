#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/bench/bench.h"
#include "tests/bench/mainnet_chain.h"
#include "tests/bench/measured_node.h"
#include "tests/peer_network/running_node.h"

// How long a node that has nothing needs for the whole share chain: to hash it, on all cores, and to download and
// verify it from nodes in this process.

namespace bench {
namespace {

double hash_on_all_cores(benchmark::State& state) {
    const MainnetChain& chain = mainnet_chain();
    boost::asio::io_context io;
    p2pool::peer_io::HashPool pool(io.get_executor(), chain.network);
    const auto work = boost::asio::make_work_guard(io);
    const Stopwatch watch;
    pool.load(chain.shares, [&](const std::vector<p2pool::peers::LoadedShare>&) { io.stop(); });
    io.run();
    const double took = watch.seconds();
    state.counters["shares/s"] = static_cast<double>(chain.shares.size()) / took;
    return took;
}

/// Until the joining node has the whole chain, verified.
double join(benchmark::State& state) {
    const share_chain::Network& network = mainnet_chain().network;
    const std::vector<share_chain::SharePtr> shares = mainnet_chain().load();
    std::vector<std::unique_ptr<tests::RunningNode>> serving;
    tests::RunningNodeSetup setup;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(state.range(0)); ++i) {
        tests::RunningNodeSetup server;
        server.seed = 100 + i;
        serving.push_back(std::make_unique<tests::RunningNode>(network, server, shares));
        setup.peer_ports.push_back(serving.back()->port());
    }
    setup.hash_threads = 0;
    const std::size_t kept = 2 * std::size_t{network.chain_length};
    double usable = 0;
    const Stopwatch watch;
    tests::RunningNode joiner(network, setup, {});
    const bool done = tests::wait_until(
        [&] {
            const auto [known, height] =
                joiner.ask([](tests::LightNode& node) { return std::pair(node.tracker().size(), node.height()); });
            if (usable == 0 && height > 0) usable = watch.seconds();
            return known >= kept && height >= network.chain_length;
        },
        std::chrono::minutes(5));
    if (!done) throw std::runtime_error("the chain did not come in five minutes");
    const double took = watch.seconds();
    state.counters["shares/s"] = static_cast<double>(kept) / took;
    state.counters["head_verified_ms"] = 1000 * usable;
    return took;
}

}  // namespace

void register_sync() {
    register_once("sync/hash_on_all_cores", hash_on_all_cores);
    register_once("sync/join", join)->ArgName("peers")->Arg(1)->Arg(3);
}

}  // namespace bench
