// What a full share chain costs: memory to hold it, time to hash, verify and download it. The chain is made like
// mainnet's (2 × 4320 shares, about as large as those of the live network), but for the work: that would take years.

#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dash/util/clock.h"
#include "dash/util/log.h"
#include "share_chain/codec.h"
#include "tests/peer_network/running_node.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/process.h"

namespace {

using share_chain::SharePtr;
using share_chain::TypedContents;
using tests::LightNode;

/// Goals of the project, and what the python node needs for a share on a similar machine (PyPy, warm), printed beside
/// the figures.
constexpr double kMemoryGoalMegabytes = 150;
constexpr double kPythonLoadMilliseconds = 0.235;
constexpr double kPythonVerifyMilliseconds = 1.1;

constexpr std::size_t kTransactionsInBlock = 50;
constexpr std::size_t kNewTransactionsInShare = 3;
constexpr std::size_t kPayloadBytes = 170;

void print_machine() {
    std::string model = "unknown processor";
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        if (line.rfind("model name", 0) == 0) model = line.substr(line.find(':') + 2);
    }
    std::cout << "Machine: " << model << ", " << std::thread::hardware_concurrency() << " cores" << std::endl;
}

double resident_megabytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return static_cast<double>(resident) * 4096 / 1e6;
}

