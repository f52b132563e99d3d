#include <doctest/doctest.h>

#include <map>
#include <string>

#include "dash/primitives/address.h"
#include "dash/util/log.h"
#include "p2pool/node/peer_block.h"
#include "share_chain/codec.h"
#include "tests/unit/node/node_fixture.h"

/// The node and the shares of others.
using namespace node_tests;

namespace {

constexpr const char* kPeer = "192.0.2.1:8999";

/// Two nodes at one dashd: what the first makes, the second gets from a peer.
struct Pair {
    Pair() {
        for (Fixture* each : {&ours, &theirs})
            each->node.take_template(recorded_template());
        for (const auto& transaction : recorded_template().transactions)
            transactions[transaction.txid] = std::make_shared<const dash::Bytes>(transaction.data);
        ours.node.set_peer_knowledge({.find_transaction =
                                          [this](const dash::Uint256& txid) {
                                              const auto found = transactions.find(txid);
                                              return found == transactions.end() ? nullptr : found->second;
                                          },
                                      .reason_to_wait = [this] { return wait; }});
    }

    /// A share of the other node, which is a block if asked for.
    share_chain::SharePtr make_share(bool is_block) {
        const JobPtr job = theirs.node.job(miner(3));
        theirs.submit(job, is_block ? theirs.solve(job, job->block_target) : theirs.share_without_block(job));
        return theirs.node.tracker().find(theirs.node.best_share());
    }

    Fixture ours;
    Fixture theirs;
    std::map<dash::Uint256, std::shared_ptr<const dash::Bytes>> transactions;
    std::string wait;
};

}  // namespace

TEST_CASE("a peer's share becomes the best one, and new work follows") {
    Pair nodes;
    const share_chain::SharePtr share = nodes.make_share(false);
    nodes.ours.node.take_peer_shares({share}, {kPeer});
    CHECK(nodes.ours.node.best_share() == share->hash);
    CHECK(nodes.ours.work_changes.back());
    CHECK(nodes.ours.node.tracker().source(share->hash) == kPeer);
    const auto changes = nodes.ours.work_changes.size();
    nodes.ours.node.take_peer_shares({share}, {kPeer});
    CHECK(nodes.ours.work_changes.size() == changes);
    CHECK(nodes.ours.node.status().own.total == 0);
}

TEST_CASE("a peer's verified block is submitted, once, byte for byte") {
    Pair nodes;
    const share_chain::SharePtr share = nodes.make_share(true);
    REQUIRE(nodes.theirs.won.size() == 1);
    nodes.ours.node.take_peer_shares({share}, {kPeer});
    nodes.ours.node.settle();
    REQUIRE(nodes.ours.won.size() == 1);
    CHECK(nodes.ours.won[0].hash == nodes.theirs.won[0].hash);
    CHECK(*nodes.ours.won[0].bytes == *nodes.theirs.won[0].bytes);
    CHECK(nodes.ours.won[0].height == recorded_template().height);
    // Whoever is told of it hears who is paid, not which node it came from.
    CHECK(nodes.ours.won[0].finder ==
          dash::format_address({dash::Address::Kind::kPubkeyHash, share->data().pubkey_hash},
                               *share_chain::find_network("dash_regtest")->parent));
}

TEST_CASE("what dashd's chain or our knowledge does not bear out is not sent") {
    Pair nodes;
    SUBCASE("a transaction is not known") {
        nodes.transactions.erase(nodes.transactions.begin());
    }
    SUBCASE("the previous block is not among the last ones") {
        dash::rpc::BlockTemplate later = recorded_template();
        later.previous_block = dash::Uint256(77);
        nodes.ours.node.take_template(later);
    }
    SUBCASE("the chain demands other bits") {
        dash::rpc::BlockTemplate harder = recorded_template();
        harder.bits = 0x1d00ffff;
        nodes.ours.node.take_template(harder);
    }
    SUBCASE("its time is before the median of the last blocks'") {
        dash::rpc::BlockTemplate later = recorded_template();
        later.min_time = later.time + 1;
        nodes.ours.node.take_template(later);
    }
    SUBCASE("its version is one that Dash gave up") {
        dash::rpc::BlockTemplate old = recorded_template();
        old.version = 3;
        nodes.theirs.node.take_template(old);
    }
    SUBCASE("its version is negative") {
        dash::rpc::BlockTemplate odd = recorded_template();
        odd.version = 0xf0000000;
        nodes.theirs.node.take_template(odd);
    }
    const share_chain::SharePtr share = nodes.make_share(true);
    nodes.ours.node.take_peer_shares({share}, {kPeer});
    CHECK(nodes.ours.node.best_share() == share->hash);  // for the share chain it is as good as any
    nodes.ours.node.maintain();
    CHECK(nodes.ours.won.empty());
}

