#include <doctest/doctest.h>

#include <algorithm>

#include "share_chain/codec.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/regtest.h"
#include "tests/unit/peers/scripted_peer.h"

// Shares and their transactions between the node and its peers.

namespace {

using namespace p2pool::peers;
using dash::Uint256;
using share_chain::SharePtr;
using tests::regtest;
using tests::ScriptedNode;
using tests::ScriptedPeer;
using Commands = std::vector<std::string>;

/// A node with a chain of 20 shares, and peers.
struct Connected : ScriptedNode {
    Connected() : ScriptedNode(regtest()) {
        host.load_store(tests::mine_chain(regtest(), 20, 1700000000, simulation.random()));
        start();
    }

    ScriptedPeer& peer(const std::string& host_name) {
        known.push_back(std::make_unique<ScriptedPeer>(incoming(host_name)));
        known.back()->shake_hands();
        (void)known.back()->heard();
        return *known.back();
    }

    [[nodiscard]] SharePtr mine(const std::vector<Uint256>& transactions = {}, const Uint256& previous = {}) {
        tests::ShareWish wish;
        wish.previous = previous.is_zero() ? host.best : previous;
        wish.timestamp = static_cast<std::uint32_t>(simulation.clock().unix_seconds());
        wish.transaction_hashes = transactions;
        return tests::mine_share(host.tracker(), wish, simulation.random());
    }

    std::vector<std::unique_ptr<ScriptedPeer>> known;
};

/// Stands every check but that against its ancestors.
SharePtr spoilt(const share_chain::Share& share) {
    share_chain::ShareContents contents = share.contents;
    contents.share_info.far_share_hash = Uint256(5);
    return share_chain::make_share(std::move(contents), regtest());
}

std::vector<Uint256> hashes_in(const std::vector<dash::Bytes>& payloads) {
    std::vector<Uint256> hashes;
    for (const dash::Bytes& payload : payloads) {
        for (const auto& typed : decode_shares(payload, Trailing::kReject).shares)
            hashes.push_back(share_chain::load_share(typed, regtest())->hash);
    }
    return hashes;
}

}  // namespace

TEST_CASE("a new best share goes to everybody but those who have it, once, and old ones to nobody") {
    Connected node;
    ScriptedPeer& source = node.peer("1.1.1.1");
    ScriptedPeer& other = node.peer("2.2.2.2");
    const SharePtr share = node.mine();
    source.say(Shares{tests::typed_contents({share})});
    CHECK(node.host.best == share->hash);
    CHECK(source.heard_payloads("shares").empty());
    CHECK(hashes_in(other.heard_payloads("shares")) == std::vector<Uint256>{share->hash});
    node.peers->broadcast_share(share->hash);
    node.peers->broadcast_share(node.host.tracker().ancestor(share->hash, 5));
    node.peers->broadcast_share(Uint256(7));
    CHECK(other.heard_payloads("shares").empty());

    // Who sends it, too late to be the first, has it as well.
    const SharePtr next = node.mine();
    node.loader.delay_seconds = 1;
    source.say(Shares{tests::typed_contents({next})});
    other.say(Shares{tests::typed_contents({next})});
    node.run(2);
    CHECK(node.host.best == next->hash);
    CHECK(source.heard_payloads("shares").empty());
}

TEST_CASE("up to five shares are told, newest first, back to the first that was told") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    std::vector<Uint256> line;
    for (int i = 0; i < 7; ++i) {
        tests::ShareWish wish;
        wish.previous = i == 0 ? node.host.best : line.back();
        const SharePtr share = tests::mine_share(node.host.tracker(), wish, node.simulation.random());
        line.push_back(share->hash);
        // All at once: none but the last is ever the best.
        const_cast<share_chain::Tracker&>(node.host.tracker()).add(share, 0);
    }
    node.host.settle();
    std::reverse(line.begin(), line.end());
    CHECK(hashes_in(peer.heard_payloads("shares")) == std::vector<Uint256>(line.begin(), line.begin() + 5));
}

TEST_CASE("the transactions go before the share, for those who lack them") {
    Connected node;
    ScriptedPeer& has_it = node.peer("1.1.1.1");
    ScriptedPeer& lacks_it = node.peer("2.2.2.2");
    ScriptedPeer& source = node.peer("3.3.3.3");
    const KnownTransaction transaction = tests::make_transaction(1);
    source.say(RememberTx{{}, {transaction}});
    CHECK(has_it.heard_commands() == Commands{"have_tx"});
    (void)lacks_it.heard();
    has_it.say(HaveTx{{transaction.txid}});

    source.say(Shares{tests::typed_contents({node.mine({transaction.txid})})});
    CHECK(has_it.heard_commands() == Commands{"shares"});
    CHECK(lacks_it.heard_commands() == Commands{"remember_tx", "shares", "forget_tx"});
}

