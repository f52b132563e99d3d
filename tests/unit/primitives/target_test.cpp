#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "dash/primitives/chain_params.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::DecodeError;
using dash::Uint256;
using dash::Wide;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();

Uint256 power_of_two_minus_one(unsigned exponent) {
    return dash::to_uint256((Wide(1) << exponent) - 1);
}

}  // namespace

TEST_CASE("compact bits of known targets") {
    CHECK(dash::bits_from_target(Uint256::max()) == 0x2100ffff);
    CHECK(dash::bits_from_target(dash::difficulty_one_target()) == 0x1d00ffff);
    CHECK(dash::bits_from_target(power_of_two_minus_one(236)) == 0x1e0fffff);
    CHECK(dash::bits_from_target(Uint256()) == 0);
    CHECK(dash::bits_from_target(Uint256(0x80)) == 0x02008000);
    CHECK(dash::bits_from_target(Uint256(0x7fffff)) == 0x037fffff);
    CHECK(dash::bits_from_target(Uint256(0x800000)) == 0x04008000);
}

TEST_CASE("targets of compact bits: the mantissa has no sign, small exponents shift right") {
    CHECK(dash::target_from_bits(0x1d00ffff) == dash::difficulty_one_target());
    CHECK(dash::target_from_bits(0x03ffffff) == Uint256(0xffffff));
    CHECK(dash::target_from_bits(0x02ffffff) == Uint256(0xffff));
    CHECK(dash::target_from_bits(0x01ffffff) == Uint256(0xff));
    CHECK(dash::target_from_bits(0x00ffffff) == Uint256());
    CHECK(dash::target_from_bits(0xff000000) == Uint256());
    CHECK(dash::target_from_bits(0x2100ffff) == dash::to_uint256(Wide(0xffff) << 240));
}

TEST_CASE("bits whose target exceeds 256 bits: no target, and no attempts") {
    for (const std::uint32_t bits : {0x21010000U, 0x22000100U, 0x23000001U, 0xff000001U, 0xffffffffU}) {
        CAPTURE(bits);
        CHECK_THROWS_AS((void)dash::target_from_bits(bits), DecodeError);
        CHECK(dash::average_attempts_from_bits(bits) == 0);
    }
    CHECK(dash::average_attempts_from_bits(0x2200ffff) == 0);
    CHECK(dash::target_from_bits(0x220000ff) == dash::to_uint256(Wide(0xff) << 248));
    CHECK(dash::average_attempts_from_bits(0x1d00ffff) == dash::average_attempts(dash::difficulty_one_target()));
}

TEST_CASE("compact form rounds down by less than one part in 2^15 and is then stable") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 1000; ++i) {
        const Uint256 target = random.uint256_of_any_size();
        const std::uint32_t bits = dash::bits_from_target(target);
        const Uint256 rounded = dash::target_from_bits(bits);
        CHECK(rounded <= target);
        const Wide lost = dash::to_wide(target) - dash::to_wide(rounded);
        CHECK(Wide(lost << 15) <= dash::to_wide(target));
        CHECK(dash::bits_from_target(rounded) == bits);
    }
}

TEST_CASE("average attempts is the floor of 2^256 / (target + 1)") {
    CHECK(dash::average_attempts(Uint256::max()) == 1);
    CHECK(dash::average_attempts(Uint256()) == Wide(Wide(1) << 256));
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 300; ++i) {
        const Uint256 target = random.uint256_of_any_size();
        const Wide attempts = dash::average_attempts(target);
        const Wide space = Wide(1) << 256;
        const Wide divisor = dash::to_wide(target) + 1;
        CHECK(Wide(attempts * divisor) <= space);
        CHECK(Wide((attempts + 1) * divisor) > space);
    }
}

