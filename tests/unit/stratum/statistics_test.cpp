#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "p2pool/stratum/pool_statistics.h"
#include "tests/support/manual_clock.h"

using namespace p2pool::stratum;

namespace {

/// Some at a time.
std::vector<PoolStatistics::Worker> workers_of(PoolStatistics& statistics, std::size_t at_once = 7) {
    std::vector<PoolStatistics::Worker> workers;
    for (std::uint64_t next = 1; next != 0;) {
        const std::size_t before = workers.size();
        next = statistics.add_workers(workers, next, at_once);
        CHECK(workers.size() <= before + at_once);
    }
    return workers;
}

}  // namespace

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

    const auto workers = workers_of(statistics);
    REQUIRE(workers.size() == 2);
    CHECK(workers[0].name == "a");
    CHECK(workers[0].accepted == 60);
    CHECK(workers[0].hashes_per_second == doctest::Approx(100 * 4294967296.0));
    CHECK(workers[0].last_seen - workers[0].first_seen == doctest::Approx(59));
    CHECK(workers[1].name == "b");
    CHECK(workers[1].rejected == 2);
    CHECK(workers[1].late == 1);
}

TEST_CASE("rates fade when submits stop") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    for (int i = 0; i < 100; ++i)
        statistics.submitted("a", SubmitResult::kAccepted, 1);
    CHECK(workers_of(statistics)[0].submits_per_second == doctest::Approx(10));
    clock.advance(61);
    CHECK(statistics.totals().submits_per_second_60s == 0);
    CHECK(workers_of(statistics)[0].submits_per_second == 0);
    CHECK(workers_of(statistics)[0].hashes_per_second > 0);
    clock.advance(600);
    CHECK(workers_of(statistics)[0].hashes_per_second == 0);
}

TEST_CASE("the number of workers is bounded, the last ones stay") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    for (int i = 0; i < 12'000; ++i) {
        statistics.submitted(std::to_string(i), SubmitResult::kAccepted, 1);
        statistics.submitted("steady", SubmitResult::kAccepted, 1);
    }
    const auto workers = workers_of(statistics, 128);
    REQUIRE(workers.size() == 10'000);
    CHECK(workers[0].name == "steady");
    CHECK(workers[0].accepted == 12'000);
    CHECK(workers[1].name == "2001");
    CHECK(workers.back().name == "11999");
    CHECK(statistics.totals().accepted == 24'000);
}

TEST_CASE("what happens between two looks costs no worker his place in the list") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    for (int i = 0; i < 10'000; ++i)
        statistics.submitted(std::to_string(i), SubmitResult::kAccepted, 1);
    std::vector<PoolStatistics::Worker> workers;
    std::uint64_t next = statistics.add_workers(workers, 1, 5000);
    // One that was seen submits again, one that was not goes, a new one comes.
    for (int i = 0; i < 10'000; ++i) {
        if (i != 7000) statistics.submitted(std::to_string(i), SubmitResult::kAccepted, 1);
    }
    statistics.submitted("new", SubmitResult::kAccepted, 1);
    while (next != 0)
        next = statistics.add_workers(workers, next, 5000);
    std::set<std::string> names;
    for (const auto& worker : workers)
        names.insert(worker.name);
    CHECK(names.size() == workers.size());
    CHECK(workers.size() == 10'000);
    CHECK(names.count("7000") == 0);
    CHECK(names.count("new") == 1);
}

TEST_CASE("who comes now and then has not worked all the while") {
    tests::ManualClock clock;
    PoolStatistics statistics(clock);
    const auto submit_for = [&](int minutes) {
        for (int i = 0; i <= minutes; ++i) {
            if (i > 0) clock.advance(60);
            statistics.submitted("a", SubmitResult::kAccepted, 1);
        }
        return workers_of(statistics)[0].worked_seconds;
    };
    CHECK(submit_for(30) == doctest::Approx(1800));
    clock.advance(599);
    CHECK(submit_for(0) == doctest::Approx(2399));
    clock.advance(601);
    CHECK(submit_for(0) == 0);
    CHECK(submit_for(5) == doctest::Approx(300));
}
