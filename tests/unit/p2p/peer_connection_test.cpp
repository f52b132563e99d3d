#include "dash/p2p/peer_connection.h"

#include <doctest/doctest.h>

#include "dash/primitives/chain_params.h"
#include "dash/util/error.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/p2p/fake_peer.h"
#include "tests/unit/rpc/event_loop.h"

namespace {

using dash::Bytes;
using dash::p2p::PeerConnection;
using dash::p2p::PeerEnd;
using dash::p2p::PeerSettings;
using tests::FakePeer;
using Manner = FakePeer::Manner;
using namespace std::chrono_literals;

/// One connection and what became of it.
struct Session {
    explicit Session(const PeerSettings& settings)
        : peer(std::make_unique<PeerConnection>(loop.io().get_executor(), settings, policy(), clock)) {}

    PeerConnection::Policy policy() {
        PeerConnection::Policy policy;
        policy.on_ready = [this](PeerConnection&) { ++times_ready; };
        policy.on_message = [this](PeerConnection&, std::string_view command, dash::ByteSpan) {
            messages.emplace_back(command);
            if (command == "throw") throw dash::DecodeError("thrown by the policy");
        };
        return policy;
    }

    void start(std::uint16_t port, const std::string& host = "127.0.0.1") {
        boost::asio::co_spawn(loop.io(), peer->run(host, port),
                              [this](std::exception_ptr, PeerEnd result) { end = std::move(result); });
    }

    PeerEnd::Kind wait_for_end() {
        REQUIRE(loop.run_until([this] { return end.has_value(); }));
        return end->kind;
    }

    tests::ManualClock clock;
    tests::EventLoop loop;
    int times_ready = 0;
    std::vector<std::string> messages;
    std::optional<PeerEnd> end;
    std::unique_ptr<PeerConnection> peer;
};

PeerSettings often_pinging(const FakePeer& fake) {
    PeerSettings settings = fake.peer_settings();
    settings.ping_interval = 5ms;
    return settings;
}

/// More than the buffers of a connection take when nobody reads.
void send_blocks(Session& session, int count) {
    const auto frame = dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, "block", Bytes(3'000'000));
    for (int i = 0; i < count; ++i)
        session.peer->send(frame);
}

}  // namespace

TEST_CASE("the handshake shows an ordinary peer that wants and offers nothing") {
    FakePeer fake;
    Session session(fake.peer_settings());
    session.start(fake.port());
    REQUIRE(session.loop.run_until([&] { return session.peer->ping_time().has_value(); }));
    CHECK(session.peer->ready());
    CHECK(session.times_ready == 1);
    CHECK(session.peer->peer_version()->user_agent == "/Fake:1/");

    REQUIRE(fake.received("version").size() == 1);
    const auto version = dash::p2p::decode_version(fake.received("version")[0]);
    CHECK(version.version == 70238);
    CHECK(version.services == 0);
    CHECK(version.user_agent == "/P2Pool:test/");
    CHECK(version.start_height == 7);
    CHECK(!version.relay_transactions);
    CHECK(fake.received("verack").size() == 1);
}

TEST_CASE("pings are answered, and all messages reach the owner") {
    FakePeer fake;
    Session session(fake.peer_settings());
    session.start(fake.port());
    REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
    fake.send("ping", dash::p2p::encode_nonce(99));
    fake.send("getheaders", encode(dash::p2p::GetHeaders()));
    fake.send("newmessage", Bytes(10));
    // Besides these, the answer to the connection's own ping.
    REQUIRE(session.loop.run_until([&] { return session.messages.size() == 4 && !fake.received("pong").empty(); }));
    CHECK(std::count(session.messages.begin(), session.messages.end(), "pong") == 1);
    std::erase(session.messages, "pong");
    CHECK(session.messages == std::vector<std::string>{"ping", "getheaders", "newmessage"});
    CHECK(fake.received("pong").at(0) == dash::p2p::encode_nonce(99));
}

