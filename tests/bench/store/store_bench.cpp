// How long the node takes from its start to serving work with a full store: the parts in this process, on a network
// with mainnet's rules but shares that cost nothing; then the whole program on the stand-in.

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "dash/rpc/block_template.h"
#include "dash/util/clock.h"
#include "dash/util/log.h"
#include "p2pool/node/node.h"
#include "share_chain/store/share_store.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/random.h"
#include "tests/support/vectors.h"
#include "tests/unit/store/made_chain.h"

namespace {

namespace fs = std::filesystem;
using share_chain::SharePtr;
using share_chain::store::ShareStore;

constexpr std::uint32_t kShares = 20'000;
constexpr double kGoalSeconds = 5;

class Stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void print(const char* what, double seconds) {
    std::printf("%-52s %8.1f ms\n", what, 1000 * seconds);
}

void fill(const fs::path& file, const share_chain::Network& network) {
    tests::Random random;
    const auto now = static_cast<std::uint32_t>(dash::system_clock().unix_seconds());
    Stopwatch making;
    const std::vector<SharePtr> chain = tests::made_chain(network, kShares, now, random);
    print("making the shares", making.seconds());
    std::vector<dash::Uint256> hashes;
    for (const SharePtr& share : chain)
        hashes.push_back(share->hash);
    ShareStore store({.file = file, .archive = {}, .network = &network}, dash::system_clock());
    Stopwatch writing;
    (void)store.import_files({});  // says that there is nothing to import later
    store.start();
    for (const SharePtr& share : chain)
        store.add(share);
    store.mark_verified(hashes);
    print("given to the store", writing.seconds());
    store.stop();
    print("on the disk", writing.seconds());
    std::printf("%-52s %8.1f MB\n", "file", static_cast<double>(fs::file_size(file)) / 1e6);
}

void measure_parts() {
    share_chain::Network network = *share_chain::find_network("dash");
    network.max_target = dash::Uint256::max();
    const tests::TemporaryFolder folder("p2pool-store-bench");
    const fs::path file = folder.path() / "p2pool.sqlite3";
    fill(file, network);

    const Stopwatch start;
    ShareStore store({.file = file, .archive = {}, .network = &network}, dash::system_clock());
    p2pool::node::Node node({.network = &network, .payout_hashes = {dash::Hash160{}}, .random_seed = 1},
                            dash::system_clock());
    store.load([&](const SharePtr& share, bool verified) { return node.restore(share, verified); });
    print("loaded: read, decoded, X11, in the tracker", start.seconds());
    node.take_template(
        dash::rpc::parse_block_template(tests::load_recording("gbt/20_mempool_txs_dependents_h670.json")));
    print("best share chosen", start.seconds());
    if (node.job({}) == nullptr) std::printf("no job: %s\n", node.no_work_reason().c_str());
    print("first job made", start.seconds());
}

void measure_program() {
    const tests::TemporaryFolder folder("p2pool-store-bench");
    const fs::path datadir = folder.path() / "data" / "dash_regtest";
    fs::create_directories(datadir);
    fill(datadir / "p2pool.sqlite3", *share_chain::find_network("dash_regtest"));
    const auto daemon = end_to_end::make_simnet(folder.path());
    const Stopwatch start;
    end_to_end::NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    const end_to_end::Miner miner(node.worker_port(), end_to_end::miner_address(1));
    const double seconds = start.seconds();
    print("from the program's start to a miner's first job", seconds);
    std::printf("goal: %.0f ms: %s\n", 1000 * kGoalSeconds, seconds <= kGoalSeconds ? "met" : "MISSED");
}

}  // namespace

int main() {
    dash::log::configure({.console = false, .file = {}});
    std::printf("%u stored shares, mainnet's rules, in this process\n", kShares);
    measure_parts();
    std::printf("\n%u stored shares on regtest, the whole program\n", kShares);
    measure_program();
    return 0;
}
