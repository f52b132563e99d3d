#include <doctest/doctest.h>

#include <chrono>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dash/primitives/target.h"
#include "dash/util/sqlite.h"
#include "p2pool/work/template_limit.h"
#include "tests/end_to_end/scenarios.h"
#include "tests/support/http_page.h"
#include "tests/support/sanitizer.h"
#include "tests/support/vectors.h"

// Faults that take minutes, or minutes to make.

using namespace end_to_end;
namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

std::string user() {
    return miner_address(1) + "+0";
}

std::uint64_t resident_bytes(const NodeProcess& node) {
    std::ifstream file("/proc/" + std::to_string(node.process().pid()) + "/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * 4096;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("dashd away for more than a minute: told, nothing lost, and work goes on by itself") {
    const tests::TemporaryFolder folder("p2pool-away");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    Miner miner(node.worker_port(), user());
    mine_block(*daemon, miner);
    miner.take_in(std::chrono::milliseconds(500));

    constexpr int kAwaySeconds = 80;
    daemon->rpc()("simnet_restart", {kAwaySeconds, 2});
    // A block that is won meanwhile waits for dashd.
    const Found won = miner.search(dash::target_from_bits(0x2000ffff));
    CHECK(miner.submit(won).at("result") == true);
    node.process().wait_for_output("LOST CONTACT WITH DASHD", seconds(90));
    CHECK_THROWS(Miner(node.worker_port(), user()));  // no work for him
    const auto knows_block = [&] {
        try {
            return daemon->rpc()("getblockheader", {won.hash.to_hex()}).at("confirmations").get<int>() > 0;
        } catch (const std::runtime_error&) {
            return false;
        }
    };
    CHECK(tests::wait_until(knows_block, seconds(90)));
    miner.wait_for_block_after(won.header.previous_block, seconds(30));
    mine_block(*daemon, miner);
    Miner late(node.worker_port(), user());
    mine_block(*daemon, late);
    CHECK(node.process().stop() == 0);
}

TEST_CASE("a mempool of 50,000 transactions and the templates of two megabytes that come of it") {
    const tests::TemporaryFolder folder("p2pool-mempool");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    Miner miner(node.worker_port(), user());
    mine_block(*daemon, miner);
    const std::uint64_t before = resident_bytes(node);

    constexpr int kTransactions = 50'000;
    constexpr int kAtOnce = 2'500;
    for (int sent = 0; sent < kTransactions; sent += kAtOnce)
        daemon->rpc()("simnet_mempool", nlohmann::json::array({{{"payments", kAtOnce}}}));
    CHECK(daemon->rpc()("getmempoolinfo").at("size").get<int>() == kTransactions);
    const dash::Uint256 without_them = miner.job().previous_block;
    daemon->mine(1);  // the template on top of this block is full
    miner.wait_for_block_after(without_them, seconds(60));
    std::size_t template_bytes = 0;
    const nlohmann::json full = daemon->rpc()("getblocktemplate");
    for (const auto& transaction : full.at("transactions"))
        template_bytes += transaction.at("data").get<std::string>().size() / 2;
    CHECK(template_bytes > 1'950'000);

    double slowest = 0;
    double slowest_page = 0;
    std::uint64_t most = before;
    constexpr int kFullBlocks = 4;
    for (int i = 0; i < kFullBlocks; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const Found found = miner.search(dash::target_from_bits(0x2000ffff));
        CHECK(miner.submit(found).at("result") == true);
        // Pages are served meanwhile.
        const auto asked = std::chrono::steady_clock::now();
        CHECK(!tests::http_page(node.worker_port(), "/web/version").empty());
        slowest_page = std::max(slowest_page, seconds_since(asked));
        miner.wait_for_block_after(found.header.previous_block, seconds(60));
        CHECK(miner.job().previous_block == found.hash);
        slowest = std::max(slowest, seconds_since(begin));
        most = std::max(most, resident_bytes(node));
        const nlohmann::json block = daemon->rpc()("getblock", {found.hash.to_hex(), 1});
        CHECK(block.at("confirmations").get<int>() > 0);
        // As much of the template as p2pool peers can take.
        const std::size_t transactions = block.at("tx").size() - 1;
        const std::size_t wire_bytes = block.at("size").get<std::size_t>() + transactions * p2pool::work::kWireOverhead;
        CHECK(wire_bytes > p2pool::work::kWireLimit - 2'000);
        CHECK(wire_bytes < p2pool::work::kWireLimit + 2'000);
    }
    MESSAGE("templates of ", template_bytes, " bytes; a block and work on the next took ", slowest,
            " s at most, a page meanwhile ", slowest_page, " s; resident memory ", before >> 20, " MiB before, ",
            most >> 20, " MiB at most");
    CHECK(slowest < 30);
    CHECK(slowest_page < 5);
    if (!tests::kSanitizer) CHECK(most < before + (300U << 20));
    CHECK(node.process().stop() == 0);
}

TEST_CASE("kill -9 after minutes costs at most a minute of the graphs, and leaves every file sound") {
    const tests::TemporaryFolder folder("p2pool-graphs");
    const auto daemon = make_simnet(folder.path(), {"--bits", "1e3fffff"});
    {
        NodeProcess node(*daemon, folder.path());
        node.wait_until_ready();
        Miner miner(node.worker_port(), user());
        const auto begin = std::chrono::steady_clock::now();
        while (seconds_since(begin) < 100) {
            CHECK(miner.mine_one());
            miner.take_in(std::chrono::milliseconds(100));
        }
        node.process().kill();
    }
    const auto killed_at = static_cast<std::int64_t>(std::time(nullptr));
    const fs::path data = folder.path() / "data" / "dash_regtest";
    constexpr std::int64_t kBinSeconds = 24;
    {
        dash::sqlite::Database database(data / "p2pool.sqlite3");
        auto check = database.prepare("PRAGMA integrity_check");
        REQUIRE(check.step());
        CHECK(check.text(0) == "ok");
        auto select = database.prepare(
            "SELECT MAX(bin), SUM(total) FROM graph_bins WHERE stream = 'local_hash_rate' AND view = 'last_hour'");
        REQUIRE(select.step());
        CHECK(kBinSeconds * select.integer(0) >= killed_at - 60);
        CHECK(select.real(1) > 0);
    }
    const fs::path peers = data / "broadcast_peers.json";
    if (fs::exists(peers)) CHECK(nlohmann::json::accept(tests::read_text(peers)));
    fs::rename(folder.path() / "node.log", folder.path() / "before.log");
    NodeProcess again(*daemon, folder.path());
    again.wait_until_ready();
    const auto bins =
        nlohmann::json::parse(tests::http_page(again.worker_port(), "/web/graph_data/local_hash_rate/last_hour"));
    double sum = 0;
    for (const auto& bin : bins)
        sum += bin.at(1).is_number() ? bin.at(1).get<double>() : 0;
    CHECK(sum > 0);
    CHECK(again.process().stop() == 0);
    CHECK(nlohmann::json::accept(tests::read_text(peers)));
}
