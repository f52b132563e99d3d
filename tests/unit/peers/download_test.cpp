#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "share_chain/share_request.h"
#include "tests/peer_network/share_maker.h"
#include "tests/unit/peers/scripted_peer.h"

// Missing shares: from whom, and what when they do not come.

namespace {

using namespace p2pool::peers;
using dash::Uint256;
using share_chain::SharePtr;
using tests::ScriptedNode;
using tests::ScriptedPeer;

constexpr std::size_t kShares = 700;

const share_chain::Network& easy() {
    static const share_chain::Network network = tests::easy_network(300);
    return network;
}

/// A long chain; and a tracker that has it all.
struct Source {
    share_chain::Tracker tracker{easy()};
    std::vector<SharePtr> shares;

    Source() {
        std::mt19937_64 random(7);
        shares = tests::mine_chain(easy(), kShares, 1700000000, random);
        for (const SharePtr& share : shares)
            tracker.add(share, 0);
    }
    [[nodiscard]] const Uint256& head() const { return shares.back()->hash; }
};

const Source& source() {
    static const Source the_source;
    return the_source;
}

struct Peer {
    enum class Manner { kAnswers, kHasNothing, kSilent, kSendsOthers, kOneByOne, kRefusesMany };

    ScriptedPeer line;
    Manner manner = Manner::kAnswers;
    std::size_t requests = 0;
    std::size_t shares_sent = 0;
};

/// A node without shares, and peers of different manners.
struct Joining : ScriptedNode {
    Joining() : ScriptedNode(easy()) { start(); }

    Peer& add(const std::string& host_name, Peer::Manner manner = Peer::Manner::kAnswers) {
        list.push_back(std::make_unique<Peer>(Peer{incoming(host_name), manner}));
        list.back()->line.shake_hands(kProtocolVersion, source().head());
        return *list.back();
    }

    void answer(Peer& peer) {
        for (const dash::p2p::Frame& frame : peer.line.heard()) {
            if (frame.command != ShareRequest::kCommand) continue;
            const ShareRequest request = decode_sharereq(frame.payload, Trailing::kReject);
            const bool is_ping = request.hashes.at(0).is_zero();
            if (is_ping || peer.manner == Peer::Manner::kHasNothing) {
                peer.line.say(ShareReply{request.id, ShareResult::kGood, {}});
                continue;
            }
            ++peer.requests;
            if (peer.manner != Peer::Manner::kSilent) reply(peer, request);
        }
    }

    void reply(Peer& peer, const ShareRequest& request) {
        std::uint64_t parents = request.parents;
        if (peer.manner == Peer::Manner::kOneByOne) parents = 0;
        if (peer.manner == Peer::Manner::kRefusesMany && parents > 30) {
            peer.line.say(ShareReply{request.id, ShareResult::kTooLong, {}});
            return;
        }
        auto shares = share_chain::answer_share_request(source().tracker, request.hashes, parents, request.stops);
        if (peer.manner == Peer::Manner::kSendsOthers) shares = {source().shares[3], source().shares[2]};
        peer.shares_sent += shares.size();
        peer.line.say(ShareReply{request.id, ShareResult::kGood, tests::typed_contents(shares)});
    }

    [[nodiscard]] bool is_joined() const {
        return host.best == source().head() && host.tracker().verified_line(host.best).height >= easy().chain_length;
    }

    /// Seconds until the node mines on the source's head with a full chain behind it; everybody answers in 0.1 s.
    double join(double most_seconds) {
        double passed = 0;
        while (passed < most_seconds && !is_joined()) {
            run(0.1);
            passed += 0.1;
            for (const auto& peer : list)
                answer(*peer);
        }
        return passed;
    }

    std::vector<std::unique_ptr<Peer>> list;
};

}  // namespace

