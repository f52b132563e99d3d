#include <doctest/doctest.h>

#include <chrono>

#include "dash/util/clock.h"
#include "tests/support/manual_clock.h"

TEST_CASE("the system clock tells the time of the machine") {
    const dash::Clock& clock = dash::system_clock();
    const auto expected = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    CHECK(clock.unix_seconds() == doctest::Approx(expected).epsilon(1e-8));

    const auto first = clock.steady_now();
    const auto second = clock.steady_now();
    CHECK(second >= first);
}

TEST_CASE("the manual clock moves only by hand") {
    tests::ManualClock clock(1000);
    const auto start = clock.steady_now();
    CHECK(clock.unix_seconds() == 1000);
    CHECK(clock.steady_now() == start);

    clock.advance(1.5);
    CHECK(clock.unix_seconds() == 1001.5);
    CHECK(clock.steady_now() - start == std::chrono::milliseconds(1500));

    clock.set_unix_seconds(10);
    CHECK(clock.unix_seconds() == 10);
    CHECK(clock.steady_now() - start == std::chrono::milliseconds(1500));
}
