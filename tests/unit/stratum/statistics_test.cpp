#include <doctest/doctest.h>

#include "p2pool/stratum/pool_statistics.h"
#include "tests/support/manual_clock.h"

using namespace p2pool::stratum;

TEST_CASE("submits are counted by worker and in all") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    for (int i = 0; i < 60; ++i) {
        statistics.submitted("a", SubmitResult::kAccepted, 100);
        clock.advance(1);
    }
    statistics.submitted("b", SubmitResult::kRejected, 0);
    statistics.submitted("b", SubmitResult::kLate, 50);

    const auto totals = statistics.totals();
    CHECK(totals.accepted == 60);
    CHECK(totals.rejected == 2);
    CHECK(totals.late == 1);
    CHECK(totals.uptime_seconds == doctest::Approx(60));
    CHECK(totals.submits_per_second_60s == doctest::Approx(61.0 / 60));
    CHECK(totals.submits_per_second_10s == doctest::Approx(1.1));

    const auto workers = statistics.workers();
    REQUIRE(workers.size() == 2);
    CHECK(workers[0].name == "b");
    CHECK(workers[0].rejected == 2);
    CHECK(workers[0].late == 1);
    CHECK(workers[1].accepted == 60);
    CHECK(workers[1].hashes_per_second == doctest::Approx(100 * 4294967296.0));
    CHECK(workers[1].last_seen - workers[1].first_seen == doctest::Approx(59));
}

TEST_CASE("rates fade when submits stop") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    for (int i = 0; i < 100; ++i)
        statistics.submitted("a", SubmitResult::kAccepted, 1);
    CHECK(statistics.workers()[0].submits_per_second == doctest::Approx(10));
    clock.advance(61);
    CHECK(statistics.totals().submits_per_second_60s == 0);
    CHECK(statistics.workers()[0].submits_per_second == 0);
    CHECK(statistics.workers()[0].hashes_per_second > 0);
    clock.advance(600);
    CHECK(statistics.workers()[0].hashes_per_second == 0);
}

TEST_CASE("the number of workers is bounded, the last ones stay") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    for (int i = 0; i < 12'000; ++i)
        statistics.submitted(std::to_string(i), SubmitResult::kAccepted, 1);
    const auto workers = statistics.workers();
    CHECK(workers.size() == 10'000);
    CHECK(workers.front().name == "11999");
    CHECK(statistics.totals().accepted == 12'000);
}

TEST_CASE("who comes now and then has not worked all the while") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    const auto submit_for = [&](int minutes) {
        for (int i = 0; i <= minutes; ++i) {
            if (i > 0) clock.advance(60);
            statistics.submitted("a", SubmitResult::kAccepted, 1);
        }
        return statistics.workers()[0].worked_seconds;
    };
    CHECK(submit_for(30) == doctest::Approx(1800));
    clock.advance(599);
    CHECK(submit_for(0) == doctest::Approx(2399));
    clock.advance(601);
    CHECK(submit_for(0) == 0);
    CHECK(submit_for(5) == doctest::Approx(300));
}
