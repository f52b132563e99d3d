#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>

#include "p2pool/peer_io/asio_timers.h"
#include "tests/unit/peer_io/event_loop.h"

namespace {

using namespace std::chrono_literals;

struct Timers {
    tests::EventLoop loop;
    p2pool::peer_io::AsioTimers factory{loop.executor()};
    std::unique_ptr<p2pool::peers::Timer> timer = factory.make_timer();
    int calls = 0;
};

TEST_CASE_FIXTURE(Timers, "a timer calls once, later") {
    timer->start(0, [this] { ++calls; });
    CHECK(calls == 0);
    loop.run_until([this] { return calls > 0; });
    loop.run_for(20ms);
    CHECK(calls == 1);
}

TEST_CASE_FIXTURE(Timers, "a new start replaces the old plan") {
    int old_calls = 0;
    timer->start(0.001, [&old_calls] { ++old_calls; });
    std::this_thread::sleep_for(5ms);  // the old one is due, and has not been called
    timer->start(0.001, [this] { ++calls; });
    loop.run_until([this] { return calls > 0; });
    CHECK(old_calls == 0);
}

TEST_CASE_FIXTURE(Timers, "cancelled or destroyed, a timer that is due does not call any more") {
    timer->start(0, [this] { ++calls; });
    std::this_thread::sleep_for(2ms);
    timer->cancel();
    auto other = factory.make_timer();
    other->start(0, [this] { ++calls; });
    other.reset();
    loop.run_for(20ms);
    CHECK(calls == 0);
}

TEST_CASE_FIXTURE(Timers, "an action may start its own timer again, or destroy it") {
    timer->start(0, [this] {
        ++calls;
        timer->start(0, [this] {
            ++calls;
            timer.reset();
        });
    });
    loop.run_until([this] { return calls == 2; });
    CHECK(timer == nullptr);
}

TEST_CASE_FIXTURE(Timers, "an action that throws costs nobody else") {
    timer->start(0, [] { throw std::runtime_error("an error on purpose"); });
    const auto other = factory.make_timer();
    other->start(0.01, [this] { ++calls; });
    loop.run_until([this] { return calls == 1; });
}

}  // namespace