TEST_CASE("a share with a transaction that nobody ever told costs the connection, one we forgot does not") {
    Connected node;
    ScriptedPeer& stranger = node.peer("1.1.1.1");
    const SharePtr mysterious = node.mine({Uint256(77)});
    stranger.say(Shares{tests::typed_contents({mysterious})});
    CHECK(stranger.is_closed());
    CHECK(node.host.came.empty());
    CHECK(node.peers->status().hosts_banned == 0);

    ScriptedPeer& forgetful = node.peer("1.1.1.2");
    const KnownTransaction transaction = tests::make_transaction(1);
    const SharePtr share = node.mine({transaction.txid});
    forgetful.say(RememberTx{{}, {transaction}});
    forgetful.say(ForgetTx{{transaction.txid}});
    node.run(11);
    CHECK(!node.peers->transactions().contains(transaction.txid));
    CHECK(node.peers->transactions().find_late(transaction.txid) != nullptr);
    forgetful.say(Shares{tests::typed_contents({share})});
    CHECK(!forgetful.is_closed());
    CHECK(node.host.best == share->hash);
    CHECK(node.peers->transactions().contains(transaction.txid));

    const KnownTransaction old = tests::make_transaction(2);
    const SharePtr late = node.mine({old.txid});
    forgetful.say(RememberTx{{}, {old}});
    forgetful.say(ForgetTx{{old.txid}});
    for (int i = 0; i < 40; ++i) {
        node.run(1);
        forgetful.say(Ping{});
        for (const auto& frame : forgetful.heard()) {
            if (frame.command == "sharereq") {
                forgetful.say(ShareReply{decode_sharereq(frame.payload, Trailing::kReject).id, {}, {}});
            }
        }
    }
    CHECK(node.peers->transactions().find_late(old.txid) == nullptr);
    forgetful.say(Shares{tests::typed_contents({late})});
    CHECK(!forgetful.is_closed());
    CHECK(node.host.best == late->hash);
}

TEST_CASE("transactions of the best chain's young shares stay, others go, and peers hear of both") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    const KnownTransaction used = tests::make_transaction(1);
    const KnownTransaction unused = tests::make_transaction(2);
    node.peers->take_template({used, unused});
    CHECK(peer.heard_commands() == Commands{"have_tx", "remember_tx"});
    node.host.add(node.mine({used.txid}));
    CHECK(peer.heard_commands() == Commands{"shares"});
    node.peers->take_template({});
    const auto forgotten = peer.heard_payloads("forget_tx");
    REQUIRE(forgotten.size() == 1);
    CHECK(decode_hashes(forgotten[0], Trailing::kReject).size() == 2);
    node.run(11);
    const auto lost = peer.heard_payloads("losing_tx");
    REQUIRE(lost.size() == 1);
    CHECK(decode_hashes(lost[0], Trailing::kReject) == std::vector<Uint256>{unused.txid});
    CHECK(node.peers->transactions().contains(used.txid));
}

TEST_CASE("a bad share costs its sender alone, and what came before it counts") {
    Connected node;
    ScriptedPeer& bad = node.peer("1.1.1.1");
    ScriptedPeer& good = node.peer("2.2.2.2");
    const SharePtr share = node.mine();
    auto forged = share->contents;
    ++forged.min_header.nonce;
    Shares message{tests::typed_contents({share})};
    message.shares.push_back({share_chain::kShareType, dash::Bytes(20, 1)});
    bad.say(message);
    CHECK(bad.is_closed());
    CHECK(!good.is_closed());
    CHECK(node.host.best == share->hash);
    CHECK(hashes_in(good.heard_payloads("shares")).size() == 1);
}

TEST_CASE("a session whose shares the node fails to take goes on") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    const SharePtr share = node.mine();
    node.host.fails = true;
    CHECK_THROWS_WITH(peer.say(Shares{tests::typed_contents({share})}), "the host fails");
    node.host.fails = false;
    CHECK(!peer.is_closed());
    CHECK(peer.line().reading);
    peer.say(Shares{tests::typed_contents({share})});
    CHECK(node.host.best == share->hash);
}

TEST_CASE("the same share from many peers is hashed once") {
    Connected node;
    std::vector<ScriptedPeer*> peers;
    for (const char* host : {"1.1.1.1", "2.1.1.1", "3.1.1.1", "4.1.1.1"})
        peers.push_back(&node.peer(host));
    const SharePtr share = node.mine();
    for (ScriptedPeer* peer : peers)
        peer->say(Shares{tests::typed_contents({share})});
    CHECK(node.loader.shares_loaded == 1);
    CHECK(node.host.came.size() == 1);
}

