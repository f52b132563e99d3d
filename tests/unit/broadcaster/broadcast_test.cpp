#include "dash/broadcaster/broadcast.h"

#include <doctest/doctest.h>

#include "tests/support/manual_clock.h"

using namespace dash::broadcaster;

namespace {

constexpr std::size_t kSmall = 10'000;
constexpr std::size_t kLarge = 2'000'000;

std::vector<PeerAddress> peers(std::size_t count) {
    std::vector<PeerAddress> addresses(count);
    for (std::size_t i = 0; i < count; ++i) {
        addresses[i].ip[15] = static_cast<std::uint8_t>(i);
        addresses[i].port = 9999;
    }
    return addresses;
}

dash::p2p::Backlog nothing_left(std::size_t) {
    return {};
}

/// What the kernel would tell of three peers.
struct Line {
    std::vector<dash::p2p::Backlog> backlogs{3};

    /// Whom the full block is due to, so much later.
    std::vector<std::size_t> due(Broadcast& broadcast, tests::ManualClock& clock, double ms = 0) const {
        clock.advance(ms / 1000);
        return broadcast.take_due_fulls([&](std::size_t peer) { return backlogs[peer]; });
    }
};

}  // namespace

TEST_CASE("a small block goes whole at once; pongs, announcements and requests reach, loss and silence fail") {
    tests::ManualClock clock;
    Broadcast broadcast(peers(5), kSmall, clock);
    CHECK(!broadcast.in_stages());
    CHECK(broadcast.take_due_fulls(nothing_left).empty());
    clock.advance(0.010);
    broadcast.full_answered(0);
    clock.advance(0.010);
    broadcast.confirmed(1, "proved to have it");
    clock.advance(0.010);
    broadcast.asked(2);
    broadcast.lost(3, "closed by the other side");
    CHECK(!broadcast.complete());
    CHECK(broadcast.reached() == 3);
    CHECK(broadcast.reached_ms(50) == doctest::Approx(30));
    CHECK(!broadcast.reached_ms(90));
    clock.advance(9.9);
    broadcast.check_deadline();
    CHECK(!broadcast.complete());
    clock.advance(0.1);
    broadcast.check_deadline();
    CHECK(broadcast.complete());
    CHECK(broadcast.settled());
    CHECK(broadcast.reached() == 3);
    CHECK(broadcast.peers()[3].outcome == "closed by the other side");
    CHECK(broadcast.peers()[4].outcome == "no sign in 10 s");
    CHECK(!broadcast.peers()[0].confirmed_ms);
    CHECK(broadcast.peers()[1].confirmed_ms == doctest::Approx(20));
}

TEST_CASE("the first sign of a peer decides, later ones change nothing") {
    tests::ManualClock clock;
    Broadcast broadcast(peers(2), kSmall, clock);
    broadcast.full_answered(0);
    clock.advance(1);
    broadcast.lost(0, "gone");
    broadcast.full_answered(0);
    CHECK(broadcast.peers()[0].reached_ms == doctest::Approx(0));
    broadcast.lost(1, "gone");
    broadcast.full_answered(1);
    CHECK(broadcast.peers()[1].state == Broadcast::State::kFailed);
    CHECK(broadcast.reached() == 1);
}

TEST_CASE("percentiles count whole peers") {
    tests::ManualClock clock;
    Broadcast broadcast(peers(10), kSmall, clock);
    for (std::size_t i = 0; i < 9; ++i) {
        clock.advance(0.001);
        broadcast.full_answered(i);
    }
    CHECK(broadcast.reached_ms(50) == doctest::Approx(5));
    CHECK(broadcast.reached_ms(51) == doctest::Approx(6));
    CHECK(broadcast.reached_ms(90) == doctest::Approx(9));
    CHECK(!broadcast.reached_ms(100));
}

TEST_CASE("without peers a broadcast is complete and has no times") {
    tests::ManualClock clock;
    Broadcast broadcast({}, kLarge, clock);
    CHECK(broadcast.complete());
    CHECK(broadcast.settled());
    CHECK(!broadcast.reached_ms(50));
}

