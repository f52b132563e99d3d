#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/simd512_vectors.h"
#include "dash/x11/vectors.h"

namespace dash::x11::sse4 {
namespace {

[[gnu::always_inline]] inline __m128i load128(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}
[[gnu::always_inline]] inline void store128(void* to, __m128i x) {
    _mm_storeu_si128(static_cast<__m128i*>(to), x);
}

struct Points {
    static constexpr std::size_t kLanes = 8;
    static constexpr std::size_t kMessages = 1;
    __m128i v;

    static Points load(const std::int16_t* from) { return {load128(from)}; }
    static Points load_bytes(const std::uint8_t* from) {
        return {_mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)))};
    }
    void store(std::int16_t* to) const { store128(to, v); }
};

Points operator+(Points a, Points b) {
    return {_mm_add_epi16(a.v, b.v)};
}
Points operator-(Points a, Points b) {
    return {_mm_sub_epi16(a.v, b.v)};
}
Points negate(Points a) {
    return {_mm_sub_epi16(_mm_setzero_si128(), a.v)};
}
Points times(Points a, Points b) {
    return {_mm_mullo_epi16(a.v, b.v)};
}
template <int kBits>
Points shift_left(Points a) {
    return {_mm_slli_epi16(a.v, kBits)};
}

Points reduce(Points a) {
    const __m128i rounded = _mm_mulhrs_epi16(a.v, _mm_set1_epi16(128));  // a / 256
    return {_mm_sub_epi16(a.v, _mm_mullo_epi16(rounded, _mm_set1_epi16(simd::kModulus)))};
}

Points centred(Points a) {
    // Between -127 and 383 first, then 257 less where that is above 128.
    const __m128i folded = _mm_sub_epi16(_mm_and_si128(a.v, _mm_set1_epi16(0xff)), _mm_srai_epi16(a.v, 8));
    const __m128i above = _mm_cmpgt_epi16(folded, _mm_set1_epi16(simd::kModulus / 2));
    return {_mm_sub_epi16(folded, _mm_and_si128(above, _mm_set1_epi16(simd::kModulus)))};
}

void transpose(Points (&x)[16]) {
    // Each layer interleaves the lanes of vectors eight apart in a cycle of two squares.
    for (int layer = 0; layer < 3; ++layer) {
        Points y[16];
        for (int square = 0; square < 16; square += 8) {
            for (int i = 0; i < 4; ++i) {
                y[square + 2 * i].v = _mm_unpacklo_epi16(x[square + i].v, x[square + i + 4].v);
                y[square + 2 * i + 1].v = _mm_unpackhi_epi16(x[square + i].v, x[square + i + 4].v);
            }
        }
        for (int i = 0; i < 16; ++i)
            x[i] = y[i];
    }
}

struct Row {
    Words4 low;
    Words4 high;

    static Row load(const void* from) {
        const auto* words = static_cast<const std::uint8_t*>(from);
        return {reinterpret_cast<Words4>(load128(words)), reinterpret_cast<Words4>(load128(words + 16))};
    }
    static Row load_stored(const std::int16_t* from) { return load(from); }
    static Row load_block(const std::uint8_t* block) { return load(block); }
    void store(std::uint8_t* to) const {
        store128(to, reinterpret_cast<__m128i>(low));
        store128(to + 16, reinterpret_cast<__m128i>(high));
    }
};

Row operator+(Row a, Row b) {
    return {a.low + b.low, a.high + b.high};
}
Row operator^(Row a, Row b) {
    return {a.low ^ b.low, a.high ^ b.high};
}
Row choose(Row a, Row b, Row c) {
    return {simd::kChoose(a.low, b.low, c.low), simd::kChoose(a.high, b.high, c.high)};
}
Row majority(Row a, Row b, Row c) {
    return {simd::kMajority(a.low, b.low, c.low), simd::kMajority(a.high, b.high, c.high)};
}
template <int kBits>
Row rotate_left(Row a) {
    return {rotate_each<kBits>(a.low), rotate_each<kBits>(a.high)};
}
template <std::size_t n>
Row exchange(Row a) {
    return {__builtin_shufflevector(a.low, a.high, 0 ^ n, 1 ^ n, 2 ^ n, 3 ^ n),
            __builtin_shufflevector(a.low, a.high, 4 ^ n, 5 ^ n, 6 ^ n, 7 ^ n)};
}

Words4 times_each(Words4 a, short factor) {
    return reinterpret_cast<Words4>(_mm_mullo_epi16(reinterpret_cast<__m128i>(a), _mm_set1_epi16(factor)));
}
Row times_each(Row a, short factor) {
    return {times_each(a.low, factor), times_each(a.high, factor)};
}
Row even_halves(Row a, Row b) {
    return {(a.low & 0xffff) | (b.low << 16), (a.high & 0xffff) | (b.high << 16)};
}
Row odd_halves(Row a, Row b) {
    return {(a.low >> 16) | (b.low & 0xffff0000), (a.high >> 16) | (b.high & 0xffff0000)};
}

}  // namespace

Digest512 simd512(ByteSpan input) {
    return simd::hash<Points, Row>(input);
}

}  // namespace dash::x11::sse4
