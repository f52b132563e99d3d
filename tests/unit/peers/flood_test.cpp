#include <doctest/doctest.h>

#include "dash/primitives/sha256.h"
#include "dash/primitives/transaction.h"
#include "p2pool/peers/peer_transactions.h"
#include "tests/unit/peers/scripted_peer.h"

// A peer that does nothing wrong, and far too much of it.

namespace {

using namespace p2pool::peers;
using dash::Uint256;
using tests::ScriptedNode;
using tests::ScriptedPeer;

struct Started : ScriptedNode {
    Started() : ScriptedNode(*share_chain::find_network("dash_regtest")) { start(); }

    [[nodiscard]] ScriptedPeer peer(const std::string& host_name) {
        ScriptedPeer connected = incoming(host_name);
        connected.shake_hands();
        return connected;
    }
};

/// The smallest there are: neither inputs nor outputs.
KnownTransaction tiny_transaction(std::uint32_t number) {
    dash::Transaction transaction;
    transaction.lock_time = number;
    const auto bytes = std::make_shared<const dash::Bytes>(transaction.serialize());
    return {dash::sha256d(*bytes), bytes};
}

/// As many as one peer may have us remember at a time.
constexpr std::uint32_t kMostRemembered =
    PeerTransactions::kMostRememberedBytes / (10 + PeerTransactions::kRememberedOverhead) - 1;

/// Has the node remember ever new transactions, and forget them: it knows them a while longer.
void pour(ScriptedPeer& peer, std::uint32_t rounds) {
    for (std::uint32_t round = 0; round < rounds; ++round) {
        RememberTx remember;
        ForgetTx forget;
        for (std::uint32_t i = 0; i < kMostRemembered; ++i) {
            remember.transactions.push_back(tiny_transaction(round * kMostRemembered + i));
            forget.hashes.push_back(remember.transactions.back().txid);
        }
        peer.say(remember);
        peer.say(forget);
    }
}

std::size_t names_in(const std::vector<dash::Bytes>& payloads) {
    std::size_t names = 0;
    for (const dash::Bytes& payload : payloads)
        names += decode_hashes(payload, Trailing::kReject).size();
    return names;
}

}  // namespace

TEST_CASE("transactions by the hundred thousand stop neither the node nor its other peers") {
    Started node;
    ScriptedPeer honest = node.peer("2.2.2.2");
    ScriptedPeer hostile = node.peer("1.1.1.1");
    pour(hostile, 8);
    // With what one peer may have remembered, and the limit.
    CHECK(node.peers->transactions().size() < 200'000);
    CHECK_NOTHROW(node.peers->take_template({tests::make_transaction(1)}));
    honest.say(RememberTx{{}, {tests::make_transaction(2)}});
    CHECK(!honest.is_closed());
    node.run(11);
    CHECK(node.peers->transactions().size() == 2);
    CHECK(node.peers->peer_count() == 2);
}

TEST_CASE("however many transactions the node knows, peers come in") {
    Started node;
    ScriptedPeer hostile = node.peer("1.1.1.1");
    pour(hostile, 5);
    REQUIRE(node.peers->transactions().size() > dash::p2p::kMaxPayloadBytes / Uint256::kBytes);
    ScriptedPeer honest = node.peer("2.2.2.2");
    CHECK(!honest.is_closed());
    CHECK(names_in(honest.heard_payloads(HaveTx::kCommand)) > 0);
}