TEST_CASE("a peer's block that comes before dashd's news of the block below it is sent when these are there") {
    Pair nodes;
    dash::rpc::BlockTemplate behind = recorded_template();
    behind.previous_block = dash::Uint256(77);
    --behind.height;
    nodes.ours.node.take_template(behind);
    const share_chain::SharePtr share = nodes.make_share(true);
    nodes.ours.node.take_peer_shares({share}, {kPeer});
    nodes.ours.node.maintain();
    CHECK(nodes.ours.won.empty());
    double late = 0;
    SUBCASE("soon") {}
    SUBCASE("too late: then it has lost its race") {
        late = 700;
    }
    nodes.ours.clock.advance(late);
    nodes.ours.node.maintain();
    nodes.ours.node.take_template(recorded_template());
    REQUIRE(nodes.ours.won.size() == (late == 0 ? 1 : 0));
    if (late == 0) CHECK(nodes.ours.won[0].height == recorded_template().height);
    nodes.ours.node.maintain();
    CHECK(nodes.ours.won.size() == (late == 0 ? 1 : 0));
}

TEST_CASE("a peer's block whose time is too far in the future waits for the clock") {
    Pair nodes;
    dash::rpc::BlockTemplate now = recorded_template();
    now.time -= 7300;
    now.min_time = now.time;
    nodes.ours.clock.set_unix_seconds(now.time);
    nodes.ours.node.take_template(now);
    const share_chain::SharePtr share = nodes.make_share(true);
    nodes.ours.node.take_peer_shares({share}, {kPeer});
    CHECK(nodes.ours.won.empty());
    nodes.ours.clock.advance(50);
    nodes.ours.node.maintain();
    CHECK(nodes.ours.won.empty());
    nodes.ours.clock.advance(100);
    nodes.ours.node.maintain();
    CHECK(nodes.ours.won.size() == 1);
}

TEST_CASE("a block on the tip before is still sent when dashd's chain leads there") {
    Pair nodes;
    const share_chain::SharePtr share = nodes.make_share(true);
    const dash::rpc::BlockTemplate before = recorded_template();
    dash::rpc::BlockTemplate next = before;
    next.previous_block = dash::Uint256(77);
    ++next.height;
    nodes.ours.node.take_template(next);
    REQUIRE(nodes.ours.node.wanted_header() == dash::Uint256(77));
    dash::rpc::HeaderInfo tip;
    tip.hash = dash::Uint256(77);
    tip.header.previous_block = before.previous_block;
    tip.header.bits = before.bits;
    tip.height = before.height;
    tip.confirmations = 1;
    nodes.ours.node.take_header(tip);
    CHECK(nodes.ours.node.wanted_header() == before.previous_block);
    nodes.ours.node.take_peer_shares({share}, {kPeer});
    CHECK(nodes.ours.won.size() == 1);
}

TEST_CASE("blocks of the store are history") {
    Pair nodes;
    const share_chain::SharePtr share = nodes.make_share(true);
    REQUIRE(nodes.ours.node.restore(share, false));
    nodes.ours.node.settle();
    CHECK(nodes.ours.node.best_share() == share->hash);
    CHECK(nodes.ours.won.empty());
}

TEST_CASE("while a share chain is to be had the node does not begin one, and says so") {
    Pair nodes;
    nodes.wait = "the node looks for p2pool peers";
    CHECK(nodes.ours.node.job(miner(1)) == nullptr);
    CHECK(nodes.ours.node.no_work_reason() == nodes.wait);

    SUBCASE("until it is there") {
        nodes.ours.node.take_peer_shares({nodes.make_share(false)}, {kPeer});
        CHECK(nodes.ours.node.job(miner(1)) != nullptr);
        CHECK(nodes.ours.node.no_work_reason().empty());
    }
    SUBCASE("or until nobody has one: then those who wait are told at once") {
        const auto changes = nodes.ours.work_changes.size();
        nodes.ours.node.maintain();
        CHECK(nodes.ours.work_changes.size() == changes);
        nodes.wait.clear();
        nodes.ours.node.maintain();
        CHECK(nodes.ours.work_changes.size() == changes + 1);
        CHECK(nodes.ours.node.job(miner(1)) != nullptr);
        nodes.ours.node.maintain();
        CHECK(nodes.ours.work_changes.size() == changes + 1);
    }
}