TEST_CASE("a peer that answers pings is kept, one that leaves one unanswered is left") {
    const double almost = 0.9 * std::chrono::duration<double>(PeerSettings().pong_timeout).count();
    FakePeer polite;
    Session kept(often_pinging(polite));
    kept.start(polite.port());
    for (int round = 0; round < 5; ++round) {
        const std::size_t pings = polite.received("ping").size();
        REQUIRE(kept.loop.run_until([&] { return polite.received("ping").size() > pings; }));
        kept.loop.run_until([] { return false; }, 20ms);  // its pong is on the way
        kept.clock.advance(almost);
    }
    CHECK(kept.peer->ready());
    CHECK(kept.loop.run_until([&] { return kept.peer->pong_overdue() == 0s; }));

    // Also when it talks.
    FakePeer silent(Manner::kPongsOnce);
    Session left(often_pinging(silent));
    left.start(silent.port());
    REQUIRE(left.loop.run_until([&] { return silent.received("ping").size() == 2; }));
    left.clock.advance(almost);
    CHECK(left.peer->pong_overdue() ==
          std::chrono::round<std::chrono::steady_clock::duration>(std::chrono::duration<double>(almost)));
    silent.send("inv", dash::p2p::encode_inv({{1, dash::Uint256(1)}}));
    REQUIRE(left.loop.run_until([&] { return left.messages.back() == "inv"; }));
    left.loop.run_until([] { return false; }, 50ms);
    CHECK(left.peer->ready());
    CHECK(silent.received("ping").size() == 2);  // a further one would make the pong to this one unrecognizable
    left.clock.advance(almost);
    CHECK(left.wait_for_end() == PeerEnd::Kind::kTimeout);
    CHECK(left.end->reason == "answers no ping");
    CHECK(left.end->was_ready);
}

TEST_CASE("a peer owes no pong while it takes what was sent before the ping") {
    const double almost = 0.9 * std::chrono::duration<double>(PeerSettings().pong_timeout).count();
    FakePeer fake(Manner::kDeaf);
    Session session(often_pinging(fake));
    session.start(fake.port());
    REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
    send_blocks(session, 5);
    REQUIRE(session.loop.run_until([&] { return session.peer->backlog().held_by_peer; }));
    session.loop.run_until([] { return false; }, 50ms);  // it is noticed what is there to begin with
    for (int round = 0; round < 4; ++round) {
        session.clock.advance(almost);
        fake.read(1'500'000);
        REQUIRE(session.loop.run_until([&] { return session.peer->pong_overdue() == 0s; }));
        CHECK(session.peer->ready());
    }
    session.loop.run_until([] { return false; }, 50ms);
    session.clock.advance(almost / 0.9);
    CHECK(session.wait_for_end() == PeerEnd::Kind::kTimeout);
    CHECK(session.end->reason == "answers no ping");
}

TEST_CASE("a handshake that is not completed ends in time") {
    for (const Manner manner : {Manner::kMute, Manner::kUnfinished}) {
        FakePeer fake(manner);
        PeerSettings settings = fake.peer_settings();
        settings.handshake_timeout = 60ms;
        Session session(settings);
        session.start(fake.port());
        CHECK(session.wait_for_end() == PeerEnd::Kind::kTimeout);
        CHECK(!session.end->was_ready);
        CHECK(session.times_ready == 0);
    }
}