TEST_CASE("a chain is had from several peers at once, each share once") {
    Joining node;
    for (int i = 1; i <= 4; ++i)
        node.add(std::to_string(i) + ".1.1.1");
    CHECK(node.join(60) < 20);
    REQUIRE(node.is_joined());
    std::size_t sent = 0;
    for (const auto& peer : node.list) {
        CHECK(peer->shares_sent > 0);
        sent += peer->shares_sent;
    }
    // All that the tracker keeps of a line, and little besides.
    CHECK(node.host.came.size() >= 2 * easy().chain_length);
    CHECK(node.loader.shares_loaded < node.host.came.size() + 20);
    CHECK(sent < node.host.came.size() + 150);
}

TEST_CASE("one peer is enough") {
    Joining node;
    node.add("1.1.1.1");
    CHECK(node.join(60) < 30);
    CHECK(node.is_joined());
}

TEST_CASE("peers that withhold, lie, stall or dribble do not keep us from the chain") {
    for (const auto manner : {Peer::Manner::kHasNothing, Peer::Manner::kSilent, Peer::Manner::kSendsOthers,
                              Peer::Manner::kOneByOne, Peer::Manner::kRefusesMany}) {
        CAPTURE(static_cast<int>(manner));
        Joining node;
        for (int i = 1; i <= 3; ++i)
            node.add(std::to_string(i) + ".1.1.1", manner);
        node.add("9.1.1.1");
        CHECK(node.join(300) < 120);
        CHECK(node.is_joined());
        // What nobody asked for is not taken.
        CHECK(std::none_of(node.host.came.begin(), node.host.came.end(),
                           [](const auto& came) { return came.first->hash == source().shares[2]->hash; }));
    }
}

TEST_CASE("a peer whose answer the node fails to take goes on") {
    Joining node;
    Peer& peer = node.add("1.1.1.1");
    node.host.fails = true;
    node.loader.delay_seconds = 0.05;
    CHECK_THROWS_WITH((void)node.join(5), "the host fails");
    node.host.fails = false;
    CHECK(peer.line.line().reading);
    CHECK(node.join(60) < 30);
    CHECK(node.is_joined());
}

TEST_CASE("who does not answer in time loses the connection") {
    Joining node;
    Peer& peer = node.add("1.1.1.1", Peer::Manner::kSilent);
    node.join(node.settings.request_timeout_seconds + 1);
    CHECK(peer.requests > 0);
    CHECK(peer.line.is_closed());
    CHECK(node.peers->status().hosts_banned == 0);
}

TEST_CASE("a share that nobody has is asked for ever more rarely") {
    Joining node;
    Peer& peer = node.add("1.1.1.1");
    node.answer(peer);
    peer.manner = Peer::Manner::kHasNothing;
    std::size_t asked = 0;
    for (int i = 0; i < 600; ++i) {
        node.run(1);
        for (const auto& frame : peer.line.heard()) {
            if (frame.command != ShareRequest::kCommand) continue;
            const ShareRequest request = decode_sharereq(frame.payload, Trailing::kReject);
            if (!request.hashes.at(0).is_zero()) ++asked;
            peer.line.say(ShareReply{request.id, ShareResult::kGood, {}});
        }
        if (i % 5 == 0) node.host.settle();
    }
    CHECK(asked > 5);
    CHECK(asked < 40);
}

TEST_CASE("progress is told: how many, how fast, how long") {
    Joining node;
    node.add("1.1.1.1");
    node.join(1);
    const DownloadProgress progress = node.peers->download_progress();
    CHECK(progress.active);
    CHECK(progress.known_shares > 0);
    CHECK(progress.estimated_total > 400);
    CHECK(progress.estimated_total <= kShares);
    CHECK(progress.shares_per_second > 0);
    REQUIRE(progress.seconds_left.has_value());
    node.join(60);
    node.run(30);
    node.host.settle();
    CHECK(!node.peers->download_progress().active);
}

TEST_CASE("peers are not asked for more while too many shares wait for their hash") {
    Joining node;
    node.loader.waiting = node.settings.most_loading_bytes + 1;
    Peer& peer = node.add("1.1.1.1");
    node.join(3);
    CHECK(peer.requests <= 1);  // its best share
    node.loader.waiting = 0;
    node.join(60);
    CHECK(node.is_joined());
}