/// What the program holds, without what the allocator keeps for later.
double allocated_megabytes() {
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

double seconds(const std::function<void()>& action) {
    const auto begin = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

share_chain::Network mainnet_without_work(std::uint32_t chain_length) {
    share_chain::Network network = *share_chain::find_network("dash");
    network.max_target = share_chain::find_network("dash_regtest")->max_target;
    network.chain_length = chain_length;
    return network;
}

dash::Uint256 random_hash(std::mt19937_64& random) {
    return dash::Uint256({random(), random(), random(), random()});
}

dash::Bytes text(const std::string& characters) {
    return {characters.begin(), characters.end()};
}

/// As stores and peers hold it. With the payees, payload and transactions that mainnet's shares have.
std::vector<TypedContents> make_chain(const share_chain::Network& network) {
    std::mt19937_64 random(1);
    share_chain::TrackerEnvironment trusting;
    trusting.check = [](const share_chain::Tracker&, const share_chain::Share&) {};
    share_chain::Tracker tracker(network, std::move(trusting));
    const std::size_t count = 2 * std::size_t{network.chain_length} + 10;
    const auto begin = static_cast<std::uint32_t>(dash::system_clock().unix_seconds()) -
                       static_cast<std::uint32_t>(count) * network.share_period_seconds;
    tests::ShareWish wish;
    wish.coinbase_payload.assign(kPayloadBytes, 7);
    wish.payments = {{.payee = text("!6a"), .amount_duffs = 66'000'000},
                     {.payee = text("Xdgkzk3kY7RyC5vi6NKAyrcYJcYvMCKmzq"), .amount_duffs = 40'000'000}};
    std::vector<TypedContents> chain;
    for (std::uint32_t i = 0; i < count; ++i) {
        for (std::size_t each = 0; each < kNewTransactionsInShare; ++each)
            wish.transaction_hashes.push_back(random_hash(random));
        if (wish.transaction_hashes.size() > kTransactionsInBlock) {
            wish.transaction_hashes.erase(wish.transaction_hashes.begin(),
                                          wish.transaction_hashes.end() - kTransactionsInBlock);
        }
        wish.timestamp = begin + i * network.share_period_seconds;
        wish.finder = static_cast<std::uint8_t>(random());
        const SharePtr share = tests::mine_share(tracker, wish, random);
        tracker.add(share, 0);
        wish.previous = share->hash;
        chain.push_back({.type = share_chain::kShareType, .contents = share->packed});
    }
    return chain;
}

std::vector<SharePtr> load_all(const std::vector<TypedContents>& chain, const share_chain::Network& network) {
    std::vector<SharePtr> shares;
    for (const TypedContents& typed : chain)
        shares.push_back(share_chain::load_share(typed, network));
    return shares;
}

void measure_memory_and_verification(const std::vector<TypedContents>& chain, const share_chain::Network& network) {
    const double before = allocated_megabytes();
    share_chain::Tracker tracker(network);
    for (SharePtr& share : load_all(chain, network))
        tracker.add(std::move(share), 0);
    const double loaded = allocated_megabytes() - before;
    std::size_t verified = 0;
    const double now = dash::system_clock().unix_seconds();
    const double took = seconds([&] { verified = tracker.think(now).newly_verified.size(); });
    const double total = allocated_megabytes() - before;
    std::printf("  memory of a tracker with %zu shares: %.1f MB, %.2f kB a share (%.1f MB before verification)\n",
                tracker.size(), total, 1000 * total / static_cast<double>(tracker.size()), loaded);
    std::printf("  verify: %zu shares in %.2f s: %.0f shares/s, %.3f ms each (python %.1f ms: %.3f of it)\n", verified,
                took, static_cast<double>(verified) / took, 1000 * took / static_cast<double>(verified),
                kPythonVerifyMilliseconds, 1000 * took / static_cast<double>(verified) / kPythonVerifyMilliseconds);
}

void measure_loading(const std::vector<TypedContents>& chain, const share_chain::Network& network) {
    const auto print = [&](const char* what, double took) {
        const auto shares = static_cast<double>(chain.size());
        std::printf("  load on %s: %.0f shares/s, %.3f ms each (python %.3f ms: %.3f of it)\n", what, shares / took,
                    1000 * took / shares, kPythonLoadMilliseconds, 1000 * took / shares / kPythonLoadMilliseconds);
    };
    print("one core", seconds([&] { load_all(chain, network); }));
    print("all cores", seconds([&] {
              boost::asio::io_context io;
              p2pool::peer_io::HashPool pool(io.get_executor(), network);
              const auto work = boost::asio::make_work_guard(io);
              pool.load(chain, [&](const std::vector<p2pool::peers::LoadedShare>&) { io.stop(); });
              io.run();
          }));
}

void measure_sync(std::size_t peers, const std::vector<SharePtr>& shares, const share_chain::Network& network) {
    std::vector<std::unique_ptr<tests::RunningNode>> serving;
    tests::RunningNodeSetup setup;
    for (std::size_t i = 0; i < peers; ++i) {
        tests::RunningNodeSetup server;
        server.seed = 100 + i;
        serving.push_back(std::make_unique<tests::RunningNode>(network, server, shares));
        setup.peer_ports.push_back(serving.back()->port());
    }
    setup.hash_threads = 0;
    const std::size_t kept = 2 * std::size_t{network.chain_length};
    bool done = false;
    double usable = 0;
    const auto begin = std::chrono::steady_clock::now();
    const double took = seconds([&] {
        tests::RunningNode joiner(network, setup, {});
        done = tests::wait_until(
            [&] {
                const auto [known, height] =
                    joiner.ask([](LightNode& node) { return std::pair(node.tracker().size(), node.height()); });
                if (usable == 0 && height > 0)
                    usable = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
                return known >= kept && height >= network.chain_length;
            },
            std::chrono::minutes(5));
    });
    if (!done) throw std::runtime_error("the chain did not come in five minutes");
    std::printf("  sync from %zu peer%s: %.1f s, %.0f shares/s; head verified after %.1f s\n", peers,
                peers == 1 ? "" : "s", took, static_cast<double>(kept) / took, usable);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::uint32_t chain_length = share_chain::find_network("dash")->chain_length;
        if (argc == 3 && std::string(argv[1]) == "--chain-length") {
            chain_length = static_cast<std::uint32_t>(std::stoul(argv[2]));
        } else if (argc != 1) {
            std::cerr << "sync_bench [--chain-length SHARES]\n";
            return EXIT_FAILURE;
        }
        dash::log::Settings quiet;
        quiet.console = false;
        dash::log::configure(quiet);
        print_machine();
        const share_chain::Network network = mainnet_without_work(chain_length);
        const std::vector<TypedContents> chain = make_chain(network);
        std::size_t bytes = 0;
        for (const TypedContents& typed : chain)
            bytes += typed.contents.size();
        std::printf("Chain of %zu shares of %zu bytes on average\n", chain.size(), bytes / chain.size());
        measure_memory_and_verification(chain, network);
        measure_loading(chain, network);
        const std::vector<SharePtr> shares = load_all(chain, network);
        measure_sync(1, shares, network);
        measure_sync(3, shares, network);
        std::printf(
            "  this program, which held up to five such chains: %.0f MB resident (goal for a node with one: %.0f MB)\n",
            resident_megabytes(), kMemoryGoalMegabytes);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::cerr << "sync_bench: " << error.what() << "\n";
        return EXIT_FAILURE;
    }
}
