#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include "dash/primitives/uint256.h"

namespace dash {

/// Unsigned integer for sums and products of targets, work and payouts. The largest product of the share chain (an
/// amount below 2^64 times a weight below 2^286) needs under 400 bits; anything that would wrap or go below zero throws
/// instead.
using Wide = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<
    512, 512, boost::multiprecision::unsigned_magnitude, boost::multiprecision::checked, void>>;

[[nodiscard]] Wide to_wide(const Uint256& value);

/// Throws DecodeError when the value needs more than 256 bits.
[[nodiscard]] Uint256 to_uint256(const Wide& value);

/// The nearest double, ties to even: what python's `float(int)` gives.
[[nodiscard]] double to_double(const Wide& value);

/// The whole part, as python's int() gives it, within 0 … 2^256 − 1; 0 for NaN.
[[nodiscard]] Uint256 uint256_from_double(double value);

/// The double nearest to the exact quotient, ties to even: what python's true division of two integers gives. b > 0.
[[nodiscard]] double true_division(const Wide& a, const Wide& b);

}  // namespace dash
