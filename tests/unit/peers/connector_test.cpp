#include <doctest/doctest.h>

#include <set>

#include "tests/support/regtest.h"
#include "tests/unit/peers/scripted_peer.h"

// Who gets connected, and who is told where nodes are.

namespace {

using namespace p2pool::peers;
using tests::regtest;
using tests::ScriptedNode;
using tests::ScriptedPeer;

PeerAddress peer_at(const std::string& host, std::uint16_t port = 8999) {
    return parse_peer_address(host, port).value();
}

void learn(ScriptedNode& node, const std::vector<std::string>& hosts) {
    for (const std::string& host : hosts)
        node.peers->addresses().learn(peer_at(host), 0, node.simulation.clock().unix_seconds());
}

std::set<std::string> attempted(const ScriptedNode& node) {
    std::set<std::string> hosts;
    for (const auto& attempt : node.transport.attempts)
        hosts.insert(attempt.host);
    return hosts;
}

}  // namespace

TEST_CASE("one outgoing connection for each /16, and no more than desired") {
    ScriptedNode node(regtest());
    node.settings.desired_outgoing = 2;
    node.start();
    learn(node, {"1.1.0.1", "1.1.0.2", "1.1.3.3"});
    node.run(60);
    CHECK(node.transport.attempts.size() == 1);
    learn(node, {"2.2.0.1", "3.3.0.1"});
    node.run(60);
    CHECK(node.transport.attempts.size() == 3);
    std::vector<ScriptedPeer> peers;
    while (!node.transport.attempts.empty()) {
        peers.push_back(node.answer_attempt());
        peers.back().shake_hands();
    }
    CHECK(node.peers->peer_count() == 2);
    node.run(20);
    CHECK(node.transport.attempts.empty());
    peers[0].hang_up();
    node.run(60);
    CHECK(!node.transport.attempts.empty());
}

TEST_CASE("peers who came to us do not keep us from looking for others") {
    ScriptedNode node(regtest());
    node.settings.desired_outgoing = 2;
    node.start();
    std::vector<ScriptedPeer> peers;
    for (int i = 1; i <= 5; ++i) {
        peers.push_back(node.incoming(std::to_string(i) + ".1.1.1"));
        peers.back().shake_hands();
    }
    learn(node, {"9.9.9.9", "1.1.1.1"});
    node.run(5);
    // Not the one that is connected already.
    CHECK(attempted(node) == std::set<std::string>{"9.9.9.9"});
}

TEST_CASE("an address that does not answer is left alone for a minute") {
    ScriptedNode node(regtest());
    node.start();
    learn(node, {"1.1.0.1"});
    node.run(30);
    node.fail_attempt();
    node.run(55);
    CHECK(node.transport.attempts.empty());
    node.run(60);
    CHECK(node.transport.attempts.size() == 1);
}

TEST_CASE("so many may come in, three from one neighbourhood") {
    ScriptedNode node(regtest());
    node.settings.most_incoming = 5;
    node.start();
    std::vector<ScriptedPeer> peers;
    for (int i = 0; i < 4; ++i)
        peers.push_back(node.incoming("1.1.0." + std::to_string(i)));
    CHECK(peers[2].line().started);
    CHECK(!peers[3].line().started);
    CHECK(node.incoming("2001:db8::1").line().started);
    peers.push_back(node.incoming("3.3.3.3"));
    CHECK(peers.back().line().started);
    // The one from 2001:db8:: was dropped by the test, but the node keeps it until its handshake is overdue.
    CHECK(!node.incoming("4.4.4.4").line().started);
    peers[0].hang_up();
    CHECK(node.incoming("4.4.4.4").line().started);
}

TEST_CASE("permanent peers are tried for ever, ever more rarely, and are not counted") {
    ScriptedNode node(regtest());
    node.settings.permanent = {{"peer.example", 8999}};
    node.settings.desired_outgoing = 1;
    node.start();
    double waited = 0;
    for (int i = 0; i < 8; ++i) {
        REQUIRE(node.transport.attempts.size() == 1);
        CHECK(node.transport.attempts[0].host == "peer.example");
        node.fail_attempt();
        waited = 0;
        while (node.transport.attempts.empty() && waited < 1000) {
            node.run(1);
            ++waited;
        }
    }
    CHECK(waited > 100);
    CHECK(waited <= node.settings.longest_reconnect_seconds + 1);

    ScriptedPeer peer = node.answer_attempt("1.2.3.4");
    peer.shake_hands();
    CHECK(node.peers->status().peers.at(0).permanent);
    learn(node, {"5.5.5.5"});
    node.run(20);
    CHECK(attempted(node) == std::set<std::string>{"5.5.5.5"});

    // After a good session the next try comes soon, also when the peer was banned.
    node.transport.attempts.clear();
    peer.shake_hands();
    CHECK(peer.is_closed());
    CHECK(node.peers->status().hosts_banned == 1);
    node.run(2);
    CHECK(attempted(node).count("peer.example") == 1);
    ScriptedPeer again = node.answer_attempt("1.2.3.4");
    again.shake_hands();
    CHECK(!again.is_closed());
}

