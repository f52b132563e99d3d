#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "p2pool/stratum/extranonce.h"
#include "p2pool/stratum/file_limit.h"
#include "p2pool/stratum/lru_map.h"
#include "p2pool/stratum/rate_window.h"
#include "p2pool/stratum/token_bucket.h"
#include "tests/support/random.h"

using namespace p2pool::stratum;

TEST_CASE("a bounded map forgets what was not used for the longest time") {
    LruMap<int, int> map(3);
    for (int i = 0; i < 3; ++i)
        map.put(i, 10 * i);
    REQUIRE(map.find(0) != nullptr);
    map.put(3, 30);
    CHECK(map.find(1) == nullptr);
    CHECK(*map.find(0) == 0);
    CHECK(*map.find(3) == 30);
    map.put(0, 5);
    CHECK(*map.find(0) == 5);
    CHECK(map.size() == 3);
    map.erase_if([](int value) { return value == 30; });
    CHECK(map.find(3) == nullptr);
    CHECK(map.begin()->first == 0);
    map.erase(0);
    CHECK(map.size() == 1);
}

TEST_CASE("a bucket of tokens lets a burst through and then the rate") {
    TokenBucket bucket(10, 5);
    for (int i = 0; i < 5; ++i)
        CHECK(bucket.take(100));
    CHECK_FALSE(bucket.take(100));
    CHECK_FALSE(bucket.take(100.05));
    CHECK(bucket.take(100.11));
    CHECK_FALSE(bucket.take(100.11));
    // Time that stands still or goes back gives nothing.
    CHECK_FALSE(bucket.take(50));
    CHECK_FALSE(bucket.take(100.11));
    int taken = 0;
    for (int i = 0; i < 100; ++i)
        taken += bucket.take(1000) ? 1 : 0;
    CHECK(taken == 5);
}

TEST_CASE("a debt is worked off first") {
    TokenBucket bucket(10, 5);
    CHECK(bucket.seconds_in_debt(0) == 0);
    bucket.charge(0, 25);
    CHECK(bucket.seconds_in_debt(0) == doctest::Approx(2));
    CHECK_FALSE(bucket.take(1.9));
    CHECK(bucket.seconds_in_debt(2.1) == 0);
    CHECK(bucket.take(2.2));
}

TEST_CASE("a window sums what lies within it") {
    tests::Random random;
    INFO(random.how_to_repeat());
    RateWindow<10> window(1);
    std::deque<std::pair<double, double>> model;
    double now = 5;
    for (int i = 0; i < 2000; ++i) {
        now += static_cast<double>(random.below(100) == 0 ? random.below(30) : random.below(2)) * 0.37;
        const auto amount = static_cast<double>(random.below(1000));
        window.add(now, amount);
        model.emplace_back(now, amount);
        double least = 0;
        double most = 0;
        for (const auto& [time, value] : model) {
            if (time > now - 9) least += value;
            if (time > now - 10) most += value;
        }
        CHECK(window.sum(now) >= least);
        CHECK(window.sum(now) <= most);
        while (!model.empty() && model.front().first < now - 20)
            model.pop_front();
    }
    CHECK(window.sum(now + 11) == 0);
}

TEST_CASE("no two hold the same extranonce1") {
    ExtranoncePool pool(0xfffffffe);
    std::vector<Extranonce1> held;
    std::set<std::uint32_t> values;
    for (int i = 0; i < 5; ++i) {
        held.push_back(pool.take());
        values.insert(held.back().value());
    }
    CHECK(values.size() == 5);
    CHECK(values.count(0) == 1);  // it went round

    // Only what was given back is given out again.
    ExtranoncePool again(7);
    Extranonce1 first = again.take();
    const std::uint32_t value = first.value();
    first = again.take();
    CHECK(first.value() != value);
    const Extranonce1 moved = std::move(first);
    CHECK(moved.value() == 8);
}

TEST_CASE("the system's limit of files is used up to the reserve") {
    CHECK(connections_for(20'000) == 19'744);
    CHECK(connections_for(100) == 64);
    CHECK(connections_for(0) == 64);
    CHECK(connections_for(100'000'000) == 50'000);
    const std::size_t limit = raise_file_limit();
    CHECK(limit >= 64);
    CHECK(raise_file_limit() == limit);
}
