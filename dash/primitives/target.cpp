#include "dash/primitives/target.h"

#include <bit>
#include <cmath>

#include "dash/util/error.h"

namespace dash {
namespace {

/// 2^256: the number of all hashes.
const Wide& hash_space() {
    static const Wide value = Wide(1) << 256;
    return value;
}

/// The target of difficulty 1 plus 1, because target + 1 divides it.
const Wide& difficulty_numerator() {
    static const Wide value = (Wide(0xffff0000U) << 192) + 1;
    return value;
}

/// min(int(quotient − 1 + 0.5), 2^256 − 1) with python's int(), which cuts towards zero.
Uint256 target_from_quotient(double quotient) {
    return uint256_from_double(quotient - 1 + 0.5);
}

}  // namespace

Uint256 target_from_bits(std::uint32_t bits) {
    const std::optional<Uint256> target = target_if_it_fits(bits);
    if (!target) throw DecodeError("compact target exceeds 256 bits");
    return *target;
}

std::optional<Uint256> target_if_it_fits(std::uint32_t bits) {
    const std::uint32_t mantissa = bits & 0x00ffffff;
    const int shift = 8 * (static_cast<int>(bits >> 24) - 3);
    if (shift <= 0) return Uint256(shift <= -32 ? 0 : mantissa >> static_cast<unsigned>(-shift));
    if (mantissa == 0) return Uint256();
    const int digits = static_cast<int>(std::bit_width(mantissa));
    if (digits + shift > 256) return std::nullopt;
    return to_uint256(Wide(mantissa) << static_cast<unsigned>(shift));
}

std::uint32_t bits_from_target(const Uint256& target) {
    const auto bytes = target.to_bytes();
    std::size_t size = bytes.size();
    while (size > 0 && bytes[size - 1] == 0)
        --size;
    if (size == 0) return 0;
    if (bytes[size - 1] >= 0x80) ++size;
    std::uint32_t mantissa = 0;
    for (std::size_t i = 1; i <= 3; ++i) {
        const bool present = i <= size && size - i < bytes.size();
        mantissa = mantissa << 8 | (present ? bytes[size - i] : 0U);
    }
    return static_cast<std::uint32_t>(size) << 24 | mantissa;
}

Wide average_attempts(const Uint256& target) {
    return hash_space() / (to_wide(target) + 1);
}

Wide average_attempts_from_bits(std::uint32_t bits) {
    const std::optional<Uint256> target = target_if_it_fits(bits);
    return target ? average_attempts(*target) : Wide(0);
}

Uint256 target_from_average_attempts(double attempts) {
    if (!(attempts > 0)) throw DecodeError("average attempts must be above zero");
    return target_from_quotient(std::ldexp(1.0, 256) / attempts);
}

Uint256 target_from_average_attempts(const Wide& attempts) {
    if (attempts.is_zero()) throw DecodeError("average attempts must be above zero");
    return target_from_quotient(true_division(hash_space(), attempts));
}

double difficulty_from_target(const Uint256& target) {
    return true_division(difficulty_numerator(), to_wide(target) + 1);
}

Uint256 target_from_difficulty(double difficulty) {
    if (!(difficulty >= 0)) throw DecodeError("difficulty must be a number not below zero");
    if (difficulty == 0) return Uint256::max();
    return target_from_quotient(to_double(difficulty_numerator()) / difficulty);
}

const Uint256& difficulty_one_target() {
    static const Uint256 value({0, 0, 0, 0xffff0000ULL});
    return value;
}

}  // namespace dash
