#include "dash/x11/lanes.h"
#include "dash/x11/simd512_wide.h"

namespace dash::x11::avx512 {
namespace {

constexpr std::size_t kPair = 2;

/// The blocks of two messages.
struct BlockPair {
    const std::uint8_t* first;
    const std::uint8_t* second;

    [[gnu::always_inline]] friend BlockPair operator+(BlockPair blocks, std::size_t bytes) {
        return {blocks.first + bytes, blocks.second + bytes};
    }
};

[[gnu::always_inline]] inline __m512i join(__m256i first, __m256i second) {
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}
[[gnu::always_inline]] inline __m512i load_each(const void* from) {
    return _mm512_broadcast_i64x4(load256(from));
}

/// The first message's in the lower half.
struct PointsPair {
    static constexpr std::size_t kLanes = 16;
    static constexpr std::size_t kMessages = kPair;
    __m512i v;

    static PointsPair load(const std::int16_t* from) { return {load_each(from)}; }
    static PointsPair load_bytes(BlockPair from) {
        const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from.first));
        const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from.second));
        return {_mm512_cvtepu8_epi16(_mm256_set_m128i(second, first))};
    }
    void store(std::int16_t* to) const { _mm512_storeu_si512(to, v); }
};

PointsPair operator+(PointsPair a, PointsPair b) {
    return {_mm512_add_epi16(a.v, b.v)};
}
PointsPair operator-(PointsPair a, PointsPair b) {
    return {_mm512_sub_epi16(a.v, b.v)};
}
PointsPair negate(PointsPair a) {
    return {_mm512_sub_epi16(_mm512_setzero_si512(), a.v)};
}
PointsPair times(PointsPair a, PointsPair b) {
    return {_mm512_mullo_epi16(a.v, b.v)};
}
template <int kBits>
PointsPair shift_left(PointsPair a) {
    return {_mm512_slli_epi16(a.v, kBits)};
}

PointsPair reduce(PointsPair a) {
    const __m512i rounded = _mm512_mulhrs_epi16(a.v, _mm512_set1_epi16(128));  // a / 256
    return {_mm512_sub_epi16(a.v, _mm512_mullo_epi16(rounded, _mm512_set1_epi16(simd::kModulus)))};
}

PointsPair centred(PointsPair a) {
    // Between -127 and 383 first, then 257 less where that is above 128.
    const __m512i folded = _mm512_sub_epi16(_mm512_and_si512(a.v, _mm512_set1_epi16(0xff)), _mm512_srai_epi16(a.v, 8));
    const __mmask32 above = _mm512_cmpgt_epi16_mask(folded, _mm512_set1_epi16(simd::kModulus / 2));
    return {_mm512_mask_sub_epi16(folded, above, folded, _mm512_set1_epi16(simd::kModulus))};
}

void transpose(PointsPair (&x)[16]) {
    // As with one message: within quarters of registers first, then quarters change sides.
    for (int layer = 0; layer < 3; ++layer) {
        PointsPair y[16];
        for (int half = 0; half < 16; half += 8) {
            for (int i = 0; i < 4; ++i) {
                y[half + 2 * i].v = _mm512_unpacklo_epi16(x[half + i].v, x[half + i + 4].v);
                y[half + 2 * i + 1].v = _mm512_unpackhi_epi16(x[half + i].v, x[half + i + 4].v);
            }
        }
        for (int i = 0; i < 16; ++i)
            x[i] = y[i];
    }
    for (int i = 0; i < 8; ++i) {
        const auto low = reinterpret_cast<LongWords8>(x[i].v);
        const auto high = reinterpret_cast<LongWords8>(x[i + 8].v);
        x[i].v = reinterpret_cast<__m512i>(__builtin_shufflevector(low, high, 0, 1, 8, 9, 4, 5, 12, 13));
        x[i + 8].v = reinterpret_cast<__m512i>(__builtin_shufflevector(low, high, 2, 3, 10, 11, 6, 7, 14, 15));
    }
}

struct RowPair {
    Words16 v;

    static RowPair load(const void* from) { return {reinterpret_cast<Words16>(load_each(from))}; }
    static RowPair load_stored(const std::int16_t* from) {
        return {reinterpret_cast<Words16>(_mm512_loadu_si512(from))};
    }
    static RowPair load_block(BlockPair from) {
        return {reinterpret_cast<Words16>(join(load256(from.first), load256(from.second)))};
    }
    void store(Digest512* digests, std::size_t at) const {
        const auto both = reinterpret_cast<__m512i>(v);
        store256(digests[0].data() + at, _mm512_castsi512_si256(both));
        store256(digests[1].data() + at, _mm512_extracti64x4_epi64(both, 1));
    }
};

RowPair operator+(RowPair a, RowPair b) {
    return {a.v + b.v};
}
RowPair operator^(RowPair a, RowPair b) {
    return {a.v ^ b.v};
}
RowPair choose(RowPair a, RowPair b, RowPair c) {
    return {logic(simd::kChoose, a.v, b.v, c.v)};
}
RowPair majority(RowPair a, RowPair b, RowPair c) {
    return {logic(simd::kMajority, a.v, b.v, c.v)};
}
template <int kBits>
RowPair rotate_left(RowPair a) {
    return {rotate_each<kBits>(a.v)};
}
template <std::size_t n>
RowPair exchange(RowPair a) {
    return {__builtin_shufflevector(a.v, a.v, 0 ^ n, 1 ^ n, 2 ^ n, 3 ^ n, 4 ^ n, 5 ^ n, 6 ^ n, 7 ^ n, 8 ^ n, 9 ^ n,
                                    10 ^ n, 11 ^ n, 12 ^ n, 13 ^ n, 14 ^ n, 15 ^ n)};
}

RowPair times_each(RowPair a, short factor) {
    return {reinterpret_cast<Words16>(_mm512_mullo_epi16(reinterpret_cast<__m512i>(a.v), _mm512_set1_epi16(factor)))};
}
RowPair even_halves(RowPair a, RowPair b) {
    return {(a.v & 0xffff) | (b.v << 16)};
}
RowPair odd_halves(RowPair a, RowPair b) {
    return {(a.v >> 16) | (b.v & 0xffff0000)};
}

void hash_pair(Digest512* digests) {
    auto chain = simd::first_chain<RowPair>();
    simd::absorb_64<PointsPair>(chain, BlockPair{digests[0].data(), digests[1].data()});
    chain.a.store(digests, 0);
    chain.b.store(digests, 32);
}

}  // namespace

Digest512 simd512(ByteSpan input) {
    return simd512_wide(input);
}

void simd512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kPair)
        hash_pair(digests + i);
}

}  // namespace dash::x11::avx512