TEST_CASE("a large block: no full one before all compact ones are out") {
    tests::ManualClock clock;
    Broadcast broadcast(peers(3), kLarge, clock);
    CHECK(broadcast.in_stages());
    std::vector<std::size_t> backlog{0, 0, 1};
    const auto left = [&](std::size_t peer) {
        dash::p2p::Backlog unsent;
        unsent.bytes = backlog[peer];
        return unsent;
    };
    broadcast.compact_answered(0);
    CHECK(broadcast.take_due_fulls(left).empty());
    backlog[2] = 0;
    CHECK(broadcast.take_due_fulls(left) == std::vector<std::size_t>{0});
    CHECK(broadcast.take_due_fulls(left).empty());  // once
    CHECK(!broadcast.settled());

    SUBCASE("naming it spares nobody the full one: the peer is asked for a proof, once") {
        broadcast.compact_answered(1);
        CHECK(broadcast.announced(1));
        CHECK_FALSE(broadcast.announced(1));
        CHECK(broadcast.reached() == 1);
        CHECK(!broadcast.peers()[1].confirmed_ms);
        CHECK(broadcast.take_due_fulls(left).empty());  // its answer is awaited
        broadcast.compact_answered(1);
        CHECK(broadcast.take_due_fulls(left) == std::vector<std::size_t>{1});
    }
    SUBCASE("and none for who has the block") {
        broadcast.confirmed(1, "proved to have it");
        CHECK_FALSE(broadcast.announced(1));
        broadcast.compact_answered(1);
        CHECK(broadcast.take_due_fulls(left).empty());
        CHECK(!broadcast.peers()[1].full_begun);
    }
    SUBCASE("who asks for transactions gets these first, and the rest when that did not do") {
        broadcast.compact_answered(1);
        broadcast.asked(1);
        CHECK(broadcast.take_due_fulls(left).empty());
        broadcast.compact_answered(1);  // behind our answer, and still no proof
        CHECK(broadcast.take_due_fulls(left) == std::vector<std::size_t>{1});
    }
    SUBCASE("the answer to the first ping, behind the question, says nothing of what our answer did") {
        broadcast.asked(1);
        broadcast.compact_answered(1);
        CHECK(broadcast.take_due_fulls(left).empty());
        broadcast.compact_answered(1);
        CHECK(broadcast.take_due_fulls(left) == std::vector<std::size_t>{1});
    }
    SUBCASE("who does not answer in time gets it anyway") {
        clock.advance(0.999);
        CHECK(broadcast.take_due_fulls(left).empty());
        clock.advance(0.001);
        CHECK(broadcast.take_due_fulls(left) == std::vector<std::size_t>{1, 2});
    }
    SUBCASE("who is gone gets nothing") {
        broadcast.lost(1, "gone");
        broadcast.lost(2, "gone");
        clock.advance(1);
        CHECK(broadcast.take_due_fulls(left).empty());
        CHECK(!broadcast.settled());  // the first has not answered yet
        broadcast.full_answered(0);
        CHECK(broadcast.settled());
    }
}

TEST_CASE("compact blocks that do not leave hold nobody up") {
    tests::ManualClock clock;
    Broadcast broadcast(peers(3), kLarge, clock);
    Line line;
    broadcast.compact_answered(0);

    SUBCASE("a peer that does not read: not for a moment, however much of it trickles away") {
        line.backlogs[2] = {5000, true, std::chrono::milliseconds(50)};
        CHECK(line.due(broadcast, clock) == std::vector<std::size_t>{0});
        broadcast.compact_answered(1);
        line.backlogs[2].bytes = 4000;
        CHECK(line.due(broadcast, clock, 5) == std::vector<std::size_t>{1});
    }
    SUBCASE("a dead one: no longer than a living one of its distance takes to acknowledge") {
        line.backlogs[2] = {5000, false, std::chrono::milliseconds(50)};
        CHECK(line.due(broadcast, clock).empty());
        CHECK(line.due(broadcast, clock, 69).empty());
        CHECK(line.due(broadcast, clock, 1) == std::vector<std::size_t>{0});
        CHECK(line.due(broadcast, clock, 929).empty());  // it has not answered itself
        CHECK(line.due(broadcast, clock, 1) == std::vector<std::size_t>{1, 2});
    }
    SUBCASE("one in a busy uplink's queue is waited for while the others' bytes leave, for a second at most") {
        line.backlogs[1] = {100'000, false, std::chrono::milliseconds(1)};
        line.backlogs[2] = {5000, false, std::chrono::milliseconds(1)};
        CHECK(line.due(broadcast, clock).empty());
        for (int i = 0; i < 66; ++i) {
            line.backlogs[1].bytes -= 1400;
            CHECK(line.due(broadcast, clock, 15).empty());
        }
        CHECK(line.due(broadcast, clock, 10) == std::vector<std::size_t>{0, 1, 2});
    }
    SUBCASE("… and not when these are out") {
        line.backlogs[1] = {3000, false, std::chrono::milliseconds(1)};
        line.backlogs[2] = {5000, false, std::chrono::milliseconds(1)};
        CHECK(line.due(broadcast, clock).empty());
        line.backlogs[1].bytes = 0;
        CHECK(line.due(broadcast, clock, 15).empty());
        CHECK(line.due(broadcast, clock, 19).empty());
        CHECK(line.due(broadcast, clock, 1) == std::vector<std::size_t>{0});
    }
}

TEST_CASE("bytes taken by the operating system are timed") {
    tests::ManualClock clock;
    Broadcast broadcast(peers(1), kLarge, clock);
    clock.advance(0.002);
    broadcast.compact_taken(0);
    CHECK(broadcast.peers()[0].first_byte_ms == doctest::Approx(2));
    CHECK(broadcast.peers()[0].last_byte_ms == doctest::Approx(2));
    broadcast.compact_answered(0);
    CHECK(broadcast.take_due_fulls(nothing_left).size() == 1);
    clock.advance(0.5);
    broadcast.full_taken(0);
    CHECK(broadcast.peers()[0].first_byte_ms == doctest::Approx(2));
    CHECK(broadcast.peers()[0].last_byte_ms == doctest::Approx(502));
}
