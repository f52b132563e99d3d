#include "dash/primitives/wide.h"

#include <cmath>

#include "dash/util/error.h"

namespace dash {
namespace {

namespace mp = boost::multiprecision;

/// Room for a dividend that is shifted until the quotient has 64 bits.
using Dividend = mp::number<mp::cpp_int_backend<640, 640, mp::unsigned_magnitude, mp::checked, void>>;

int bit_length(const Wide& value) {
    return value.is_zero() ? 0 : static_cast<int>(msb(value)) + 1;
}

/// The double nearest to `value`·2^exponent, where `inexact` tells that the true value lies a little above. The lowest
/// of 63 or 64 bits is far below what a double keeps, so setting it is enough to break a false tie upwards.
double round_to_double(std::uint64_t value, bool inexact, int exponent) {
    return std::ldexp(static_cast<double>(value | (inexact ? 1U : 0U)), exponent);
}

}  // namespace

Wide to_wide(const Uint256& value) {
    const auto& limbs = value.limbs();
    Wide wide;
    import_bits(wide, limbs.begin(), limbs.end(), 64, false);
    return wide;
}

Uint256 to_uint256(const Wide& value) {
    if (bit_length(value) > 256) throw DecodeError("number needs more than 256 bits");
    std::array<std::uint64_t, 4> limbs{};
    for (unsigned i = 0; i < 4; ++i)
        limbs[i] = static_cast<std::uint64_t>((value >> (64 * i)) & ~0ULL);
    return Uint256(limbs);
}

double to_double(const Wide& value) {
    const int shift = bit_length(value) - 64;
    if (shift <= 0) return static_cast<double>(static_cast<std::uint64_t>(value));
    const auto top = static_cast<std::uint64_t>(value >> static_cast<unsigned>(shift));
    return round_to_double(top, static_cast<int>(lsb(value)) < shift, shift);
}

Uint256 uint256_from_double(double value) {
    if (!(value >= 1)) return Uint256();
    if (value >= std::ldexp(1.0, 256)) return Uint256::max();
    int exponent = 0;
    const double mantissa = std::frexp(std::floor(value), &exponent);
    const auto digits = static_cast<std::uint64_t>(std::ldexp(mantissa, 53));
    const int shift = exponent - 53;
    if (shift <= 0) return Uint256(digits >> static_cast<unsigned>(-shift));
    return to_uint256(Wide(digits) << static_cast<unsigned>(shift));
}

double true_division(const Wide& a, const Wide& b) {
    if (b.is_zero()) throw DecodeError("division by zero");
    if (a.is_zero()) return 0;
    // Makes the quotient 63 or 64 bits long.
    const int shift = 63 - (bit_length(a) - bit_length(b));
    Dividend dividend(a);
    Dividend divisor(b);
    if (shift >= 0) {
        dividend <<= static_cast<unsigned>(shift);
    } else {
        divisor <<= static_cast<unsigned>(-shift);
    }
    Dividend quotient;
    Dividend remainder;
    divide_qr(dividend, divisor, quotient, remainder);
    return round_to_double(static_cast<std::uint64_t>(quotient), !remainder.is_zero(), -shift);
}

}  // namespace dash