TEST_CASE("bootstrap hosts are asked by name, and then known by address") {
    ScriptedNode node(regtest());
    node.settings.bootstrap = {{"seed.example", 8999}};
    node.start();
    CHECK(node.peers->expects_chain());
    node.run(20);
    REQUIRE(attempted(node) == std::set<std::string>{"seed.example"});
    ScriptedPeer peer = node.answer_attempt("7.7.7.7");
    peer.shake_hands();
    CHECK(node.peers->addresses().find(peer_at("7.7.7.7")));
}

TEST_CASE("no share chain is expected from nobody, nor of a peer who has none") {
    ScriptedNode node(regtest());
    node.start();
    CHECK(!node.peers->expects_chain());
    learn(node, {"5.5.5.5"});
    CHECK(node.peers->expects_chain());
    ScriptedPeer peer = node.incoming();
    peer.shake_hands();
    CHECK(!node.peers->expects_chain());
    ScriptedPeer other = node.incoming("1.1.1.1");
    other.shake_hands(kProtocolVersion, dash::Uint256(7));
    CHECK(node.peers->expects_chain());
}

TEST_CASE("who connects us to ourselves again and again is left alone") {
    ScriptedNode node(regtest());
    node.start();
    for (int i = 0; i < 4; ++i) {
        ScriptedPeer peer = node.incoming("1.2.3.4", static_cast<std::uint16_t>(100 + i));
        REQUIRE(peer.line().started);
        peer.say(decode_version(peer.heard_payloads("version").at(0)));
        CHECK(peer.is_closed());
    }
    CHECK(!node.incoming("1.2.3.4", 200).line().started);
    node.run(301);
    CHECK(node.incoming("1.2.3.4", 201).line().started);
}

TEST_CASE("addresses are learned, told on, and never an IPv6 one") {
    ScriptedNode node(regtest());
    node.start();
    ScriptedPeer peer = node.incoming("1.2.3.4");
    peer.shake_hands();
    (void)peer.heard();
    const auto now = static_cast<std::uint64_t>(node.simulation.clock().unix_seconds());
    Addrs addrs;
    for (int i = 0; i < 50; ++i) {
        addrs.addresses.push_back({now + 1000, {0, peer_at("10.0.0." + std::to_string(i))}});
        addrs.addresses.push_back({now, {0, peer_at("2001:db8::" + std::to_string(i))}});
    }
    peer.say(addrs);
    CHECK(node.peers->addresses().size() == 100);
    // What lies in the future is of now.
    CHECK(node.peers->addresses().find(peer_at("10.0.0.1"))->last_seen == static_cast<double>(now));
    std::size_t told_on = 0;
    for (const dash::Bytes& payload : peer.heard_payloads("addrs")) {
        const Addrs told = decode_addrs(payload, Trailing::kReject);
        REQUIRE(told.addresses.size() == 1);
        CHECK(told.addresses[0].address.address.is_ipv4());
        CHECK(told.addresses[0].timestamp <= now);
        ++told_on;
    }
    CHECK(told_on > 20);
    CHECK(told_on < 50);

    peer.say(GetAddrs{1000});
    const Addrs answer = decode_addrs(peer.heard_payloads("addrs").at(0), Trailing::kReject);
    CHECK(answer.addresses.size() == 50);
    for (const TimedAddress& entry : answer.addresses)
        CHECK(entry.address.address.is_ipv4());
}

