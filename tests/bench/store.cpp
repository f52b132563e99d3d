// How long the node takes from its start to serving work with a full store: the parts in this process, on a network
// with mainnet's rules but shares that cost nothing; then the whole program on the stand-in.

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "dash/rpc/block_template.h"
#include "dash/util/clock.h"
#include "p2pool/node/node.h"
#include "share_chain/store/share_store.h"
#include "tests/bench/bench.h"
#include "tests/bench/measured_node.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/random.h"
#include "tests/support/vectors.h"
#include "tests/unit/store/made_chain.h"

namespace bench {
namespace {

namespace fs = std::filesystem;
using share_chain::SharePtr;
using share_chain::store::ShareStore;

constexpr double kGoalSeconds = 5;

std::uint32_t stored_shares() {
    return settings().quick ? 500 : 20'000;
}

double as_milliseconds(const Stopwatch& watch) {
    return 1000 * watch.seconds();
}

void fill(benchmark::State& state, const fs::path& file, const share_chain::Network& network) {
    tests::Random random;
    const auto now = static_cast<std::uint32_t>(dash::system_clock().unix_seconds());
    const std::vector<SharePtr> chain = tests::made_chain(network, stored_shares(), now, random);
    std::vector<dash::Uint256> hashes;
    for (const SharePtr& share : chain)
        hashes.push_back(share->hash);
    ShareStore store({.file = file, .archive = {}, .network = &network}, dash::system_clock());
    const Stopwatch writing;
    static_cast<void>(store.import_files({}));  // says that there is nothing to import later
    store.start();
    for (const SharePtr& share : chain)
        store.add(share);
    store.mark_verified(hashes);
    store.stop();
    state.counters["written_ms"] = as_milliseconds(writing);
    state.counters["file_MB"] = static_cast<double>(fs::file_size(file)) / 1e6;
}

/// The parts in this process, on a network with mainnet's rules but shares that cost nothing.
double load(benchmark::State& state) {
    share_chain::Network network = *share_chain::find_network("dash");
    network.max_target = dash::Uint256::max();
    const tests::TemporaryFolder folder("p2pool-bench");
    const fs::path file = folder.path() / "p2pool.sqlite3";
    fill(state, file, network);
    const auto block =
        dash::rpc::parse_block_template(tests::load_recording("gbt/20_mempool_txs_dependents_h670.json"));

    const Stopwatch start;
    ShareStore store({.file = file, .archive = {}, .network = &network}, dash::system_clock());
    p2pool::node::Node node({.network = &network, .payout_hashes = {dash::Hash160{}}, .random_seed = 1},
                            dash::system_clock());
    store.load([&](const SharePtr& share, bool verified) { return node.restore(share, verified); });
    const double loaded = start.seconds();
    state.counters["shares/s"] = stored_shares() / loaded;
    node.take_template(block);
    state.counters["best_share_after_ms"] = as_milliseconds(start);
    if (node.job({}) == nullptr) throw std::runtime_error("no job: " + node.no_work_reason());
    state.counters["first_job_after_ms"] = as_milliseconds(start);
    return loaded;
}

/// The whole program on the stand-in, from its start to a miner's first job.
double start_program(benchmark::State& state) {
    std::unique_ptr<Stopwatch> start;
    const MeasuredNode node(kEasyBits, {}, [&](const fs::path& folder) {
        const fs::path datadir = folder / "data" / "dash_regtest";
        fs::create_directories(datadir);
        fill(state, datadir / "p2pool.sqlite3", *share_chain::find_network("dash_regtest"));
        start = std::make_unique<Stopwatch>();
    });
    const end_to_end::Miner miner(node.worker_port(), end_to_end::miner_address(1));
    const double seconds = start->seconds();
    count_against_goal(state, "first_job_ms", 1000 * seconds, 1000 * kGoalSeconds);
    state.counters["node_MB"] = node.peak_megabytes();
    return seconds;
}

}  // namespace

void register_store() {
    const std::string shares = "/shares:" + std::to_string(stored_shares());
    register_once("stored_chain/load" + shares, load);
    register_once("stored_chain/start_program" + shares, start_program);
}

}  // namespace bench
