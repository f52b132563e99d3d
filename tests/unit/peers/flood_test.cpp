#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "dash/primitives/sha256.h"
#include "dash/primitives/transaction.h"
#include "p2pool/peers/peer_transactions.h"
#include "p2pool/peers/transaction_news.h"
#include "tests/peer_network/share_maker.h"
#include "tests/unit/peers/scripted_peer.h"

// A peer that does nothing wrong, and far too much of it.

namespace {

using namespace p2pool::peers;
using dash::Uint256;
using tests::ScriptedNode;
using tests::ScriptedPeer;

struct Flooded : ScriptedNode {
    Flooded() : ScriptedNode(*share_chain::find_network("dash_regtest")) { start(); }

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
constexpr std::uint32_t kMostRemembered = RememberTx::kMost;

/// Time for the node to do all it is willing to do at once, in turns.
constexpr double kAMoment = 0.01;

/// Has the node remember ever new transactions, and forget them: it knows them a while longer.
void pour(ScriptedNode& node, ScriptedPeer& peer, std::uint32_t rounds) {
    for (std::uint32_t round = 0; round < rounds; ++round) {
        RememberTx remember;
        ForgetTx forget;
        for (std::uint32_t i = 0; i < kMostRemembered; ++i) {
            remember.transactions.push_back(tiny_transaction(round * kMostRemembered + i));
            forget.hashes.push_back(remember.transactions.back().txid);
        }
        peer.say(remember);
        peer.say(forget);
        node.run(0.3);  // all rounds before the next housekeeping
    }
}

/// The same message many times, as one read may bring them.
template <typename Message>
dash::Bytes repeated(const ScriptedNode& node, const Message& message, std::size_t times) {
    const auto frame = make_frame(node.network.p2p_prefix, message);
    dash::Bytes bytes;
    for (; times > 0; --times)
        dash::append(bytes, *frame);
    return bytes;
}

/// A node with a chain whose peers may ask for all of it.
struct Asked : Flooded {
    Asked() {
        host.load_store(tests::mine_chain(network, 50, 1700000000, simulation.random()));
        request.id = Uint256(9);
        request.hashes = {host.best};
        request.parents = 1000;
    }
    [[nodiscard]] std::size_t bytes_of_chain() const {
        std::size_t bytes = 0;
        for (const auto& share : host.tracker().chain(host.best, 50))
            bytes += share->packed.size();
        return bytes;
    }

