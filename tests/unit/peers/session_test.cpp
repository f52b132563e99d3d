#include <doctest/doctest.h>

#include "share_chain/network.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/random.h"
#include "tests/support/regtest.h"
#include "tests/unit/peers/scripted_peer.h"

// One connection: how it begins, how it lives, and what ends it.

namespace {

using namespace p2pool::peers;
using dash::Bytes;
using dash::Uint256;
using tests::regtest;
using tests::ScriptedNode;
using tests::ScriptedPeer;

struct Started : ScriptedNode {
    Started() : ScriptedNode(regtest()) { start(); }
};

Bytes frame(std::string_view command, const Bytes& payload) {
    return *dash::p2p::encode_frame(regtest().p2p_prefix, command, payload);
}

/// Answers what the node asks, and lets time pass.
void live(ScriptedNode& node, ScriptedPeer& peer, double seconds, bool answers) {
    for (double passed = 0; passed < seconds && !peer.is_closed(); ++passed) {
        node.run(1);
        for (const dash::p2p::Frame& heard : peer.heard()) {
            if (heard.command != ShareRequest::kCommand || !answers) continue;
            peer.say(ShareReply{decode_sharereq(heard.payload, Trailing::kReject).id, ShareResult::kGood, {}});
        }
    }
}

}  // namespace

TEST_CASE("both sides say their version at once; then come ping, where we are, what we have") {
    Started node;
    node.peers->take_template({tests::make_transaction(1)});
    ScriptedPeer peer = node.incoming();
    CHECK(peer.heard_commands() == std::vector<std::string>{"version"});
    CHECK(node.peers->peer_count() == 0);
    peer.shake_hands();
    CHECK(peer.heard_commands() == std::vector<std::string>{"ping", "addrme", "have_tx", "remember_tx"});
    CHECK(node.peers->peer_count() == 1);
}

TEST_CASE("who says nothing is dropped after ten seconds, who falls silent after a hundred") {
    Started node;
    ScriptedPeer mute = node.incoming();
    node.run(9.9);
    CHECK(!mute.is_closed());
    node.run(0.2);
    CHECK(mute.is_closed());

    // Dribbling without a version does not buy time.
    ScriptedPeer dribbling = node.incoming();
    for (int i = 0; i < 11; ++i) {
        node.run(1);
        dribbling.say_bytes(Bytes{0});
    }
    CHECK(dribbling.is_closed());
}

TEST_CASE("an idle link lives by questions that are answered, and dies when one is not") {
    Started node;
    ScriptedPeer peer = node.incoming();
    peer.shake_hands();
    live(node, peer, 1000, true);
    CHECK(!peer.is_closed());
    REQUIRE(node.peers->status().peers.size() == 1);
    CHECK(node.peers->status().peers[0].ping_seconds.has_value());
    live(node, peer, node.settings.ping_interval_seconds + node.settings.request_timeout_seconds + 2, false);
    CHECK(peer.is_closed());
    CHECK(node.peers->peer_count() == 0);
}

TEST_CASE("a peer of a later version may add fields, commands and share types; one of ours may not") {
    for (const std::uint32_t version : {kProtocolVersion, std::uint32_t{3600}}) {
        CAPTURE(version);
        const bool is_later = version > kProtocolVersion;
        const std::vector<Bytes> novelties{
            frame("ping", {1}),
            frame("getaddrs", {1, 0, 0, 0, 9}),
            frame("addrme", {1, 0, 9}),
            frame("shares", encode(Shares{{{17, Bytes{1, 2, 3}}}})),
        };
        for (const Bytes& novelty : novelties) {
            Started node;
            ScriptedPeer peer = node.incoming();
            peer.shake_hands(version);
            peer.say_bytes(frame("novelty", {1, 2, 3}));
            CHECK(!peer.is_closed());
            peer.say_bytes(novelty);
            CHECK(peer.is_closed() != is_later);
            CHECK(node.peers->status().hosts_banned == 0);
        }
    }
}

TEST_CASE("shares that are too old to be known are passed over, the others of the message taken") {
    Started node;
    const auto shares = tests::mine_chain(regtest(), 1, 1700000000, node.simulation.random());
    ScriptedPeer peer = node.incoming();
    peer.shake_hands(3600);
    Shares message;
    message.shares = {{15, Bytes{1}}, {16, shares[0]->packed}, {36, Bytes{2}}};
    peer.say(message);
    CHECK(!peer.is_closed());
    CHECK(node.host.came.size() == 1);
}

TEST_CASE("misbehaviour costs a ban of the host, other mistakes the connection only") {
    const auto banned_after = [](const std::function<void(ScriptedPeer&)>& act) {
        Started node;
        ScriptedPeer peer = node.incoming("1.2.3.4");
        act(peer);
        CHECK(peer.is_closed());
        return node.peers->status().hosts_banned == 1;
    };
    CHECK(banned_after([](ScriptedPeer& peer) { peer.say(Ping{}); }));
    CHECK(banned_after([](ScriptedPeer& peer) { peer.shake_hands(1699); }));
    CHECK(banned_after([](ScriptedPeer& peer) {
        peer.shake_hands();
        peer.shake_hands();
    }));
    CHECK(banned_after([](ScriptedPeer& peer) {
        peer.shake_hands();
        Bytes broken = frame("ping", {});
        broken.back() ^= 1;
        peer.say_bytes(broken);
    }));
    CHECK(!banned_after([](ScriptedPeer& peer) {
        peer.shake_hands();
        peer.say(ForgetTx{{Uint256(1)}});
    }));
    CHECK(!banned_after([](ScriptedPeer& peer) {
        peer.shake_hands();
        peer.say(ShareRequest{});
    }));
}

