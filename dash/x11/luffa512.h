#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/vectors.h"

/// What every implementation of Luffa-512 needs: De Cannière, Sato and Watanabe, "Hash Function Luffa: Specification",
/// version 2.0.
namespace dash::x11::luffa {

inline constexpr std::size_t kBlockBytes = 32;
inline constexpr std::size_t kLanes = 5;  // the parallel permutations Q_0 .. Q_4
inline constexpr std::size_t kWords = 8;  // of each
inline constexpr std::size_t kSteps = 8;

using Lane = std::array<std::uint32_t, kWords>;

/// The starting variables V_0 .. V_4.
inline constexpr std::array<Lane, kLanes> kInitial = {{
    {0x6d251e69, 0x44b051e0, 0x4eaa6fb4, 0xdbf78465, 0x6e292011, 0x90152df4, 0xee058139, 0xdef610bb},
    {0xc3b44b95, 0xd9d2f256, 0x70eee9a0, 0xde099fa3, 0x5d9b0557, 0x8fc944b3, 0xcf1ccf0e, 0x746cd581},
    {0xf7efc89d, 0x5dba5781, 0x04016ce5, 0xad659c05, 0x0306194f, 0x666d1836, 0x24aa230a, 0x8b264ae7},
    {0x858075d5, 0x36d79cce, 0xe571f7d7, 0x204b1f67, 0x35870c6a, 0x57e9e923, 0x14bcb808, 0x7cde72ce},
    {0x6c68e9be, 0x5ec41e22, 0xc825b7c7, 0xaffb4363, 0xf5df3999, 0x0fc688f1, 0xb07224cc, 0x03e86cea},
}};

/// What a step adds to words 0 and 4 of a lane.
struct StepConstants {
    std::uint32_t word0;
    std::uint32_t word4;
};

/// kStepConstants[lane][step], by the generator of the specification: a shift register of 64 bits whose halves change
/// sides with every clock.
inline constexpr auto kStepConstants = [] {
    constexpr std::array<std::uint64_t, kLanes> kSeeds = {0x181cca53380cde06, 0x5b6f0876f16f8594, 0x7e106ce938979cb0,
                                                          0xbb62f36492e93c29, 0x9a025047cff2a940};
    constexpr std::uint64_t kFeedback = 0xc4d6496c55c61c8d;
    std::array<std::array<StepConstants, kSteps>, kLanes> constants{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        std::uint64_t state = kSeeds[lane];
        const auto clock = [&state] {
            state = (state << 1) ^ ((state >> 63) != 0 ? kFeedback : 0);
            state = (state << 32) | (state >> 32);
            return static_cast<std::uint32_t>(state);
        };
        for (StepConstants& step : constants[lane]) {
            step.word0 = clock();
            step.word4 = clock();
        }
    }
    return constants;
}();

// What follows works on the eight words of a lane (std::uint32_t), or of several lanes side by side (vectors of the
// compiler). It is of internal linkage: each including file compiles it for its own instruction set.
namespace {

template <typename Word>
[[gnu::always_inline]] inline void add(Word (&a)[kWords], const Word (&b)[kWords]) {
    for (std::size_t i = 0; i < kWords; ++i)
        a[i] ^= b[i];
}

/// Multiplies by x in GF(2)[x] / (x^8 + x^4 + x^3 + x + 1) in each bit position, where word i holds x^i.
template <typename Word>
[[gnu::always_inline]] inline void times_x(Word (&a)[kWords]) {
    const Word carry = a[7];
    for (std::size_t i = 7; i > 0; --i)
        a[i] = a[i - 1];
    a[0] = carry;
    a[1] ^= carry;
    a[3] ^= carry;
    a[4] ^= carry;
}

/// SubCrumb: the 4-bit S-box 13 14 0 1 5 10 7 6 11 3 9 12 15 8 2 4 in each bit position, a0 the lowest bit.
template <typename Word>
[[gnu::always_inline]] inline void substitute(Word& a0, Word& a1, Word& a2, Word& a3) {
    const Word b = logic([](auto x, auto y, auto z) { return (x | y) ^ z; }, a0, a1, a3);
    const Word c = a2 ^ a3;
    const Word d = logic([](auto x, auto y, auto z) { return ~x ^ (y & z); }, a1, a0, a3);
    const Word e = logic([](auto x, auto y, auto z) { return x ^ (y & ~z); }, a2, a3, a0);
    const Word f = ~a1 ^ c;
    a0 = logic([](auto x, auto y, auto z) { return x ^ (y | z); }, a0, d, e);
    a1 = logic([](auto x, auto y, auto z) { return ~x ^ (y | z); }, b, d, e);
    a2 = logic([](auto x, auto y, auto z) { return x ^ (y & z); }, d, b, c);
    a3 = logic([](auto x, auto y, auto z) { return x ^ (y & z); }, f, b, c);
}

/// MixWord.
template <typename Word>
[[gnu::always_inline]] inline void mix(Word& left, Word& right) {
    right ^= left;
    left = rotate_each<2>(left) ^ right;
    right = rotate_each<14>(right) ^ left;
    left = rotate_each<10>(left) ^ right;
    right = rotate_each<1>(right);
}

template <typename Word>
[[gnu::always_inline]] inline void step(Word (&a)[kWords], Word constant0, Word constant4) {
    substitute(a[0], a[1], a[2], a[3]);
    substitute(a[5], a[6], a[7], a[4]);
    for (std::size_t i = 0; i < 4; ++i)
        mix(a[i], a[i + 4]);
    a[0] ^= constant0;
    a[4] ^= constant4;
}

/// MI without its message, for one lane: it takes the sums of the lane's neighbours and of all lanes. The specification
/// feeds the sum of the lanes back into each and then goes twice round their ring: v_j <- x v_j + v_(j+1),
/// v_j <- x v_j + v_(j-1). Together that is v_j <- v_j + x (x v_j + v_(j+1) + v_(j-1) + (x^2 + 1) sum).
template <typename Word>
[[gnu::always_inline]] inline void mix_lane(Word (&lane)[kWords], const Word (&neighbours)[kWords],
                                            const Word (&sum)[kWords]) {
    Word common[kWords];
    Word mixed[kWords];
    for (std::size_t i = 0; i < kWords; ++i) {
        common[i] = sum[i];
        mixed[i] = lane[i];
    }
    times_x(common);
    times_x(common);
    times_x(mixed);
    for (std::size_t i = 0; i < kWords; ++i)
        mixed[i] ^= neighbours[i] ^ sum[i] ^ common[i];
    times_x(mixed);
    add(lane, mixed);
}

/// The hash. `State` starts as kInitial and has absorb(block), absorb_nothing() and store_sum(to), which writes the sum
/// of the lanes.
template <typename State>
[[gnu::always_inline]] inline Digest512 hash(ByteSpan input) {
    State state;
    for (std::size_t i = 0; i < input.size() / kBlockBytes; ++i)
        state.absorb(input.data() + i * kBlockBytes);
    state.absorb(PaddedTail<kBlockBytes, 0>(input).bytes);
    Digest512 digest;
    state.absorb_nothing();
    state.store_sum(digest.data());
    state.absorb_nothing();
    state.store_sum(digest.data() + 32);
    return digest;
}

}  // namespace
}  // namespace dash::x11::luffa
