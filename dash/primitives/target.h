#pragma once

#include <cstdint>
#include <optional>

#include "dash/primitives/uint256.h"
#include "dash/primitives/wide.h"

namespace dash {

/// Difficulty arithmetic exactly as python p2pool.dash.data does it; the share chain depends on every rounding.

/// The target of compact bits: mantissa (24 bits, no sign) shifted by 8·(exponent − 3). Throws DecodeError when it
/// exceeds 256 bits.
[[nodiscard]] Uint256 target_from_bits(std::uint32_t bits);

/// The same for bits that a stranger chose: nullopt when it exceeds 256 bits.
[[nodiscard]] std::optional<Uint256> target_if_it_fits(std::uint32_t bits);

/// The compact form, rounded down to three bytes of mantissa with the first below 0x80.
[[nodiscard]] std::uint32_t bits_from_target(const Uint256& target);

/// floor(2^256 / (target + 1)): hashes needed on average.
[[nodiscard]] Wide average_attempts(const Uint256& target);

/// The same for the target of compact bits; 0 when that exceeds 256 bits, which the reference tolerates in the block
/// header of a share.
[[nodiscard]] Wide average_attempts_from_bits(std::uint32_t bits);

/// min(floor(2^256/attempts − 1 + 0.5), 2^256 − 1), in double precision. attempts > 0; throws DecodeError otherwise.
[[nodiscard]] Uint256 target_from_average_attempts(double attempts);
[[nodiscard]] Uint256 target_from_average_attempts(const Wide& attempts);

/// (0xffff0000·2^192 + 1) / (target + 1).
[[nodiscard]] double difficulty_from_target(const Uint256& target);

/// The inverse, in double precision; 2^256 − 1 for 0. Throws DecodeError on a negative or NaN difficulty.
[[nodiscard]] Uint256 target_from_difficulty(double difficulty);

/// 0xFFFF·2^208: difficulty 1.
[[nodiscard]] const Uint256& difficulty_one_target();

}  // namespace dash
