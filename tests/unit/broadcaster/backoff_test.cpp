#include "dash/broadcaster/backoff.h"

#include <doctest/doctest.h>

using namespace dash::broadcaster;
using namespace std::chrono_literals;

namespace {

/// Fails a whole round from `now` on; returns when the rest begins.
AttemptHistory::Time fail_round(AttemptHistory& history, AttemptHistory::Time now) {
    for (int attempt = 1; attempt <= AttemptHistory::kAttemptsPerRound; ++attempt) {
        REQUIRE(history.may_try(now));
        CHECK(history.begin() == attempt);
        CHECK(history.failed(Failure::kTimeout, now) == (attempt == AttemptHistory::kAttemptsPerRound));
        if (attempt < AttemptHistory::kAttemptsPerRound) {
            CHECK(!history.may_try(now));
            CHECK(!history.resting(now));
            now += AttemptHistory::kPause;
        }
    }
    return now;
}

}  // namespace

TEST_CASE("three attempts a round, then a rest that doubles from five minutes to an hour") {
    AttemptHistory history;
    AttemptHistory::Time now(1h);
    CHECK(history.may_try(now));
    CHECK(history.backoff() == 0s);
    for (const auto expected : {300s, 600s, 1200s, 2400s, 3600s, 3600s}) {
        now = fail_round(history, now);
        CHECK(history.backoff() == expected);
        CHECK(history.resting(now));
        CHECK(history.remaining(now) == expected);
        CHECK(history.remaining(now + 1ms) == expected);
        CHECK(history.remaining(now + 1s) == expected - 1s);
        CHECK(!history.may_try(now + expected - 1ms));
        now += expected;
        CHECK(history.may_try(now));
        CHECK(!history.resting(now));
        CHECK(history.remaining(now) == 0s);
    }
}

TEST_CASE("success clears everything") {
    AttemptHistory history;
    const AttemptHistory::Time now(1h);
    fail_round(history, now);
    history.clear();
    CHECK(history.may_try(now));
    CHECK(history.backoff() == 0s);
    CHECK(history.failures() == 0);
    CHECK(fail_round(history, now) > now);
    CHECK(history.backoff() == 300s);
}

TEST_CASE("failures are counted by kind") {
    AttemptHistory history;
    const AttemptHistory::Time now(1h);
    for (const Failure kind : {Failure::kTimeout, Failure::kRefused, Failure::kRefused, Failure::kError}) {
        history.begin();
        history.failed(kind, now);
    }
    CHECK(history.timeouts() == 1);
    CHECK(history.refused() == 2);
    CHECK(history.errors() == 1);
    CHECK(history.failures() == 4);
}

TEST_CASE("who misbehaved rests, who left at once is not called back at once") {
    const AttemptHistory::Time now(1h);
    AttemptHistory rude;
    rude.rest(now);
    CHECK(rude.resting(now));
    CHECK(rude.remaining(now) == AttemptHistory::kFirstBackoff);
    AttemptHistory fickle;
    fickle.pause(now);
    CHECK(!fickle.may_try(now + AttemptHistory::kPauseAfterShortStay - 1ms));
    CHECK(fickle.may_try(now + AttemptHistory::kPauseAfterShortStay));
    CHECK(!fickle.resting(now));
}
