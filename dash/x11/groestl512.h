#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// What every implementation of Grøstl-512 needs: Gauravaram, Knudsen, Matusiewicz, Mendel, Rechberger, Schläffer and
/// Thomsen, "Grøstl - a SHA-3 candidate", version 2.0 (the final round's, with different shifts and constants in P, Q).
namespace dash::x11::groestl {

inline constexpr std::size_t kBlockBytes = 128;
inline constexpr int kRounds = 14;

/// ShiftBytes: row r moves left by [r] columns.
using Shifts = std::array<std::size_t, 8>;
inline constexpr Shifts kShiftsP = {0, 1, 2, 3, 4, 5, 6, 11};
inline constexpr Shifts kShiftsQ = {1, 3, 5, 11, 0, 2, 4, 6};

/// ShiftBytes for code that keeps a row of 16 bytes in a register: byte i comes from [i].
struct RowShuffles {
    struct {
        std::uint8_t p[16];
        std::uint8_t q[16];
    } of[8];
};

/// With kBeforeAes, those that give ShiftBytes when AES's ShiftRows follows.
template <bool kBeforeAes>
constexpr RowShuffles make_row_shuffles() {
    RowShuffles shuffles{};
    for (std::size_t row = 0; row < 8; ++row) {
        for (std::size_t to = 0; to < 16; ++to) {
            const std::size_t taken_from = kBeforeAes ? (to + 4 * (to % 4)) % 16 : to;
            shuffles.of[row].p[taken_from] = static_cast<std::uint8_t>((to + kShiftsP[row]) % 16);
            shuffles.of[row].q[taken_from] = static_cast<std::uint8_t>((to + kShiftsQ[row]) % 16);
        }
    }
    return shuffles;
}

alignas(32) inline constexpr RowShuffles kShifts = make_row_shuffles<false>();
alignas(32) inline constexpr RowShuffles kShiftsBeforeAes = make_row_shuffles<true>();

}  // namespace dash::x11::groestl
