#include <doctest/doctest.h>

#include "tests/end_to_end/scenarios.h"

using namespace end_to_end;
using std::chrono::seconds;

TEST_CASE("mining on the stand-in") {
    const tests::TemporaryFolder folder("p2pool-simnet");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();

    SUBCASE("blocks with every payee") {
        mine_blocks_with_every_payee(*daemon, node, 12);
    }

    SUBCASE("blocks with transactions") {
        mine_blocks_with_transactions(*daemon, node, [&](int count) {
            daemon->rpc()("simnet_mempool", nlohmann::json::array({{{"payments", count}}}));
        });
    }

    SUBCASE("another miner's block") {
        follow_a_foreign_block(*daemon, node);
    }
    CHECK(node.process().stop() == 0);
}
