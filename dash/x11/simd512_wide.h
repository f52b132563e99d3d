#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/simd512_vectors.h"
#include "dash/x11/vectors.h"

/// SIMD-512 over vectors of 256 bits. Everything is of internal linkage: each including file compiles it for its own
/// instruction set.
namespace dash::x11 {
namespace {

[[gnu::always_inline]] inline __m256i load256(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
[[gnu::always_inline]] inline void store256(void* to, __m256i x) {
    _mm256_storeu_si256(static_cast<__m256i*>(to), x);
}

struct Points {
    static constexpr std::size_t kLanes = 16;
    static constexpr std::size_t kMessages = 1;
    __m256i v;

    static Points load(const std::int16_t* from) { return {load256(from)}; }
    static Points load_bytes(const std::uint8_t* from) {
        return {_mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)))};
    }
    void store(std::int16_t* to) const { store256(to, v); }
};

[[gnu::always_inline]] inline Points operator+(Points a, Points b) {
    return {_mm256_add_epi16(a.v, b.v)};
}
[[gnu::always_inline]] inline Points operator-(Points a, Points b) {
    return {_mm256_sub_epi16(a.v, b.v)};
}
[[gnu::always_inline]] inline Points negate(Points a) {
    return {_mm256_sub_epi16(_mm256_setzero_si256(), a.v)};
}
[[gnu::always_inline]] inline Points times(Points a, Points b) {
    return {_mm256_mullo_epi16(a.v, b.v)};
}
template <int kBits>
[[gnu::always_inline]] inline Points shift_left(Points a) {
    return {_mm256_slli_epi16(a.v, kBits)};
}

[[gnu::always_inline]] inline Points reduce(Points a) {
    const __m256i rounded = _mm256_mulhrs_epi16(a.v, _mm256_set1_epi16(128));  // a / 256
    return {_mm256_sub_epi16(a.v, _mm256_mullo_epi16(rounded, _mm256_set1_epi16(simd::kModulus)))};
}

[[gnu::always_inline]] inline Points centred(Points a) {
    // Between -127 and 383 first, then 257 less where that is above 128.
    const __m256i folded = _mm256_sub_epi16(_mm256_and_si256(a.v, _mm256_set1_epi16(0xff)), _mm256_srai_epi16(a.v, 8));
    const __m256i above = _mm256_cmpgt_epi16(folded, _mm256_set1_epi16(simd::kModulus / 2));
    return {_mm256_sub_epi16(folded, _mm256_and_si256(above, _mm256_set1_epi16(simd::kModulus)))};
}

[[gnu::always_inline]] inline void transpose(Points (&x)[16]) {
    // Each layer interleaves the lanes of vectors eight apart, within halves of registers; the halves change sides
    // last.
    for (int layer = 0; layer < 3; ++layer) {
        Points y[16];
        for (int half = 0; half < 16; half += 8) {
            for (int i = 0; i < 4; ++i) {
                y[half + 2 * i].v = _mm256_unpacklo_epi16(x[half + i].v, x[half + i + 4].v);
                y[half + 2 * i + 1].v = _mm256_unpackhi_epi16(x[half + i].v, x[half + i + 4].v);
            }
        }
        for (int i = 0; i < 16; ++i)
            x[i] = y[i];
    }
    for (int i = 0; i < 8; ++i) {
        const __m256i low = x[i].v;
        const __m256i high = x[i + 8].v;
        x[i].v = _mm256_permute2x128_si256(low, high, 0x20);
        x[i + 8].v = _mm256_permute2x128_si256(low, high, 0x31);
    }
}

struct Row {
    Words8 v;

    static Row load(const void* from) { return {reinterpret_cast<Words8>(load256(from))}; }
    static Row load_stored(const std::int16_t* from) { return load(from); }
    static Row load_block(const std::uint8_t* block) { return load(block); }
    void store(void* to) const { store256(to, reinterpret_cast<__m256i>(v)); }
};

[[gnu::always_inline]] inline Row operator+(Row a, Row b) {
    return {a.v + b.v};
}
[[gnu::always_inline]] inline Row operator^(Row a, Row b) {
    return {a.v ^ b.v};
}
[[gnu::always_inline]] inline Row choose(Row a, Row b, Row c) {
    return {logic(simd::kChoose, a.v, b.v, c.v)};
}
[[gnu::always_inline]] inline Row majority(Row a, Row b, Row c) {
    return {logic(simd::kMajority, a.v, b.v, c.v)};
}
template <int kBits>
[[gnu::always_inline]] inline Row rotate_left(Row a) {
    return {rotate_each<kBits>(a.v)};
}
template <std::size_t n>
[[gnu::always_inline]] inline Row exchange(Row a) {
    return {__builtin_shufflevector(a.v, a.v, 0 ^ n, 1 ^ n, 2 ^ n, 3 ^ n, 4 ^ n, 5 ^ n, 6 ^ n, 7 ^ n)};
}

[[gnu::always_inline]] inline Row times_each(Row a, short factor) {
    return {reinterpret_cast<Words8>(_mm256_mullo_epi16(reinterpret_cast<__m256i>(a.v), _mm256_set1_epi16(factor)))};
}
[[gnu::always_inline]] inline Row even_halves(Row a, Row b) {
    return {(a.v & 0xffff) | (b.v << 16)};
}
[[gnu::always_inline]] inline Row odd_halves(Row a, Row b) {
    return {(a.v >> 16) | (b.v & 0xffff0000)};
}

[[gnu::always_inline]] inline Digest512 simd512_wide(ByteSpan input) {
    return simd::hash<Points, Row>(input);
}

}  // namespace
}  // namespace dash::x11
