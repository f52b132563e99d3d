#include "dash/p2p/daemon_link.h"

#include <doctest/doctest.h>

#include "dash/primitives/chain_params.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/p2p/fake_peer.h"
#include "tests/unit/rpc/event_loop.h"

namespace {

using dash::Bytes;
using dash::Uint256;
using dash::p2p::DaemonLink;
using tests::FakePeer;
using namespace std::chrono_literals;

struct Linked {
    explicit Linked(const dash::p2p::DaemonLinkSettings& settings) {
        DaemonLink::Events events;
        events.on_up = [this] { ++ups; };
        events.on_down = [this](const dash::p2p::PeerEnd&) { ++downs; };
        events.on_block = [this](const Uint256& hash) { blocks.push_back(hash); };
        link = std::make_unique<DaemonLink>(loop.io().get_executor(), settings, events, clock);
        link->start();
    }
    bool wait_until_up() {
        return loop.run_until([this] { return link->up(); });
    }

    tests::ManualClock clock;
    tests::EventLoop loop;
    int ups = 0;
    int downs = 0;
    std::vector<Uint256> blocks;
    std::unique_ptr<DaemonLink> link;
};

}  // namespace

TEST_CASE("new blocks are told, other inventory and strange kinds are not, and nothing is asked for") {
    FakePeer fake;
    Linked linked(fake.link_settings());
    REQUIRE(linked.wait_until_up());
    fake.send("inv", dash::p2p::encode_inv({{1, Uint256(1)}, {29, Uint256(2)}, {77, Uint256(3)}}));
    fake.send("inv", dash::p2p::encode_inv({{2, Uint256(4)}, {1, Uint256(5)}, {2, Uint256(6)}}));
    REQUIRE(linked.loop.run_until([&] { return linked.blocks.size() == 2; }));
    CHECK(linked.blocks == std::vector<Uint256>{Uint256(4), Uint256(6)});
    CHECK(linked.ups == 1);
    CHECK(linked.link->status().blocks_announced == 2);
    CHECK(linked.link->status().transactions_announced == 2);
    CHECK(linked.link->status().user_agent == "/Fake:1/");
    CHECK(fake.received("getdata").empty());
    CHECK(fake.received("getheaders").empty());
}

TEST_CASE("the link comes back, as often as it breaks") {
    FakePeer fake;
    Linked linked(fake.link_settings());
    for (int round = 1; round <= 4; ++round) {
        REQUIRE(linked.loop.run_until([&] { return linked.ups == round && linked.link->up(); }));
        fake.hang_up();
        REQUIRE(linked.loop.run_until([&] { return linked.downs >= round; }));
        CHECK(!linked.link->status().last_error.empty());
    }
    CHECK(linked.link->status().connects == 4);
}

TEST_CASE("a dashd that has frozen is told from one that answers") {
    FakePeer fake(FakePeer::Manner::kNeverPongs);
    Linked linked(fake.link_settings());
    CHECK(!linked.link->status().answers);
    REQUIRE(linked.wait_until_up());
    linked.clock.advance(9.9);
    CHECK(linked.link->status().answers);
    linked.clock.advance(0.1);
    CHECK(!linked.link->status().answers);
    CHECK(linked.link->status().up);  // it may wake up
}

TEST_CASE("the link waits for a dashd that is not there yet") {
    auto fake = std::make_unique<FakePeer>();
    const auto settings = fake->link_settings();
    fake.reset();
    Linked linked(settings);
    REQUIRE(linked.loop.run_until([&] { return linked.downs >= 5; }));
    CHECK(linked.ups == 0);
    CHECK(!linked.link->status().up);
    fake = std::make_unique<FakePeer>(FakePeer::Manner::kPolite, settings.port);
    CHECK(linked.wait_until_up());
}

TEST_CASE("the pauses between attempts grow to their limit and not beyond") {
    std::uint16_t port = 0;
    { port = FakePeer().port(); }
    dash::p2p::DaemonLinkSettings settings;
    settings.port = port;
    settings.first_delay = 10ms;
    settings.longest_delay = 40ms;
    Linked linked(settings);
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(linked.loop.run_until([&] { return linked.downs == 8; }));
    // Half of 10 + 20 + 40 × 5 at least.
    CHECK(std::chrono::steady_clock::now() - begin >= 115ms);
}

TEST_CASE("a message that cannot be read costs the connection, not the link") {
    FakePeer fake;
    Linked linked(fake.link_settings());
    REQUIRE(linked.wait_until_up());
    fake.send("inv", dash::from_hex("ffffffffff"));
    REQUIRE(linked.loop.run_until([&] { return linked.downs == 1; }));
    CHECK(linked.wait_until_up());
}

TEST_CASE("a block is sent when the link is up, and its sender told when it is not") {
    FakePeer fake;
    const auto frame = dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, "block", Bytes(1000, 7));
    Linked linked(fake.link_settings());
    std::optional<bool> sent;
    linked.link->send_block(frame, [&](bool ok) { sent = ok; });
    CHECK(!sent.has_value());
    REQUIRE(linked.loop.run_until([&] { return sent.has_value(); }));
    CHECK(sent == false);
    REQUIRE(linked.wait_until_up());
    sent.reset();
    linked.link->send_block(frame, [&](bool ok) { sent = ok; });
    REQUIRE(linked.loop.run_until([&] { return sent.has_value() && !fake.received("block").empty(); }));
    CHECK(sent == true);
    CHECK(fake.received("block")[0] == Bytes(1000, 7));
}

TEST_CASE("a destroyed link says nothing more, wherever it was") {
    FakePeer fake;
    Linked linked(fake.link_settings());
    SUBCASE("before connecting") {}
    SUBCASE("up") {
        REQUIRE(linked.wait_until_up());
    }
    SUBCASE("pausing") {
        REQUIRE(linked.wait_until_up());
        fake.hang_up();
        REQUIRE(linked.loop.run_until([&] { return linked.downs == 1; }));
    }
    const int ups = linked.ups;
    const int downs = linked.downs;
    linked.link.reset();
    linked.loop.run_until([] { return false; }, 50ms);
    CHECK(linked.ups == ups);
    CHECK(linked.downs == downs);
}
