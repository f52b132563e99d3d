#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// What every implementation of SIMD-512 needs: Leurent, Bouillaguet and Fouque, "SIMD Is a Message Digest", tweaked
/// version (1.1, the second round's).
namespace dash::x11::simd {

inline constexpr std::size_t kBlockBytes = 128;
inline constexpr std::size_t kPoints = 256;  // of the number-theoretic transform modulo 257
inline constexpr int kModulus = 257;
inline constexpr int kRoot = 41;  // of order 256
inline constexpr std::size_t kSteps = 32;

/// The transform of a block, each point between -128 and 128.
using Transformed = std::array<std::int16_t, kPoints>;

/// The expanded message: eight words for each step.
using Expanded = std::array<std::array<std::uint32_t, 8>, kSteps>;

/// The last block of a message of 64 bytes holds nothing but that length: expanded at compile time.
extern const Expanded kExpandedLengthOf64;

/// Step i takes group [i] of the 32 groups of eight words that make the expanded message.
inline constexpr std::array<std::uint8_t, kSteps> kOrder = {4,  6,  0,  2,  7,  5,  3,  1,  15, 11, 12,
                                                            8,  9,  13, 10, 14, 17, 18, 23, 20, 22, 21,
                                                            16, 19, 30, 24, 25, 31, 27, 29, 28, 26};
/// Groups 0 to 15 pair neighbouring points and multiply by the first; 16 to 31 pair points 128 apart, by the second.
inline constexpr int kNearFactor = 185;
inline constexpr int kFarFactor = 233;

/// Step i rotates by [i / 8][i mod 4] and [i / 8][(i + 1) mod 4].
inline constexpr int kRotations[4][4] = {{3, 23, 17, 27}, {28, 19, 22, 7}, {29, 9, 15, 5}, {4, 13, 10, 25}};

/// Step i adds to lane j the rotated A of lane j ^ [i mod 7].
inline constexpr std::size_t kLaneExchanges[7] = {1, 6, 2, 3, 5, 7, 4};

/// IV_512: A, B, C, D after the compression of the text "SIMD-512 v1.1".
alignas(32) inline constexpr std::uint32_t kInitial[4][8] = {
    {0x0ba16b95, 0x72f999ad, 0x9fecc2ae, 0xba3264fc, 0x5e894929, 0x8e9f30e5, 0x2f1daa37, 0xf0f2c558},
    {0xac506643, 0xa90635a5, 0xe25b878b, 0xaab7878f, 0x88817f7a, 0x0a02892b, 0x559a7550, 0x598f657e},
    {0x7eef60a1, 0x6b70e3e8, 0x9c1714d1, 0xb958e2a8, 0xab02675e, 0xed1c014f, 0xcd8d65bb, 0xfdb7a257},
    {0x09254899, 0xd699c7bc, 0x9019b6dc, 0x2b9022e4, 0x8fa14956, 0x21bf9bd3, 0xb94d0943, 0x6ffddc22},
};

/// The powers 0 to 255 of the root, between -128 and 128.
inline constexpr auto kRootPowers = [] {
    std::array<std::int16_t, kPoints> powers{};
    int power = 1;
    for (auto& p : powers) {
        p = static_cast<std::int16_t>(power > kModulus / 2 ? power - kModulus : power);
        power = power * kRoot % kModulus;
    }
    return powers;
}();

}  // namespace dash::x11::simd