TEST_CASE("target of attempts: edges") {
    CHECK(dash::target_from_average_attempts(1.0) == Uint256::max());
    CHECK(dash::target_from_average_attempts(0.25) == Uint256::max());
    CHECK(dash::target_from_average_attempts(1e-320) == Uint256::max());
    CHECK(dash::target_from_average_attempts(kInfinity) == Uint256());
    CHECK(dash::target_from_average_attempts(1e300) == Uint256());
    CHECK(dash::target_from_average_attempts(2.0) == dash::to_uint256(Wide(1) << 255));
    CHECK(dash::target_from_average_attempts(Wide(2)) == dash::to_uint256(Wide(1) << 255));
    CHECK(dash::target_from_average_attempts(Wide(1) << 300) == Uint256());
    CHECK(dash::target_from_average_attempts(std::ldexp(1.0, 254)) == Uint256(3));
    CHECK_THROWS_AS((void)dash::target_from_average_attempts(0.0), DecodeError);
    CHECK_THROWS_AS((void)dash::target_from_average_attempts(-1.0), DecodeError);
    CHECK_THROWS_AS((void)dash::target_from_average_attempts(kNan), DecodeError);
    CHECK_THROWS_AS((void)dash::target_from_average_attempts(Wide(0)), DecodeError);
}

TEST_CASE("target of attempts: subtracts 1, adds 0.5, then cuts, each step rounded to double") {
    const auto target_of_quotient = [](double quotient) {
        return dash::target_from_average_attempts(std::ldexp(1.0, 256) / quotient);
    };
    CHECK(target_of_quotient(1.45) == Uint256());
    CHECK(target_of_quotient(1.55) == Uint256(1));
    CHECK(target_of_quotient(3.45) == Uint256(2));
    CHECK(target_of_quotient(3.55) == Uint256(3));
    // Above 2^53 one step of 0.5 would end elsewhere than the two steps.
    constexpr std::uint64_t kTwo53 = std::uint64_t{1} << 53;
    const double attempts = std::ldexp(1.0, 256) / static_cast<double>(kTwo53 + 2);
    REQUIRE(std::ldexp(1.0, 256) / attempts == static_cast<double>(kTwo53 + 2));
    CHECK(dash::target_from_average_attempts(attempts) == Uint256(kTwo53));
}

TEST_CASE("difficulty: one is exactly one, and the inverse comes back close") {
    CHECK(dash::difficulty_from_target(dash::difficulty_one_target()) == 1.0);
    CHECK(dash::target_from_difficulty(0.0) == Uint256::max());
    CHECK(dash::target_from_difficulty(-0.0) == Uint256::max());
    CHECK(dash::target_from_difficulty(1e-300) == Uint256::max());
    CHECK(dash::target_from_difficulty(kInfinity) == Uint256());
    CHECK_THROWS_AS((void)dash::target_from_difficulty(-1e-9), DecodeError);
    CHECK_THROWS_AS((void)dash::target_from_difficulty(kNan), DecodeError);
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 300; ++i) {
        const double difficulty =
            std::ldexp(1 + static_cast<double>(random.below(1000)) / 1000, static_cast<int>(random.below(100)));
        CHECK(dash::difficulty_from_target(dash::target_from_difficulty(difficulty)) ==
              doctest::Approx(difficulty).epsilon(1e-9));
    }
}

TEST_CASE("the networks' sane targets are in order") {
    for (const dash::ChainParams* chain : {&dash::dash_mainnet(), &dash::dash_testnet(), &dash::dash_regtest()}) {
        CAPTURE(chain->name);
        CHECK(chain->hardest_sane_target < chain->easiest_sane_target);
    }
    CHECK(dash::dash_mainnet().easiest_sane_target == dash::difficulty_one_target());
    CHECK(dash::dash_testnet().easiest_sane_target == power_of_two_minus_one(236));
    CHECK(dash::dash_regtest().easiest_sane_target == Uint256::max());
    CHECK(std::floor(dash::difficulty_from_target(dash::dash_mainnet().hardest_sane_target) + 0.5) == 10000);
}