TEST_CASE("the ways a connection ends are told apart") {
    SUBCASE("nobody listens") {
        std::uint16_t port = FakePeer().port();
        Session session(PeerSettings{});
        session.start(port);
        CHECK(session.wait_for_end() == PeerEnd::Kind::kRefused);
    }
    SUBCASE("no such host") {
        Session session(PeerSettings{});
        session.start(1, "no-such-host.invalid");
        CHECK(session.wait_for_end() == PeerEnd::Kind::kLost);
        CHECK(!session.end->was_ready);
    }
    SUBCASE("no way there") {
        Session session(PeerSettings{});
        session.start(1, "255.255.255.255");  // TCP knows no broadcast: "Network is unreachable"
        CHECK(session.wait_for_end() == PeerEnd::Kind::kLost);
        CHECK(!session.end->was_ready);
    }
    SUBCASE("closed at once") {
        FakePeer fake(Manner::kClosesAtOnce);
        Session session(fake.peer_settings());
        session.start(fake.port());
        CHECK(session.wait_for_end() == PeerEnd::Kind::kLost);
    }
    SUBCASE("closed later") {
        FakePeer fake;
        Session session(fake.peer_settings());
        session.start(fake.port());
        REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
        fake.hang_up();
        CHECK(session.wait_for_end() == PeerEnd::Kind::kLost);
        CHECK(session.end->was_ready);
        CHECK(!session.peer->ready());
    }
    SUBCASE("a wrong checksum") {
        FakePeer fake;
        Session session(fake.peer_settings());
        session.start(fake.port());
        REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
        Bytes broken = *dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, "inv", Bytes(37));
        broken.back() ^= 1;
        fake.send_raw(broken);
        CHECK(session.wait_for_end() == PeerEnd::Kind::kMisbehaved);
    }
    SUBCASE("a message the owner cannot read") {
        FakePeer fake;
        Session session(fake.peer_settings());
        session.start(fake.port());
        REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
        fake.send("throw", {});
        CHECK(session.wait_for_end() == PeerEnd::Kind::kMisbehaved);
        CHECK(session.end->reason == "thrown by the policy");
    }
    SUBCASE("closed by us") {
        FakePeer fake;
        Session session(fake.peer_settings());
        session.start(fake.port());
        REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
        session.peer->close();
        CHECK(session.wait_for_end() == PeerEnd::Kind::kStopped);
    }
    SUBCASE("destroyed by us") {
        FakePeer fake;
        Session session(fake.peer_settings());
        session.start(fake.port());
        REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
        session.peer.reset();
        CHECK(session.wait_for_end() == PeerEnd::Kind::kStopped);
    }
}

TEST_CASE("a frame is sent whole, and its sender told") {
    FakePeer fake;
    Session session(fake.peer_settings());
    session.start(fake.port());
    REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
    const Bytes block(2'000'000, 0x5a);
    const auto frame = dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, "block", block);
    std::optional<bool> first;
    std::optional<bool> second;
    session.peer->send(frame, [&](bool sent) { first = sent; });
    session.peer->send(frame, [&](bool sent) { second = sent; });
    REQUIRE(session.loop.run_until([&] { return fake.received("block").size() == 2 && second; }));
    CHECK(first == true);
    CHECK(second == true);
    CHECK(fake.received("block")[1] == block);
}

TEST_CASE("a peer that does not read is dropped, and the senders told") {
    FakePeer fake(Manner::kDeaf);
    PeerSettings settings = fake.peer_settings();
    settings.max_queued_bytes = 5'000'000;
    Session session(settings);
    session.start(fake.port());
    REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
    const auto frame = dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, "block", Bytes(3'000'000));
    int told = 0;
    int failed = 0;
    constexpr int kFrames = 20;
    for (int i = 0; i < kFrames; ++i) {
        session.peer->send(frame, [&](bool sent) {
            ++told;
            failed += sent ? 0 : 1;
        });
        session.loop.run_until([&] { return false; }, 5ms);
    }
    CHECK(session.wait_for_end() == PeerEnd::Kind::kLost);
    CHECK(told == kFrames);
    CHECK(failed > 0);
}

TEST_CASE("of what has not left it is known whether the peer does not read or the line is slow") {
    for (const Manner manner : {Manner::kDeaf, Manner::kPolite}) {
        FakePeer fake(manner);
        Session session(fake.peer_settings());
        session.start(fake.port());
        REQUIRE(session.loop.run_until([&] { return session.peer->ready(); }));
        CHECK(!session.peer->backlog().held_by_peer);
        send_blocks(session, 4);
        if (manner == Manner::kDeaf) {
            REQUIRE(session.loop.run_until([&] { return session.peer->backlog().held_by_peer; }));
            CHECK(session.peer->backlog().bytes > 0);
            CHECK(session.peer->backlog().round_trip > 0us);
        } else {
            REQUIRE(session.loop.run_until([&] { return session.peer->backlog().bytes == 0; }));
            CHECK(!session.peer->backlog().held_by_peer);
        }
        session.peer->close();
        session.wait_for_end();
        CHECK(session.peer->backlog().bytes == 0);
    }
}
