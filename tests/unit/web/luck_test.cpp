#include <doctest/doctest.h>

#include "web/model/luck.h"

using web::FoundBlock;

namespace {

constexpr double kDifficulty = 4.6565423739069247e-10;

FoundBlock block(double at, std::optional<double> rate) {
    FoundBlock block;
    block.hash = dash::Uint256(static_cast<std::uint64_t>(at));
    block.found_at = at;
    block.pool_hashes_per_second = rate;
    block.network_difficulty = kDifficulty;
    return block;
}

}  // namespace

TEST_CASE("luck is what the python node computes from the same blocks") {
    // The blocks of a recorded run, with the answers of its /recent_blocks and /luck_stats.
    const FoundBlock first = block(1795341845, std::nullopt);
    const FoundBlock second = block(1795341864, std::nullopt);
    const FoundBlock third = block(1795341871, 0.05263157894736842);
    const web::PresentRates present{1.1923076923076923, kDifficulty};
    const auto luck = web::block_luck({&first, &second, &third}, web::Samples(), present);
    REQUIRE(luck.size() == 3);
    CHECK(std::string(luck[0].method) == "first_block");
    CHECK_FALSE(luck[0].percent);
    CHECK(luck[1].approximate);
    CHECK(*luck[1].seconds == 19);
    CHECK(*luck[1].percent == doctest::Approx(8.828389260060773));
    CHECK_FALSE(luck[2].approximate);
    CHECK(*luck[2].expected_seconds == doctest::Approx(37.999424695900046));
    CHECK(*luck[2].percent == doctest::Approx(542.8489242271435));
    const auto total = web::total_luck(luck, 1795341871 + 79.40811491012573, present);
    CHECK(*total.average_percent == doctest::Approx(152.60314867427536));
    CHECK(*total.average_with_round_percent == doctest::Approx(39.23247527003309));
    CHECK(*total.round_percent == doctest::Approx(2.1123709602098284));
}

TEST_CASE("samples between two blocks decide about the rate") {
    web::Samples samples;
    for (int i = 0; i <= 10; ++i) {
        CHECK(samples.add(web::HashrateSample{1000.0 + 100 * i, i < 5 ? 10.0 : 20.0, std::nullopt}));
        CHECK_FALSE(samples.add(web::HashrateSample{1010.0 + 100 * i, 99, std::nullopt}));
    }
    const FoundBlock first = block(1000, 5);
    const FoundBlock second = block(2000, 5);
    const auto luck = web::block_luck({&first, &second}, samples, {});
    CHECK(std::string(luck[1].method) == "time_weighted_avg");
    CHECK(luck[1].hashrate_samples == 11);
    CHECK(*luck[1].hashes_per_second == doctest::Approx(15.5));
}
