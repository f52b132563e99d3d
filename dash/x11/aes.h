#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// What Grøstl, SHAvite-3 and ECHO borrow from AES (FIPS 197), for processors without instructions for it.
namespace dash::x11 {

/// Doubling in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, in each byte of the word.
template <typename Word>
[[nodiscard, gnu::always_inline]] constexpr Word double_bytes(Word x) {
    constexpr Word kOnes = static_cast<Word>(~Word{0} / 0xff);  // 0x01 in each byte
    const Word carries = (x >> 7) & kOnes;
    return static_cast<Word>(((x & (kOnes * 0x7f)) << 1) ^ (carries * 0x1b));
}

[[nodiscard]] constexpr std::array<std::uint8_t, 256> make_aes_sbox() {
    std::array<std::uint8_t, 256> sbox{};
    // x runs through the powers of the generator 3, `inverse` through those of 1/3 = 0xf6.
    unsigned x = 1;
    unsigned inverse = 1;
    do {
        x = (x ^ (x << 1) ^ ((x & 0x80) != 0 ? 0x11bu : 0u)) & 0xff;
        inverse ^= inverse << 1;
        inverse ^= inverse << 2;
        inverse ^= inverse << 4;
        inverse &= 0xff;
        if ((inverse & 0x80) != 0) inverse ^= 0x09;
        const unsigned twice = inverse | (inverse << 8);
        sbox[x] = static_cast<std::uint8_t>(inverse ^ (twice >> 7) ^ (twice >> 6) ^ (twice >> 5) ^ (twice >> 4) ^ 0x63);
    } while (x != 1);
    sbox[0] = 0x63;
    return sbox;
}

inline constexpr std::array<std::uint8_t, 256> kAesSbox = make_aes_sbox();

/// kAesColumns[r][x]: what a byte x in row r adds to its column (row 0 in the low byte) by SubBytes and MixColumns.
inline constexpr auto kAesColumns = [] {
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    for (std::size_t x = 0; x < 256; ++x) {
        const std::uint32_t s = kAesSbox[x];
        const std::uint32_t s2 = double_bytes(s);
        std::uint32_t column = s2 | (s << 8) | (s << 16) | ((s2 ^ s) << 24);
        for (auto& table : tables) {
            table[x] = column;
            column = (column << 8) | (column >> 24);
        }
    }
    return tables;
}();

/// An AES state: four columns, row 0 in the low byte; loaded from 16 bytes as little-endian words.
using AesState = std::array<std::uint32_t, 4>;

/// One full round without the key: SubBytes, ShiftRows, MixColumns.
[[nodiscard, gnu::always_inline]] constexpr AesState aes_round(const AesState& s) {
    const auto column = [](std::uint32_t row0, std::uint32_t row1, std::uint32_t row2, std::uint32_t row3) {
        return kAesColumns[0][row0 & 0xff] ^ kAesColumns[1][(row1 >> 8) & 0xff] ^ kAesColumns[2][(row2 >> 16) & 0xff] ^
               kAesColumns[3][row3 >> 24];
    };
    return {column(s[0], s[1], s[2], s[3]), column(s[1], s[2], s[3], s[0]), column(s[2], s[3], s[0], s[1]),
            column(s[3], s[0], s[1], s[2])};
}

}  // namespace dash::x11
