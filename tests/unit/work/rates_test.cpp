#include "p2pool/work/rates.h"

#include <doctest/doctest.h>

#include <string>

using Monitor = p2pool::work::RateMonitor<std::string>;

TEST_CASE("a rate is the work of the window over the time since the start, at most the window") {
    Monitor monitor(1000, 0);
    monitor.add("a", 5000, false, 100);
    monitor.add("a", 5000, true, 100);
    monitor.add("b", 1000, false, 100);
    const auto rate = monitor.rate_of("a", 100);
    CHECK(rate.hashes_per_second == doctest::Approx(100));
    CHECK(rate.late_hashes_per_second == doctest::Approx(50));
    CHECK(rate.submits == 2);
    CHECK(rate.late_submits == 1);
    CHECK(monitor.rate_of("a", 1000).hashes_per_second == doctest::Approx(10));
    CHECK(monitor.total(100).hashes_per_second == doctest::Approx(110));
    CHECK(monitor.rate_of("c", 100).hashes_per_second == 0);
}

TEST_CASE("work leaves the window") {
    Monitor monitor(1000, 0);
    monitor.add("a", 5000, false, 100);
    CHECK(monitor.rates(1100).size() == 1);
    CHECK(monitor.rates(1101).empty());
    CHECK(monitor.span_seconds(5000) == doctest::Approx(1000));
}

TEST_CASE("the first seconds do not divide by almost nothing") {
    Monitor monitor(1000, 0);
    monitor.add("a", 100, false, 0.001);
    CHECK(monitor.rate_of("a", 0.001).hashes_per_second == doctest::Approx(10));
}

TEST_CASE("strangers' names do not fill the memory") {
    Monitor monitor(1000, 0);
    for (int i = 0; i < 30000; ++i)
        monitor.add("name" + std::to_string(i), 1, false, 1);
    CHECK(monitor.rates(1).size() == 10000);
    monitor.add("name0", 1, false, 1);
    CHECK(monitor.rate_of("name0", 1).submits == 2);
}