    ShareRequest request;
};

std::size_t names_in(const std::vector<dash::Bytes>& payloads) {
    std::size_t names = 0;
    for (const dash::Bytes& payload : payloads)
        names += decode_hashes(payload, Trailing::kReject).size();
    return names;
}

}  // namespace

TEST_CASE("transactions by the hundred thousand stop neither the node nor its other peers") {
    Flooded node;
    ScriptedPeer honest = node.peer("2.2.2.2");
    ScriptedPeer hostile = node.peer("1.1.1.1");
    pour(node, hostile, 25);
    // With what one peer may have remembered, and the limit.
    CHECK(node.peers->transactions().size() < 200'000);
    CHECK_NOTHROW(node.peers->take_template({tests::make_transaction(1)}));
    honest.say(RememberTx{{}, {tests::make_transaction(2)}});
    CHECK(!honest.is_closed());
    node.run(21);  // the hostile one pays its debt, and what it had remembered last is forgotten
    CHECK(node.peers->transactions().size() == 2);
    CHECK(node.peers->peer_count() == 2);
}

TEST_CASE("however many transactions the node knows, peers come in") {
    Flooded node;
    ScriptedPeer hostile = node.peer("1.1.1.1");
    pour(node, hostile, 12);
    REQUIRE(node.peers->transactions().size() > dash::p2p::kMaxPayloadBytes / Uint256::kBytes);
    ScriptedPeer honest = node.peer("2.2.2.2");
    CHECK(!honest.is_closed());
    CHECK(names_in(honest.heard_payloads(HaveTx::kCommand)) > 0);
}

TEST_CASE("who asks without end for addresses is answered so often, and no longer, and holds nobody up") {
    Flooded node;
    for (std::uint8_t i = 1; i <= 200; ++i)
        node.peers->addresses().learn(*parse_peer_address("10.0.0." + std::to_string(i), 1), 0, 1700000000);
    ScriptedPeer hostile = node.peer("1.1.1.1");
    constexpr std::size_t kAsked = 100'000;
    const GetAddrs question{100};
    const dash::Bytes questions = repeated(node, question, kAsked);
    (void)hostile.heard();

    // The rest of a read waits until others had their turn.
    hostile.line().events.on_bytes(questions);
    const std::size_t of_a_turn = hostile.heard_payloads(Addrs::kCommand).size();
    CHECK(of_a_turn > 10);
    CHECK(of_a_turn < 1000);
    CHECK(!hostile.line().reading);

    node.run(kAMoment);
    const std::size_t at_once = hostile.heard_payloads(Addrs::kCommand).size();
    CHECK(at_once < kAsked / 2);
    ScriptedPeer honest = node.peer("2.2.2.2");
    (void)honest.heard();
    honest.say(question);
    CHECK(honest.heard_payloads(Addrs::kCommand).size() == 1);
    node.run(1);
    const std::size_t in_a_second = hostile.heard_payloads(Addrs::kCommand).size();
    CHECK(in_a_second > 0);
    CHECK(in_a_second < at_once / 5);

    // Another connection does not help, one of another host does.
    CHECK(!hostile.is_closed());
    hostile.hang_up();
    ScriptedPeer again = node.peer("1.1.1.1");
    again.say(question);
    (void)again.heard();
    again.say(question);
    CHECK(again.heard_payloads(Addrs::kCommand).empty());
    node.run(60);
    again.say(question);
    CHECK(again.heard_payloads(Addrs::kCommand).size() == 2);
}

TEST_CASE("who comes anew and anew is greeted so often, and no longer") {
    Flooded node;
    std::vector<KnownTransaction> ours;
    for (std::uint32_t i = 0; i < 100; ++i)
        ours.push_back(tests::make_transaction(i));
    node.peers->take_template(ours);
    const auto greetings = [&](int connections) {
        std::size_t greeted = 0;
        for (; connections > 0; --connections) {
            ScriptedPeer peer = node.peer("1.1.1.1");
            greeted += peer.heard_payloads(RememberTx::kCommand).size();
            peer.hang_up();
        }
        return greeted;
    };
    const std::size_t at_once = greetings(1000);
    CHECK(at_once > 10);
    CHECK(at_once < 100);
    node.run(5);
    CHECK(greetings(1000) < at_once / 2);
    ScriptedPeer honest = node.peer("2.2.2.2");
    CHECK(honest.heard_payloads(RememberTx::kCommand).size() == 1);
    // Who waits is let in again.
    node.run(60);
    CHECK(greetings(1) == 1);
}

TEST_CASE("where a node listens is told on so often, and no longer") {
    Flooded node;
    ScriptedPeer honest = node.peer("2.2.2.2");
    ScriptedPeer hostile = node.peer("1.1.1.1");
    const auto told_on = [&] {
        return honest.heard_payloads(Addrs::kCommand).size() + hostile.heard_payloads(Addrs::kCommand).size();
    };
    hostile.say_bytes(repeated(node, AddrMe{8999}, 20'000));
    node.run(kAMoment);
    const std::size_t at_once = told_on();
    CHECK(at_once > 100);
    CHECK(at_once < 1000);
    node.run(1);
    CHECK(told_on() < at_once / 5);
    CHECK(node.peers->addresses().size() == 1);
    CHECK(!hostile.is_closed());
}

TEST_CASE("noise costs: who says nothing without end is not listened to for a while") {
    const std::vector<std::function<dash::Bytes(const ScriptedNode&)>> noises{
        [](const ScriptedNode& node) { return repeated(node, Ping{}, 10'000); },
        [](const ScriptedNode& node) { return repeated(node, HaveTx{}, 10'000); },
        [](const ScriptedNode& node) { return repeated(node, LosingTx{}, 10'000); },
        [](const ScriptedNode& node) { return repeated(node, RememberTx{}, 10'000); },
        [](const ScriptedNode& node) { return repeated(node, ForgetTx{}, 10'000); },
        [](const ScriptedNode& node) { return repeated(node, Shares{}, 10'000); },
        [](const ScriptedNode& node) { return repeated(node, Addrs{}, 10'000); },
        [](const ScriptedNode& node) { return repeated(node, ShareReply{}, 10'000); },
        [](const ScriptedNode& node) {
            const auto frame = dash::p2p::encode_frame(node.network.p2p_prefix, "novelty", {});
            dash::Bytes bytes;
            for (int i = 0; i < 10'000; ++i)
                dash::append(bytes, *frame);
            return bytes;
        },
        [](const ScriptedNode&) { return dash::Bytes(50'000'000); },  // no message at all
    };
    for (std::size_t i = 0; i < noises.size(); ++i) {
        CAPTURE(i);
        Flooded node;
        ScriptedPeer noisy = node.peer("1.1.1.1");
        (void)noisy.heard();
        noisy.say_bytes(noises[i](node));
        noisy.say(GetAddrs{1});
        node.run(1);
        CHECK(noisy.heard_payloads(Addrs::kCommand).empty());
        CHECK(!noisy.line().reading);
        node.run(15);
        CHECK(noisy.heard_payloads(Addrs::kCommand).size() == 1);
        CHECK(!noisy.is_closed());
    }
}

TEST_CASE("more transactions than a block has are remembered for nobody") {
    const auto some = [](std::uint32_t first, std::uint32_t count) {
        RememberTx message;
        for (std::uint32_t i = first; i < first + count; ++i)
            message.transactions.push_back(tiny_transaction(i));
        return message;
    };
    Flooded node;
    ScriptedPeer at_once = node.peer("1.1.1.1");
    at_once.say(some(0, RememberTx::kMost + 1));
    CHECK(at_once.is_closed());
    CHECK(node.peers->transactions().size() == 0);
    ScriptedPeer bit_by_bit = node.peer("2.2.2.2");
    bit_by_bit.say(some(0, RememberTx::kMost / 2));
    bit_by_bit.say(some(RememberTx::kMost / 2, RememberTx::kMost / 2));
    node.run(1);
    CHECK(!bit_by_bit.is_closed());
    CHECK(node.peers->transactions().size() == RememberTx::kMost);
    bit_by_bit.say(some(RememberTx::kMost, 1));
    CHECK(bit_by_bit.is_closed());
    CHECK(node.peers->status().hosts_banned == 0);
}

TEST_CASE("names of transactions cost by their number") {
    Flooded node;
    ScriptedPeer hostile = node.peer("1.1.1.1");
    (void)hostile.heard();
    HaveTx names;
    for (std::uint64_t i = 1; i <= 50'000; ++i)
        names.hashes.emplace_back(i);
    for (int i = 0; i < 12; ++i)
        hostile.say(names);
    hostile.say(GetAddrs{1});
    node.run(kAMoment);
    CHECK(hostile.heard_payloads(Addrs::kCommand).empty());
    CHECK(!hostile.line().reading);
}

TEST_CASE_FIXTURE(Asked, "who asks without end for shares is answered so often, and no longer") {
    ScriptedPeer hostile = peer("1.1.1.1");
    ScriptedPeer honest = peer("2.2.2.2");
    (void)hostile.heard();
    constexpr std::size_t kAsked = 5000;
    hostile.say_bytes(repeated(*this, request, kAsked));
    run(kAMoment);
    const std::size_t answered = hostile.heard_payloads(ShareReply::kCommand).size();
    CHECK(answered > 0);
    CHECK(answered < kAsked / 2);
    honest.say(request);
    CHECK(honest.heard_payloads(ShareReply::kCommand).size() == 1);
    // Answers that are too long to be sent cost, too.
    ScriptedPeer greedy = peer("3.3.3.3");
    (void)greedy.heard();
    request.hashes.assign(2 * dash::p2p::kMaxPayloadBytes / host.tracker().find(host.best)->packed.size(), host.best);
    greedy.say_bytes(repeated(*this, request, 1000));
    run(kAMoment);
    CHECK(greedy.heard_payloads(ShareReply::kCommand).size() < 500);
}

TEST_CASE_FIXTURE(Asked, "a newcomer gets all shares of a full chain at once") {
    constexpr std::size_t kBytesOfFullChain = 15'000'000;
    ScriptedPeer newcomer = peer("1.1.1.1");
    (void)newcomer.heard();
    const std::size_t times = kBytesOfFullChain / bytes_of_chain() + 1;
    REQUIRE(times * 50 > 8640);
    for (std::size_t i = 0; i < times; ++i)
        newcomer.say(request);
    run(kAMoment);
    CHECK(newcomer.heard_payloads(ShareReply::kCommand).size() == times);
}

TEST_CASE("a peer's largest template is taken at once") {
    Flooded node;
    ScriptedPeer honest = node.peer("1.1.1.1");
    RememberTx remember;
    std::size_t bytes = 0;
    for (std::uint32_t i = 0; bytes < PeerTransactions::kMostRememberedBytes - 1000; ++i) {
        remember.transactions.push_back(tests::make_transaction(i));
        bytes += remember.transactions.back().bytes->size() + PeerTransactions::kRememberedOverhead;
    }
    honest.say(remember);
    (void)honest.heard();
    honest.say(GetAddrs{1});
    node.run(kAMoment);
    CHECK(honest.heard_payloads(Addrs::kCommand).size() == 1);
    CHECK(node.peers->transactions().size() == remember.transactions.size());
}

TEST_CASE(
    "names of transactions that a peer makes up are told so many, ours all, and no name is lost that was not told") {
    Flooded node;
    ScriptedPeer other = node.peer("2.2.2.2");
    ScriptedPeer hostile = node.peer("1.1.1.1");
    (void)other.heard();
    pour(node, hostile, 8);
    std::vector<KnownTransaction> ours{tiny_transaction(8 * kMostRemembered - 1)};  // told by the peer, too
    for (std::uint32_t i = 0; i < 3000; ++i)
        ours.push_back(tests::make_transaction(i));
    node.peers->take_template(ours);
    node.run(11);
    std::unordered_set<Uint256> told;
    std::size_t lost = 0;
    for (const dash::p2p::Frame& frame : other.heard()) {
        if (frame.command == HaveTx::kCommand) {
            for (const Uint256& txid : decode_hashes(frame.payload, Trailing::kReject))
                CHECK(told.insert(txid).second);
        } else if (frame.command == LosingTx::kCommand) {
            for (const Uint256& txid : decode_hashes(frame.payload, Trailing::kReject)) {
                CHECK(told.count(txid) == 1);
                ++lost;
            }
        }
    }
    for (const KnownTransaction& transaction : ours)
        CHECK(told.count(transaction.txid) == 1);
    CHECK(told.size() < TransactionNews::kNamesAtOnce + 20 * TransactionNews::kNamesPerSecond + 3001);
    CHECK(told.size() > TransactionNews::kNamesAtOnce);
    CHECK(lost == told.size() - ours.size());
}

TEST_CASE("a newcomer is told as many names as it keeps, those of our template among them") {
    Flooded node;
    ScriptedPeer peer = node.peer("1.1.1.1");
    pour(node, peer, 2);
    const KnownTransaction ours = tests::make_transaction(1);
    node.peers->take_template({ours});
    ScriptedPeer newcomer = node.peer("2.2.2.2");
    const auto payloads = newcomer.heard_payloads(HaveTx::kCommand);
    REQUIRE(payloads.size() == 1);
    const std::vector<Uint256> names = decode_hashes(payloads[0], Trailing::kReject);
    CHECK(names.size() == TransactionNews::kMostForNewcomer);
    CHECK(std::count(names.begin(), names.end(), ours.txid) == 1);
}
