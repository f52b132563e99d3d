#include "dash/broadcaster/upkeep.h"

#include <doctest/doctest.h>

using namespace dash::broadcaster;
using namespace std::chrono_literals;

namespace {

constexpr Upkeep::Load kHealthy{.peers = 10, .least = 5, .most = 19};
constexpr Upkeep::Load kFull{.peers = 19, .least = 5, .most = 19};
constexpr Upkeep::Load kPoor{.peers = 4, .least = 5, .most = 19};

/// How often each action is planned in a time of checks every five seconds.
struct Count {
    int emergencies = 0;
    int scheduled = 0;
    int bootstraps = 0;
    int growths = 0;
    int rotations = 0;
};
Count checks(Upkeep& upkeep, const Upkeep::Load& load, Upkeep::Time begin, std::chrono::seconds duration) {
    Count count;
    for (auto time = begin; time < begin + duration; time += Upkeep::kCheckInterval) {
        const Upkeep::Plan plan = upkeep.check(load, time);
        count.emergencies += plan.refresh == Refresh::kEmergency;
        count.scheduled += plan.refresh == Refresh::kScheduled;
        count.bootstraps += plan.refresh == Refresh::kBootstrap;
        count.growths += plan.grow;
        count.rotations += plan.rotate;
    }
    return count;
}

}  // namespace

TEST_CASE("the first start asks dashd at once, and again every five seconds until it answers") {
    const Upkeep::Time start(10h);
    Upkeep upkeep(/*bootstrapped=*/false, start);
    CHECK(upkeep.check({.peers = 0, .least = 5, .most = 19}, start).refresh == Refresh::kBootstrap);
    CHECK(checks(upkeep, kPoor, start + 5s, 175s).bootstraps == 35);
    upkeep.bootstrapped();
    CHECK(checks(upkeep, kHealthy, start + 180s, 600s).bootstraps == 0);
}

TEST_CASE("a start with a peer file asks nobody") {
    const Upkeep::Time start(10h);
    Upkeep upkeep(/*bootstrapped=*/true, start);
    CHECK(upkeep.check(kPoor, start).refresh == Refresh::kNone);
    CHECK(checks(upkeep, kHealthy, start, 600s).emergencies == 0);
}

TEST_CASE("below the minimum: an emergency refresh, at most one a minute, and growth at each check") {
    const Upkeep::Time start(10h);
    Upkeep upkeep(/*bootstrapped=*/true, start);
    const Count count = checks(upkeep, kPoor, start, 600s);
    CHECK(count.emergencies == 9);  // at 60, 120, … 540 seconds
    CHECK(count.growths == 120);
    CHECK(count.scheduled == 0);
}

TEST_CASE("with the minimum met and room: growth once a minute, a refresh each half hour") {
    const Upkeep::Time start(10h);
    Upkeep upkeep(/*bootstrapped=*/true, start);
    const Count count = checks(upkeep, kHealthy, start, 7200s);
    CHECK(count.emergencies == 0);
    CHECK(count.growths == 120);
    CHECK(count.scheduled == 3);  // at 1800, 3600 and 5400 seconds
    CHECK(count.rotations == 0);
}

TEST_CASE("when full: no growth, a rotation each minute at most") {
    const Upkeep::Time start(10h);
    Upkeep upkeep(/*bootstrapped=*/true, start);
    const Count count = checks(upkeep, kFull, start, 600s);
    CHECK(count.growths == 0);
    CHECK(count.rotations == 9);
}
