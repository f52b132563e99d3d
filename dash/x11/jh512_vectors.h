#pragma once

#include <cstring>
#include <utility>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "dash/x11/functions.h"
#include "dash/x11/jh512_constants.h"
#include "dash/x11/padding.h"
#include "dash/x11/vectors.h"
#include "dash/x11/words.h"

/// JH-512 of the final round of the SHA-3 competition (42 rounds), bit-sliced over vectors of the compiler: 128 bits a
/// message, and as many messages side by side as `Vector` has room for. Everything is of internal linkage: each
/// including file compiles it for its own instruction set.
namespace dash::x11 {
namespace {

constexpr std::size_t kBlockBytes = 64;

using OneMessage = std::uint64_t __attribute__((vector_size(16)));

template <typename Vector>
struct BytesOf {};
template <>
struct BytesOf<OneMessage> {
    using Type = std::uint8_t __attribute__((vector_size(16)));
};
template <>
struct BytesOf<LongWords4> {
    using Type = std::uint8_t __attribute__((vector_size(32)));
};
template <>
struct BytesOf<LongWords8> {
    using Type = std::uint8_t __attribute__((vector_size(64)));
};

template <typename Vector>
constexpr std::size_t kMessages = sizeof(Vector) / sizeof(OneMessage);

/// Bits of the same weight of all elements in even places, and in odd places; most significant weight first.
template <typename Vector>
struct State {
    Vector even[4];
    Vector odd[4];
};

/// The same 16 bytes for each message.
template <typename Vector>
[[gnu::always_inline]] inline Vector load(const std::uint8_t* from) {
    OneMessage one;
    std::memcpy(&one, from, sizeof one);
    if constexpr (kMessages<Vector> == 1) return one;
#if defined(__AVX2__)
    if constexpr (kMessages<Vector> == 2)
        return reinterpret_cast<Vector>(_mm256_broadcastsi128_si256(reinterpret_cast<__m128i>(one)));
#endif
#if defined(__AVX512F__)
    if constexpr (kMessages<Vector> == 4)
        return reinterpret_cast<Vector>(_mm512_broadcast_i32x4(reinterpret_cast<__m128i>(one)));
#endif
}

constexpr auto kXor = [](auto a, auto b, auto c) { return (a ^ b) ^ c; };
constexpr auto kXorAnd = [](auto a, auto b, auto c) { return a ^ (b & c); };
constexpr auto kXorAndNot = [](auto a, auto b, auto c) { return a ^ (b & ~c); };
constexpr auto kNotXorAndNot = [](auto a, auto b, auto c) { return ~a ^ (b & ~c); };
constexpr auto kXorOr = [](auto a, auto b, auto c) { return a ^ (b | c); };

/// The S-box that `c` selects for each element: S0 for 0, S1 for 1. Written for a short chain of dependencies.
template <typename Vector>
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
template <typename Vector>
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

template <std::size_t kDistance, typename Vector, std::size_t... i>
[[gnu::always_inline]] inline Vector exchange_bytes(Vector x, std::index_sequence<i...>) {
    const auto bytes = reinterpret_cast<typename BytesOf<Vector>::Type>(x);
    return reinterpret_cast<Vector>(__builtin_shufflevector(bytes, bytes, (i ^ kDistance)...));
}

#if defined(__GFNI__)
/// Multiplies each byte by a matrix over GF(2), whose last row makes bit 0.
template <typename Vector>
[[gnu::always_inline]] inline Vector affine(Vector x, long long matrix) {
    if constexpr (kMessages<Vector> == 1) {
        return reinterpret_cast<Vector>(
            _mm_gf2p8affine_epi64_epi8(reinterpret_cast<__m128i>(x), _mm_set1_epi64x(matrix), 0));
    } else {
        return reinterpret_cast<Vector>(
            _mm512_gf2p8affine_epi64_epi8(reinterpret_cast<__m512i>(x), _mm512_set1_epi64(matrix), 0));
    }
}
#endif

/// Exchanges bits whose numbers differ by kDistance.
template <std::size_t kDistance, typename Vector>
[[gnu::always_inline]] inline Vector exchange(Vector x) {
    if constexpr (kDistance == 64 || (kShufflesBytes && kDistance >= 8)) {
        return exchange_bytes<kDistance / 8>(x, std::make_index_sequence<sizeof(Vector)>());
#if defined(__GFNI__)
    } else if constexpr (kDistance < 8) {
        // The matrix that permutes the bits.
        constexpr std::uint64_t kMatrix = [] {
            std::uint64_t rows = 0;
            for (std::size_t bit = 0; bit < 8; ++bit)
                rows = rows << 8 | std::uint64_t{1} << (bit ^ kDistance);
            return rows;
        }();
        return affine<Vector>(x, static_cast<long long>(kMatrix));
#endif
    } else {
        // Ones where bit kDistance of the bit number is zero.
        constexpr std::uint64_t kMask = ~std::uint64_t{0} / ((std::uint64_t{1} << kDistance) + 1);
        return ((x & kMask) << kDistance) | ((x >> kDistance) & kMask);
    }
}

template <std::size_t kStep, typename Vector>
[[gnu::always_inline]] inline void round(State<Vector>& x, const JhRoundConstants& constants) {
    substitute(x.even, load<Vector>(constants.even));
    substitute(x.odd, load<Vector>(constants.odd));
    mix(x.even, x.odd);
    for (Vector& v : x.odd)
        v = exchange<std::size_t{1} << kStep>(v);
}

template <typename Vector, std::size_t... kStep>
[[gnu::always_inline]] inline void seven_rounds(State<Vector>& x, const JhRoundConstants* constants,
                                                std::index_sequence<kStep...>) {
    (round<kStep>(x, constants[kStep]), ...);
}

/// The compression function F8.
template <typename Vector>
void compress(State<Vector>& state, const Vector (&message)[4]) {
    State<Vector> x = state;
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

/// The same block for each message.
template <typename Vector>
void compress(State<Vector>& state, const std::uint8_t* block) {
    compress(state,
             {load<Vector>(block), load<Vector>(block + 16), load<Vector>(block + 32), load<Vector>(block + 48)});
}

/// The state before the first block: a block of zeros after the length of the digest in bits.
template <typename Vector>
State<Vector> initial_state() {
    constexpr std::uint8_t kZeros[kBlockBytes] = {};
    constexpr std::uint8_t kDigestBits[16] = {512 >> 8, 512 & 0xff};
    State<Vector> state{};
    state.even[0] = load<Vector>(kDigestBits);
    compress(state, kZeros);
    return state;
}

Digest512 jh512_vectors(ByteSpan input) {
    static const State<OneMessage> kInitial = initial_state<OneMessage>();
    State<OneMessage> state = kInitial;
    const std::size_t whole = input.size() - input.size() % kBlockBytes;
    for (std::size_t i = 0; i < whole; i += kBlockBytes)
        compress(state, input.data() + i);

    // The padding is never less than a block: a second one where the message does not end with a block.
    PaddedTail<kBlockBytes, kBlockBytes - 1> tail(input);
    store_big(tail.bytes + tail.size - 8, std::uint64_t{input.size()} * 8);
    for (std::size_t i = 0; i < tail.size; i += kBlockBytes)
        compress(state, tail.bytes + i);

    Digest512 out;
    const OneMessage result[4] = {state.even[2], state.odd[2], state.even[3], state.odd[3]};
    std::memcpy(out.data(), result, sizeof result);
    return out;
}

/// In place, of kMessages<Vector> digests.
template <typename Vector>
void hash_lanes(Digest512* digests) {
    static const State<Vector> kInitial = initial_state<Vector>();
    State<Vector> state = kInitial;
    Vector message[4];
    for (std::size_t lane = 0; lane < kMessages<Vector>; ++lane)
        for (std::size_t i = 0; i < 4; ++i)
            std::memcpy(reinterpret_cast<std::uint8_t*>(&message[i]) + 16 * lane, digests[lane].data() + 16 * i, 16);
    compress(state, message);

    PaddedTail<kBlockBytes, 8> padding(ByteSpan{});
    store_big<std::uint64_t>(padding.trailer(), 8 * sizeof(Digest512));
    compress(state, padding.bytes);
    const Vector result[4] = {state.even[2], state.odd[2], state.even[3], state.odd[3]};
    for (std::size_t lane = 0; lane < kMessages<Vector>; ++lane)
        for (std::size_t i = 0; i < 4; ++i)
            std::memcpy(digests[lane].data() + 16 * i, reinterpret_cast<const std::uint8_t*>(&result[i]) + 16 * lane,
                        16);
}

}  // namespace
}  // namespace dash::x11
