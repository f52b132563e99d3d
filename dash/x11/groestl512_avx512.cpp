#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/groestl512_rows.h"
#include "dash/x11/vectors.h"

namespace dash::x11::avx512 {
namespace {

using groestl::Rows;

/// GFNI computes in AES's field: doubling is one instruction, and so is SubBytes, as the affine map of an inverse.
[[gnu::always_inline]] inline __m128i double_bytes(__m128i x) {
    return _mm_gf2p8mul_epi8(x, _mm_set1_epi8(2));
}
[[gnu::always_inline]] inline __m256i double_bytes(__m256i x) {
    return _mm256_gf2p8mul_epi8(x, _mm256_set1_epi8(2));
}

/// AES's affine map as a matrix: bit i of the result is the sum of bits i - 4 to i, counted round the byte; the row for
/// bit 0 comes last.
constexpr auto kSubBytesMatrix = [] {
    std::uint64_t rows = 0;
    for (int bit = 0; bit < 8; ++bit) {
        std::uint64_t row = 0;
        for (int back = 0; back <= 4; ++back)
            row |= std::uint64_t{1} << (bit + 8 - back) % 8;
        rows = (rows << 8) | row;
    }
    return static_cast<long long>(rows);
}();

[[gnu::always_inline]] inline __m128i substitute(__m128i x) {
    return _mm_gf2p8affineinv_epi64_epi8(x, _mm_set1_epi64x(kSubBytesMatrix), 0x63);
}
[[gnu::always_inline]] inline __m256i substitute(__m256i x) {
    return _mm256_gf2p8affineinv_epi64_epi8(x, _mm256_set1_epi64x(kSubBytesMatrix), 0x63);
}

constexpr auto kSum = [](auto a, auto b, auto c) { return a ^ b ^ c; };

/// MixBytes, of groestl::mix_bytes()'s form, with `add` on top.
template <typename Vector>
[[gnu::always_inline]] inline void mix_bytes(Vector (&row)[8], Vector add) {
    Vector pair[8];
    for (int i = 0; i < 8; ++i)
        pair[i] = row[i] ^ row[(i + 1) % 8];
    Vector once[8];
    for (int i = 0; i < 8; ++i)
        once[i] = logic(kSum, pair[i], pair[(i + 2) % 8], row[(i + 6) % 8]);
    for (int i = 0; i < 8; ++i) {
        const Vector four = pair[(i + 3) % 8] ^ pair[(i + 6) % 8];
        const Vector twice = double_bytes(four) ^ once[(i + 7) % 8];
        row[i] = logic(kSum, double_bytes(twice), once[(i + 4) % 8], add);
    }
}

/// P in the lower halves, Q in the upper.
void permute_both(Rows& p, Rows& q) {
    const __m256i invert_q = _mm256_set_m128i(_mm_set1_epi8(-1), _mm_setzero_si128());
    __m256i row[8];
    for (int i = 0; i < 8; ++i)
        row[i] = _mm256_xor_si256(_mm256_set_m128i(q.row[i], p.row[i]), invert_q);
    for (int round = 0; round < groestl::kRounds; ++round) {
        const __m128i constant = groestl::round_constant(round);
        row[0] = _mm256_xor_si256(row[0], _mm256_zextsi128_si256(constant));
        row[7] = _mm256_xor_si256(row[7], _mm256_set_m128i(constant, _mm_setzero_si128()));
        for (int i = 0; i < 8; ++i) {
            const auto* shift = reinterpret_cast<const __m256i*>(groestl::kShifts.of[i].p);
            row[i] = substitute(_mm256_shuffle_epi8(row[i], _mm256_load_si256(shift)));
        }
        mix_bytes(row, invert_q);
    }
    for (int i = 0; i < 8; ++i) {
        row[i] = _mm256_xor_si256(row[i], invert_q);
        p.row[i] = _mm256_castsi256_si128(row[i]);
        q.row[i] = _mm256_extracti128_si256(row[i], 1);
    }
}

void permute_p(Rows& p) {
    for (int round = 0; round < groestl::kRounds; ++round) {
        p.row[0] = _mm_xor_si128(p.row[0], groestl::round_constant(round));
        for (int i = 0; i < 8; ++i) {
            const __m128i shift = groestl::load(groestl::kShifts.of[i].p);
            p.row[i] = substitute(_mm_shuffle_epi8(p.row[i], shift));
        }
        mix_bytes(p.row, _mm_setzero_si128());
    }
}

}  // namespace

Digest512 groestl512(ByteSpan input) {
    return groestl::hash(input, permute_both, permute_p);
}

}  // namespace dash::x11::avx512
