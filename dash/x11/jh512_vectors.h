#pragma once

#include <cstring>
#include <utility>

#if defined(__GFNI__)
#include <immintrin.h>
#endif

#include "dash/x11/functions.h"
#include "dash/x11/jh512_constants.h"
#include "dash/x11/padding.h"
#include "dash/x11/vectors.h"
#include "dash/x11/words.h"

/// JH-512 of the final round of the SHA-3 competition (42 rounds), bit-sliced over 128-bit vectors of the compiler.
/// Everything is of internal linkage: each including file compiles it for its own instruction set.
namespace dash::x11 {
namespace {

constexpr std::size_t kBlockBytes = 64;

using Vector = std::uint64_t __attribute__((vector_size(16)));
using VectorBytes = std::uint8_t __attribute__((vector_size(16)));

/// Bits of the same weight of all elements in even places, and in odd places; most significant weight first.
struct State {
    Vector even[4];
    Vector odd[4];
};

[[gnu::always_inline]] inline Vector load(const std::uint8_t* from) {
    Vector result;
    std::memcpy(&result, from, sizeof result);
    return result;
}

constexpr auto kXor = [](auto a, auto b, auto c) { return (a ^ b) ^ c; };
constexpr auto kXorAnd = [](auto a, auto b, auto c) { return a ^ (b & c); };
constexpr auto kXorAndNot = [](auto a, auto b, auto c) { return a ^ (b & ~c); };
constexpr auto kNotXorAndNot = [](auto a, auto b, auto c) { return ~a ^ (b & ~c); };
constexpr auto kXorOr = [](auto a, auto b, auto c) { return a ^ (b | c); };

/// The S-box that `c` selects for each element: S0 for 0, S1 for 1. Written for a short chain of dependencies.
[[gnu::always_inline]] inline void substitute(Vector (&x)[4], Vector c) {
    const Vector b0 = logic(kXorAndNot, x[0], c, x[2]);
    const Vector t = logic(kXorAnd, c, b0, x[1]);
    const Vector c0 = logic(kXorAndNot, b0, x[2], x[3]);
    const Vector b1 = logic(kXorAndNot, x[1], x[2], x[0] ^ x[3]);
    const Vector b3 = logic(kNotXorAndNot, x[3], x[2], x[1]);
    const Vector b2 = logic(kXorAndNot, x[2], c0, b3);
    x[0] = logic(kXorOr, c0, b1, b3);
    x[1] = logic(kXorAnd, b1, t, x[0]);
    x[2] = b2 ^ t;
    x[3] = logic(kXorAnd, b3, b1, b2);
}

/// The code over GF(16) that mixes each element in an even place with its odd neighbour.
[[gnu::always_inline]] inline void mix(Vector (&a)[4], Vector (&b)[4]) {
    b[0] ^= a[1];
    b[1] ^= a[2];
    b[2] = logic(kXor, b[2], a[0], a[3]);
    b[3] ^= a[0];
    a[0] ^= b[1];
    a[1] ^= b[2];
    a[2] = logic(kXor, a[2], b[3], b[0]);
    a[3] ^= b[0];
}

#if defined(__SSSE3__) || defined(__ARM_NEON)
constexpr bool kShufflesBytes = true;
#else
constexpr bool kShufflesBytes = false;
#endif

template <std::size_t kDistance, std::size_t... i>
[[gnu::always_inline]] inline Vector exchange_bytes(Vector x, std::index_sequence<i...>) {
    const auto bytes = reinterpret_cast<VectorBytes>(x);
    return reinterpret_cast<Vector>(__builtin_shufflevector(bytes, bytes, (i ^ kDistance)...));
}

/// Exchanges bits whose numbers differ by kDistance.
template <std::size_t kDistance>
[[gnu::always_inline]] inline Vector exchange(Vector x) {
    if constexpr (kDistance == 64 || (kShufflesBytes && kDistance >= 8)) {
        return exchange_bytes<kDistance / 8>(x, std::make_index_sequence<16>());
#if defined(__GFNI__)
    } else if constexpr (kDistance < 8) {
        // The matrix over GF(2) that permutes the bits of each byte; its last row makes bit 0.
        constexpr std::uint64_t kMatrix = [] {
            std::uint64_t rows = 0;
            for (std::size_t bit = 0; bit < 8; ++bit)
                rows = rows << 8 | std::uint64_t{1} << (bit ^ kDistance);
            return rows;
        }();
        return reinterpret_cast<Vector>(_mm_gf2p8affine_epi64_epi8(
            reinterpret_cast<__m128i>(x), _mm_set1_epi64x(static_cast<long long>(kMatrix)), 0));
#endif
    } else {
        // Ones where bit kDistance of the bit number is zero.
        constexpr std::uint64_t kMask = ~std::uint64_t{0} / ((std::uint64_t{1} << kDistance) + 1);
        return ((x & kMask) << kDistance) | ((x >> kDistance) & kMask);
    }
}

template <std::size_t kStep>
[[gnu::always_inline]] inline void round(State& x, const JhRoundConstants& constants) {
    substitute(x.even, load(constants.even));
    substitute(x.odd, load(constants.odd));
    mix(x.even, x.odd);
    for (Vector& v : x.odd)
        v = exchange<std::size_t{1} << kStep>(v);
}

template <std::size_t... kStep>
[[gnu::always_inline]] inline void seven_rounds(State& x, const JhRoundConstants* constants,
                                                std::index_sequence<kStep...>) {
    (round<kStep>(x, constants[kStep]), ...);
}

/// The compression function F8.
void compress(State& state, const std::uint8_t* block) {
    const Vector message[4] = {load(block), load(block + 16), load(block + 32), load(block + 48)};
    State x = state;
    x.even[0] ^= message[0];
    x.odd[0] ^= message[1];
    x.even[1] ^= message[2];
    x.odd[1] ^= message[3];
    for (std::size_t i = 0; i < kJhRounds; i += 7)
        seven_rounds(x, &kJhConstants[i], std::make_index_sequence<7>());
    x.even[2] ^= message[0];
    x.odd[2] ^= message[1];
    x.even[3] ^= message[2];
    x.odd[3] ^= message[3];
    state = x;
}

/// The state before the first block: a block of zeros after the length of the digest in bits.
State initial_state() {
    constexpr std::uint8_t kZeros[kBlockBytes] = {};
    constexpr std::uint8_t kDigestBits[16] = {512 >> 8, 512 & 0xff};
    State state{};
    state.even[0] = load(kDigestBits);
    compress(state, kZeros);
    return state;
}

Digest512 jh512_vectors(ByteSpan input) {
    static const State kInitial = initial_state();
    State state = kInitial;
    const std::size_t whole = input.size() - input.size() % kBlockBytes;
    for (std::size_t i = 0; i < whole; i += kBlockBytes)
        compress(state, input.data() + i);

    // The padding is never less than a block: a second one where the message does not end with a block.
    PaddedTail<kBlockBytes, kBlockBytes - 1> tail(input);
    store_big(tail.bytes + tail.size - 8, std::uint64_t{input.size()} * 8);
    for (std::size_t i = 0; i < tail.size; i += kBlockBytes)
        compress(state, tail.bytes + i);

    Digest512 out;
    const Vector result[4] = {state.even[2], state.odd[2], state.even[3], state.odd[3]};
    std::memcpy(out.data(), result, sizeof result);
    return out;
}

}  // namespace
}  // namespace dash::x11
