#include "p2pool/work/rates.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/support/random.h"

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

TEST_CASE("a look at ten thousand workers costs no more than at one") {
    Monitor monitor(1000, 0);
    for (int second = 0; second < 1000; second += 50) {
        for (int i = 0; i < 10000; ++i)
            monitor.add("worker" + std::to_string(i), 1, false, second);
    }
    const auto start = std::chrono::steady_clock::now();
    constexpr int kLooks = 1000;
    std::uint64_t submits = 0;
    for (int i = 0; i < kLooks; ++i)
        submits += monitor.total(1000).submits + monitor.rate_of("worker7", 1000).submits + monitor.size(1000);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    CHECK(submits == kLooks * (200'000 + 20 + 10'000ULL));
    CHECK(took.count() / kLooks < 1);
}

TEST_CASE("the window counts what was submitted within it, to a hundredth of its length") {
    struct Submit {
        std::string name;
        double hashes = 0;
        bool late = false;
        double at = 0;
    };
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < 20; ++round) {
        const double window = 100 * static_cast<double>(1 + random.below(20));
        double now = static_cast<double>(random.below(1000));
        const double start = now;
        Monitor monitor(window, start);
        std::vector<Submit> submits;
        /// Of what was submitted at `since` or later.
        const auto expected = [&](const std::string& name, double since) {
            const double span = std::min(std::max(now - start, 10.0), window);
            Monitor::Rate rate;
            for (const Submit& submit : submits) {
                if (submit.name != name || submit.at < since) continue;
                rate.hashes_per_second += submit.hashes / span;
                ++rate.submits;
                if (!submit.late) continue;
                rate.late_hashes_per_second += submit.hashes / span;
                ++rate.late_submits;
            }
            return rate;
        };
        for (int step = 0; step < 300; ++step) {
            // Mostly often, now and then after so long that much has left the window.
            now += random.below(50) == 0 ? window * static_cast<double>(random.below(150)) / 100
                                         : window * static_cast<double>(random.below(100)) / 5000;
            const std::string name(1, static_cast<char>('a' + random.below(4)));
            submits.push_back({name, static_cast<double>(1 + random.below(1000)), random.below(4) == 0, now});
            monitor.add(name, submits.back().hashes, submits.back().late, now);
            const std::string asked(1, static_cast<char>('a' + random.below(4)));
            const Monitor::Rate most = expected(asked, now - window);
            const Monitor::Rate fewest = expected(asked, now - window + window / 100);
            const Monitor::Rate got = monitor.rate_of(asked, now);
            constexpr double kRounding = 1e-9;
            CHECK(got.submits >= fewest.submits);
            CHECK(got.submits <= most.submits);
            CHECK(got.late_submits >= fewest.late_submits);
            CHECK(got.late_submits <= most.late_submits);
            CHECK(got.hashes_per_second >= fewest.hashes_per_second * (1 - kRounding));
            CHECK(got.hashes_per_second <= most.hashes_per_second * (1 + kRounding));
            CHECK(got.late_hashes_per_second >= fewest.late_hashes_per_second * (1 - kRounding));
            CHECK(got.late_hashes_per_second <= most.late_hashes_per_second * (1 + kRounding));
            const auto all = monitor.rates(now);
            CHECK(monitor.size(now) == all.size());
            Monitor::Rate sum;
            for (const auto& [key, rate] : all) {
                sum.hashes_per_second += rate.hashes_per_second;
                sum.submits += rate.submits;
                sum.late_submits += rate.late_submits;
            }
            const Monitor::Rate total = monitor.total(now);
            CHECK(total.hashes_per_second == doctest::Approx(sum.hashes_per_second));
            CHECK(total.submits == sum.submits);
            CHECK(total.late_submits == sum.late_submits);
            CHECK((all.count(asked) == 0 ? 0 : all.at(asked).submits) == got.submits);
        }
    }
}