TEST_CASE("a banned host stays out for an hour") {
    Started node;
    node.incoming("1.2.3.4", 1).say(Ping{});
    CHECK(!node.incoming("1.2.3.4", 2).line().started);
    CHECK(node.incoming("1.2.3.5", 2).line().started);
    node.run(3601);
    CHECK(node.incoming("1.2.3.4", 3).line().started);
}

TEST_CASE("a peer that asks and does not read is dropped") {
    Started node;
    ScriptedPeer peer = node.incoming();
    peer.shake_hands();
    peer.line().unsent_bytes = node.settings.most_unsent_bytes + 1;
    peer.say(GetAddrs{1});
    CHECK(peer.is_closed());
}

TEST_CASE("while its shares are hashed, nothing else of a peer is taken, and nothing read") {
    Started node;
    node.loader.delay_seconds = 5;
    const auto shares = tests::mine_chain(regtest(), 3, 1700000000, node.simulation.random());
    ScriptedPeer peer = node.incoming();
    peer.shake_hands();
    (void)peer.heard();
    peer.say(Shares{tests::typed_contents(shares)});
    CHECK(!peer.line().reading);
    peer.say(GetAddrs{1});
    peer.say(GetAddrs{1});
    node.run(4);
    CHECK(peer.heard_commands().empty());
    node.run(2);
    CHECK(peer.line().reading);
    CHECK(peer.heard_commands() == std::vector<std::string>{"addrs", "addrs"});
    CHECK(node.host.came.size() == 3);
}

TEST_CASE("a session that ends while its shares are hashed leaves the good ones") {
    Started node;
    node.loader.delay_seconds = 5;
    const auto shares = tests::mine_chain(regtest(), 3, 1700000000, node.simulation.random());
    ScriptedPeer peer = node.incoming("1.2.3.4", 77);
    peer.shake_hands();
    peer.say(Shares{tests::typed_contents(shares)});
    peer.hang_up();
    node.run(6);
    REQUIRE(node.host.came.size() == 3);
    CHECK(node.host.came[0].second.peer == "1.2.3.4:77");
}

TEST_CASE("mutated messages cost their senders, never the node or an honest peer") {
    tests::Random random;
    INFO(random.how_to_repeat());
    Started node;
    const auto shares = tests::mine_chain(regtest(), 5, 1700000000, node.simulation.random());
    node.host.load_store(shares);
    const KnownTransaction transaction = tests::make_transaction(1);
    const std::vector<std::pair<std::string, Bytes>> seeds{
        {"version", encode(Version{})},
        {"addrme", encode(AddrMe{1})},
        {"addrs", encode(Addrs{{{1, {}}, {2, {}}}})},
        {"getaddrs", encode(GetAddrs{9})},
        {"shares", encode(Shares{tests::typed_contents(shares)})},
        {"sharereq", encode(ShareRequest{Uint256(1), {shares[0]->hash, shares[4]->hash}, 9, {shares[1]->hash}})},
        {"sharereply", encode(ShareReply{Uint256(1), ShareResult::kGood, tests::typed_contents(shares)})},
        {"bestblock", encode(BestBlock{shares[0]->header})},
        {"have_tx", encode(HaveTx{{Uint256(1), Uint256(2)}})},
        {"losing_tx", encode(LosingTx{{Uint256(1)}})},
        {"remember_tx", encode(RememberTx{{}, {transaction}})},
        {"forget_tx", encode(ForgetTx{{transaction.txid}})},
    };
    ScriptedPeer honest = node.incoming("200.0.0.1");
    honest.shake_hands();
    std::unique_ptr<ScriptedPeer> hostile;
    for (int i = 0; i < 3000; ++i) {
        if (hostile == nullptr || hostile->is_closed()) {
            hostile = std::make_unique<ScriptedPeer>(node.incoming("127.0.0.1"));
            if (random.below(10) != 0) hostile->shake_hands(random.below(2) == 0 ? 1700 : 3600);
        }
        const auto& [command, payload] = seeds[random.below(seeds.size())];
        hostile->say_bytes(frame(command, random.mutated(payload, 3)));
    }
    CHECK(!honest.is_closed());
    honest.say(ShareRequest{Uint256(4), {shares[4]->hash}, 0, {}});
    CHECK(honest.heard_payloads("sharereply").size() == 1);
}

TEST_CASE("the network can end with everything under way") {
    auto node = std::make_unique<ScriptedNode>(regtest());
    node->settings.permanent = {{"5.5.5.5", 1}};
    node->start();
    node->loader.delay_seconds = 5;
    const auto shares = tests::mine_chain(regtest(), 3, 1700000000, node->simulation.random());
    ScriptedPeer peer = node->incoming("1.2.3.4", 77);
    peer.shake_hands(kProtocolVersion, Uint256(5));
    peer.say(Shares{tests::typed_contents(shares)});
    ScriptedPeer other = node->incoming("1.3.3.4", 77);
    node->peers.reset();
    CHECK(peer.is_closed());
    CHECK(other.is_closed());
    node->simulation.run_for(100);
    node->fail_attempt();
    CHECK(node->host.came.empty());
}
