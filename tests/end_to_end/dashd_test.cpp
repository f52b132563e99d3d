#include <doctest/doctest.h>

#include "dash/primitives/target.h"
#include "dash/util/environment.h"
#include "tests/end_to_end/scenarios.h"
#include "tests/support/needs.h"

using namespace end_to_end;
using std::chrono::seconds;

namespace {

const tests::Needs needs_dashd(dash::environment("P2POOL_DASHD").has_value(),
                               "set P2POOL_DASHD=/path/to/dashd (Dash Core v23) to run the scenarios on a real daemon");

}  // namespace

TEST_CASE("mining on a real Dash Core") {
    const tests::TemporaryFolder folder("p2pool-dashd");
    const auto daemon = make_dashd(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();

    SUBCASE("blocks with every payee") {
        mine_blocks_with_every_payee(*daemon, node, 12);
    }

    SUBCASE("blocks with transactions") {
        const std::string address = daemon->rpc()("getnewaddress", nlohmann::json::array(), "tests").get<std::string>();
        mine_blocks_with_transactions(*daemon, node, [&](int count) {
            for (int i = 0; i < count; ++i)
                daemon->rpc()("sendtoaddress", {address, 0.01}, "tests");
        });
    }

    SUBCASE("another miner's block") {
        follow_a_foreign_block(*daemon, node);
    }

    SUBCASE("the daemon restarts, and mining goes on by itself") {
        Miner miner(node.worker_port(), miner_address(5) + "+0");
        CHECK(miner.mine_one());
        const dash::Uint256 before = miner.job().previous_block;
        daemon->stop();
        daemon->start();
        daemon->mine(1);
        miner.wait_for_block_after(before, seconds(30));
        const Found found = miner.search(dash::target_from_bits(0x207fffff));
        CHECK(miner.submit(found).at("result") == true);
        CHECK(tests::wait_until(
            [&] { return daemon->rpc()("getbestblockhash").get<std::string>() == found.hash.to_hex(); }, seconds(20)));
    }

    SUBCASE("a block found while the daemon is away arrives when it is back") {
        Miner miner(node.worker_port(), miner_address(6) + "+0");
        const Found found = miner.search(dash::target_from_bits(0x207fffff));
        daemon->stop();
        (void)miner.submit(found);
        daemon->start();
        CHECK(tests::wait_until(
            [&] { return daemon->rpc()("getbestblockhash").get<std::string>() == found.hash.to_hex(); }, seconds(30)));
    }
    CHECK(node.process().stop() == 0);
    daemon->stop();
}