TEST_CASE("a share that fails its check costs who told it, not who was asked for it by its name") {
    Connected node;
    const SharePtr bad = spoilt(*node.mine());
    share_chain::ShareContents contents = node.mine()->contents;
    contents.share_info.share_data.previous_share_hash = bad->hash;
    const SharePtr child = share_chain::make_share(contents, regtest());

    ScriptedPeer& liar = node.peer("1.1.1.1");
    ScriptedPeer& honest = node.peer("2.2.2.2");
    liar.say(Shares{tests::typed_contents({child})});
    node.run(5);  // the liar is asked for the parent, does not answer, and then it is asked of the other
    const auto asked = honest.heard_payloads("sharereq");
    REQUIRE(!asked.empty());
    const ShareRequest request = decode_sharereq(asked.back(), Trailing::kReject);
    REQUIRE(request.hashes == std::vector<Uint256>{bad->hash});
    honest.say(ShareReply{request.id, ShareResult::kGood, tests::typed_contents({bad})});
    CHECK(!honest.is_closed());
    CHECK(liar.is_closed());
    CHECK(node.peers->status().hosts_banned == 1);
    CHECK(!node.host.tracker().contains(bad->hash));
}

TEST_CASE("who names a bad share as its best one answers for it") {
    Connected node;
    const SharePtr bad = spoilt(*node.mine());
    ScriptedPeer peer = node.incoming("1.1.1.1");
    peer.shake_hands(kProtocolVersion, bad->hash);
    const auto asked = peer.heard_payloads("sharereq");
    REQUIRE(asked.size() == 1);
    peer.say(
        ShareReply{decode_sharereq(asked[0], Trailing::kReject).id, ShareResult::kGood, tests::typed_contents({bad})});
    CHECK(peer.is_closed());
    CHECK(node.peers->status().hosts_banned == 1);
}

TEST_CASE("a share that fails its check is not told with the good one above it") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    const SharePtr bad = spoilt(*node.mine());
    const_cast<share_chain::Tracker&>(node.host.tracker()).add(bad, 0);
    const SharePtr child = node.mine({}, bad->hash);
    node.host.add(child);
    REQUIRE(node.host.tracker().is_verified(child->hash));
    REQUIRE(!node.host.tracker().is_verified(bad->hash));
    (void)peer.heard();
    node.peers->broadcast_share(child->hash);
    CHECK(hashes_in(peer.heard_payloads("shares")) == std::vector<Uint256>{child->hash});
}

TEST_CASE("who supplied shares that fail their check is banned, connected or not") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    share_chain::Decision decision;
    decision.best = node.host.best;
    decision.misbehaving = {"1.1.1.1:40000", "9.9.9.9:1", "[2001:db8::9]:1", "nonsense"};
    node.peers->take_decision(decision);
    CHECK(peer.is_closed());
    CHECK(node.peers->status().hosts_banned == 3);
    CHECK(!node.incoming("9.9.9.9").line().started);
}

TEST_CASE("a verified block is told although it is not the best share, and again when dashd had time") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    tests::ShareWish wish;
    wish.previous = node.host.tracker().ancestor(node.host.best, 3);
    wish.block_bits = 0x207fffff;
    SharePtr block;
    do {
        wish.finder = static_cast<std::uint8_t>(wish.finder + 1);
        block = tests::mine_share(node.host.tracker(), wish, node.simulation.random());
    } while (!block->claims_block());
    const Uint256 best = node.host.best;
    node.host.blocks_are_recent = false;
    node.host.add(block);
    REQUIRE(node.host.best == best);
    CHECK(peer.heard_payloads("shares").empty());
    node.host.blocks_are_recent = true;
    node.run(6);
    CHECK(hashes_in(peer.heard_payloads("shares")).at(0) == block->hash);
}

TEST_CASE("a peer's best block is looked at once and told on when the host believes it") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    ScriptedPeer& other = node.peer("2.2.2.2");
    dash::BlockHeader header = node.host.tracker().find(node.host.best)->header;
    header.bits = 0x2100ffff;
    peer.say(BestBlock{header});
    CHECK(node.host.headers.size() == 1);
    CHECK(other.heard_payloads("bestblock").empty());
    node.host.believes_blocks = true;
    ++header.nonce;
    other.say(BestBlock{header});
    peer.say(BestBlock{header});
    CHECK(node.host.headers.size() == 2);
    CHECK(peer.heard_payloads("bestblock").size() == 1);
    header.bits = 0x03000001;
    other.say(BestBlock{header});
    CHECK(other.is_closed());
    CHECK(node.peers->status().hosts_banned == 1);
}

TEST_CASE("too many shares for one answer are refused, not sent") {
    Connected node;
    ScriptedPeer& peer = node.peer("1.1.1.1");
    ShareRequest request;
    request.id = Uint256(9);
    request.hashes.assign(2 * dash::p2p::kMaxPayloadBytes / node.host.tracker().find(node.host.best)->packed.size(),
                          node.host.best);
    peer.say(request);
    const ShareReply reply = decode_sharereply(peer.heard_payloads("sharereply").at(0), Trailing::kReject);
    CHECK(reply.id == Uint256(9));
    CHECK(reply.result == ShareResult::kTooLong);
    CHECK(!peer.is_closed());
}
