#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

#include "dash/primitives/wide.h"
#include "dash/util/error.h"
#include "tests/support/random.h"

using dash::DecodeError;
using dash::Uint256;
using dash::Wide;

namespace {

namespace mp = boost::multiprecision;
using Rational = mp::cpp_rational;
using Integer = mp::cpp_int;

Wide random_wide(tests::Random& random) {
    return dash::to_wide(random.uint256_of_any_size());
}

Rational distance(const Rational& exact, double candidate) {
    return mp::abs(Rational(exact - Rational(candidate)));
}

/// No double is nearer to the exact value, and of two equally near ones it is the one with the even last digit.
bool is_nearest(const Rational& exact, double value) {
    const double infinity = std::numeric_limits<double>::infinity();
    const Rational own = distance(exact, value);
    for (const double neighbour : {std::nextafter(value, -infinity), std::nextafter(value, infinity)}) {
        const Rational other = distance(exact, neighbour);
        if (other < own) return false;
        int exponent = 0;
        const double digits = std::ldexp(std::frexp(value, &exponent), 53);
        if (other == own && std::fmod(digits, 2.0) != 0) return false;
    }
    return true;
}

/// Schoolbook multiplication in base 2^32, least significant digit first.
std::array<std::uint32_t, 16> multiply(const Uint256& a, const Uint256& b) {
    const auto digit = [](const Uint256& value, std::size_t i) {
        return static_cast<std::uint32_t>(value.limbs()[i / 2] >> (32 * (i % 2)));
    };
    std::array<std::uint32_t, 16> product{};
    for (std::size_t i = 0; i < 8; ++i) {
        std::uint64_t carry = 0;
        for (std::size_t j = 0; j < 8; ++j) {
            carry += product[i + j] + std::uint64_t{digit(a, i)} * digit(b, j);
            product[i + j] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        product[i + 8] = static_cast<std::uint32_t>(carry);
    }
    return product;
}

}  // namespace

TEST_CASE("256-bit numbers become wide and return unchanged") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 300; ++i) {
        const Uint256 value = random.uint256_of_any_size();
        CHECK(dash::to_uint256(dash::to_wide(value)) == value);
    }
    CHECK(dash::to_wide(Uint256()) == 0);
    CHECK(dash::to_wide(Uint256::max()) + 1 == Wide(Wide(1) << 256));
    CHECK(dash::to_wide(Uint256(std::array<std::uint64_t, 4>{0, 1, 0, 0})) == Wide(Wide(1) << 64));
    CHECK_THROWS_AS((void)dash::to_uint256(Wide(1) << 256), DecodeError);
}

TEST_CASE("wide numbers throw instead of wrapping or going below zero") {
    CHECK_THROWS((void)Wide(Wide(1) - Wide(2)));
    const Wide largest = ~Wide(0);
    CHECK_THROWS((void)Wide(largest + 1));
    CHECK_THROWS((void)Wide(largest * 2));
    CHECK_THROWS((void)Wide(Wide(1) / Wide(0)));
}

TEST_CASE("products agree with schoolbook multiplication") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 300; ++i) {
        const Uint256 a = random.uint256_of_any_size();
        const Uint256 b = random.uint256_of_any_size();
        Wide expected = 0;
        const auto digits = multiply(a, b);
        for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
            expected = (expected << 32) | *digit;
        const Wide product = dash::to_wide(a) * dash::to_wide(b);
        CHECK(product == expected);
        if (!b.is_zero()) CHECK(product / dash::to_wide(b) == dash::to_wide(a));
    }
}

TEST_CASE("conversion to double rounds to the nearest, ties to even") {
    const Wide two53 = Wide(1) << 53;
    CHECK(dash::to_double(Wide(0)) == 0.0);
    CHECK(dash::to_double(two53 + 1) == 9007199254740992.0);
    CHECK(dash::to_double(two53 + 3) == 9007199254740996.0);
    CHECK(dash::to_double((two53 + 1) << 200) == std::ldexp(9007199254740992.0, 200));
    CHECK(dash::to_double(((two53 + 1) << 200) + 1) == std::ldexp(9007199254740994.0, 200));
    CHECK(dash::to_double(((two53 + 1) << 11) + 1) == std::ldexp(9007199254740994.0, 11));

    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 500; ++i) {
        const Wide value = random_wide(random) * random_wide(random) + 1;
        CHECK(is_nearest(Rational(Integer(value)), dash::to_double(value)));
    }
}

TEST_CASE("true division rounds to the nearest, ties to even") {
    CHECK(dash::true_division(Wide(1), Wide(3)) == 1.0 / 3.0);
    CHECK(dash::true_division(Wide(0), Wide(3)) == 0.0);
    CHECK(dash::true_division((Wide(1) << 53) + 1, Wide(1)) == 9007199254740992.0);
    CHECK(dash::true_division((Wide(1) << 54) + 6, Wide(2)) == 9007199254740996.0);
    CHECK(dash::true_division(Wide(1), Wide(1) << 300) == std::ldexp(1.0, -300));
    CHECK_THROWS_AS((void)dash::true_division(Wide(1), Wide(0)), DecodeError);

    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 1000; ++i) {
        Wide a = random_wide(random) + 1;
        const Wide b = random_wide(random) + 1;
        // Every other quotient lies exactly between two doubles, or a hair beside it.
        if (i % 2 == 0 && msb(b) < 200) {
            const std::uint64_t odd_54_bits = (random.u64() >> 10) | (std::uint64_t{1} << 53) | 1U;
            a = b * odd_54_bits + (random.below(3) == 0 ? 1 : 0);
        }
        CHECK(is_nearest(Rational(Integer(a), Integer(b)), dash::true_division(a, b)));
    }
}

TEST_CASE("a double becomes the whole number that python's int() makes of it") {
    CHECK(dash::uint256_from_double(0.9).is_zero());
    CHECK(dash::uint256_from_double(-5).is_zero());
    CHECK(dash::uint256_from_double(std::numeric_limits<double>::quiet_NaN()).is_zero());
    CHECK(dash::uint256_from_double(1.99) == dash::Uint256(1));
    CHECK(dash::uint256_from_double(std::ldexp(1.0, 256)) == dash::Uint256::max());
    CHECK(dash::uint256_from_double(std::numeric_limits<double>::infinity()) == dash::Uint256::max());

    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 1000; ++i) {
        const dash::Uint256 value = random.uint256_of_any_size();
        const double nearest = dash::to_double(dash::to_wide(value));
        if (nearest < std::ldexp(1.0, 256)) {
            CHECK(dash::to_double(dash::to_wide(dash::uint256_from_double(nearest))) == nearest);
        }
    }
}

TEST_CASE("the largest operands stay exact") {
    const Wide largest = ~Wide(0);
    CHECK(dash::true_division(largest, Wide(1)) == std::ldexp(1.0, 512));
    CHECK(dash::true_division(Wide(1), largest) == std::ldexp(1.0, -512));
    CHECK(dash::true_division(largest, largest) == 1.0);
    CHECK(dash::to_double(largest) == std::ldexp(1.0, 512));
}
