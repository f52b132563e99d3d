#include "p2pool/node/payout_pool.h"

#include <doctest/doctest.h>

#include <map>

namespace {

using p2pool::node::PayoutPool;

dash::Hash160 hash(std::uint8_t number) {
    dash::Hash160 hash;
    hash.fill(number);
    return hash;
}

std::map<dash::Hash160, int> picks(PayoutPool& pool, int count) {
    std::map<dash::Hash160, int> found;
    for (int i = 0; i < count; ++i)
        ++found[pool.pick()];
    return found;
}

/// The weight in "    ...payout 1: ADDRESS(12.345678)".
double weight(const std::string& line) {
    return std::stod(line.substr(line.find('(') + 1));
}

}  // namespace

TEST_CASE("one address is always paid") {
    PayoutPool pool({hash(1)}, 0, 7);
    CHECK(picks(pool, 100) == std::map<dash::Hash160, int>{{hash(1), 100}});
    CHECK(pool.fee_hash() == hash(1));
}

TEST_CASE("several addresses are paid by their weights") {
    PayoutPool pool({hash(1), hash(2), hash(3)}, 0, 7);
    const auto lines = pool.lines(dash::dash_regtest());
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].rfind("    ...payout 0: y", 0) == 0);
    const double all = weight(lines[0]) + weight(lines[1]) + weight(lines[2]);
    constexpr int kPicks = 20'000;
    auto found = picks(pool, kPicks);
    for (std::uint8_t i = 0; i < 3; ++i)
        CHECK(found[hash(static_cast<std::uint8_t>(i + 1))] / double{kPicks} ==
              doctest::Approx(weight(lines[i]) / all).epsilon(0.05));
}

TEST_CASE("the oldest address gives way; the fee keeps the first") {
    PayoutPool pool({hash(1), hash(2)}, 1000, 7);
    CHECK_FALSE(pool.is_due(1000 + 3600, 3600));
    CHECK(pool.is_due(1001 + 3600, 3600));
    pool.replace_oldest(hash(3), 5000);
    CHECK(pool.hashes() == std::vector<dash::Hash160>{hash(2), hash(3)});
    CHECK_FALSE(pool.is_due(5000 + 3600, 3600));
    CHECK(pool.fee_hash() == hash(1));
    pool.replace_oldest(hash(4), 9000);
    CHECK(picks(pool, 100).count(hash(1)) == 0);
}