TEST_CASE("on a public network no address is learned or told that the Internet does not reach") {
    ScriptedNode node(regtest());
    node.settings.scope = AddressBook::Scope::kPublic;
    node.start();
    ScriptedPeer peer = node.incoming("8.8.4.4");
    peer.shake_hands();
    (void)peer.heard();
    Addrs addrs;
    for (int i = 0; i < 20; ++i) {
        for (const char* host : {"10.0.0.1", "127.0.0.1", "192.168.1.1", "169.254.1.1", "203.0.113.1", "0.0.0.0",
                                 "224.0.0.1", "2001:db8::1", "fe80::1", "::1"}) {
            addrs.addresses.push_back({1, {0, peer_at(host)}});
        }
    }
    addrs.addresses.push_back({1, {0, peer_at("9.9.9.9")}});
    addrs.addresses.push_back({1, {0, peer_at("2001:470::1")}});
    peer.say(addrs);
    CHECK(node.peers->addresses().size() == 2);
    for (const dash::Bytes& payload : peer.heard_payloads("addrs"))
        CHECK(decode_addrs(payload, Trailing::kReject).addresses.at(0).address.address == peer_at("9.9.9.9"));

    ScriptedPeer neighbour = node.incoming("192.168.1.7");
    neighbour.shake_hands();
    (void)neighbour.heard();
    for (std::uint16_t port = 1; port < 20; ++port)
        neighbour.say(AddrMe{port});
    CHECK(node.peers->addresses().size() == 2);
    CHECK(neighbour.heard_payloads("addrs").empty());
    CHECK(peer.heard_payloads("addrs").empty());
}

TEST_CASE("the operator may name a node at home, also on a public network") {
    ScriptedNode node(regtest());
    node.settings.scope = AddressBook::Scope::kPublic;
    node.settings.permanent = {{"192.168.1.7", 8999}};
    node.start();
    CHECK(attempted(node) == std::set<std::string>{"192.168.1.7"});
    ScriptedPeer peer = node.answer_attempt();
    peer.shake_hands();
    CHECK(node.peers->peer_count() == 1);
    CHECK(node.peers->addresses().size() == 0);  // others have no use for it
}

TEST_CASE("a flood of addresses is learned and told on in part") {
    ScriptedNode node(regtest());
    node.start();
    ScriptedPeer peer = node.incoming("1.2.3.4");
    peer.shake_hands();
    (void)peer.heard();
    Addrs addrs;
    for (int i = 0; i < 20'000; ++i) {
        addrs.addresses.push_back({1, {0, peer_at("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256))}});
    }
    peer.say(addrs);
    CHECK(node.peers->addresses().size() == 1000);
    CHECK(peer.heard_payloads("addrs").size() == 100);
}

TEST_CASE("a node tells where it listens, unless it shall not") {
    struct Wish {
        bool advertise;
        bool listening;
        std::string external;
        std::string command;
    };
    const std::vector<Wish> wishes{{true, true, "", "addrme"},
                                   {true, true, "9.9.9.9", "addrs"},
                                   {true, true, "2001:db8::9", "addrme"},
                                   {false, true, "9.9.9.9", ""},
                                   {true, false, "", ""}};
    for (const Wish& wish : wishes) {
        CAPTURE(wish.external);
        ScriptedNode node(regtest());
        node.settings.advertise = wish.advertise;
        node.settings.listening = wish.listening;
        if (!wish.external.empty()) node.settings.external = peer_at(wish.external, 1234);
        node.start();
        ScriptedPeer peer = node.incoming("1.2.3.4");
        peer.shake_hands();
        const auto heard = peer.heard();
        if (wish.command.empty()) {
            for (const auto& frame : heard)
                CHECK(frame.command.rfind("addr", 0) != 0);
            continue;
        }
        REQUIRE(heard.size() > 2);
        CHECK(heard[2].command == wish.command);
        if (wish.command == "addrs") {
            CHECK(decode_addrs(heard[2].payload, Trailing::kReject).addresses.at(0).address.address ==
                  peer_at(wish.external, 1234));
            CHECK(!node.peers->addresses().find(peer_at(wish.external, 1234)));
        }
    }
}

TEST_CASE("who says where it listens is known by the address it is seen at") {
    ScriptedNode node(regtest());
    node.start();
    ScriptedPeer peer = node.incoming("1.2.3.4", 5555);
    peer.shake_hands();
    peer.say(AddrMe{8999});
    CHECK(node.peers->addresses().find(peer_at("1.2.3.4", 8999)));
    ScriptedPeer six = node.incoming("2001:db8::1", 5555);
    six.shake_hands();
    (void)peer.heard();
    (void)six.heard();
    for (std::uint16_t port = 1; port < 20; ++port)
        six.say(AddrMe{port});
    CHECK(node.peers->addresses().find(peer_at("2001:db8::1", 7)));
    CHECK(peer.heard_payloads("addrs").empty());
    CHECK(six.heard_payloads("addrs").empty());
    // This machine's own: somebody else may know where that is.
    ScriptedPeer local = node.incoming("127.0.0.1", 5555);
    local.shake_hands();
    local.say(AddrMe{8999});
    CHECK(!node.peers->addresses().find(peer_at("127.0.0.1", 8999)));
}
