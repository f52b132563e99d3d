#include "dash/x11/functions.h"
#include "dash/x11/groestl512_rows.h"

namespace dash::x11::avx2 {
namespace {

using groestl::Rows;

/// P in the lower halves, Q in the upper: one MixBytes for both.
void permute_both(Rows& p, Rows& q) {
    __m256i row[8];
    const __m256i invert_q = _mm256_set_m128i(_mm_set1_epi8(-1), _mm_setzero_si128());
    for (int i = 0; i < 8; ++i)
        row[i] = _mm256_xor_si256(_mm256_set_m128i(q.row[i], p.row[i]), invert_q);
    for (int round = 0; round < groestl::kRounds; ++round) {
        const __m128i constant = groestl::round_constant(round);
        row[0] = _mm256_xor_si256(row[0], _mm256_set_m128i(_mm_setzero_si128(), constant));
        row[7] = _mm256_xor_si256(row[7], _mm256_set_m128i(constant, _mm_setzero_si128()));
        for (int i = 0; i < 8; ++i) {
            const __m256i shuffled = _mm256_shuffle_epi8(
                row[i], _mm256_load_si256(reinterpret_cast<const __m256i*>(groestl::kShiftsBeforeAes.of[i].p)));
            const __m128i new_p = _mm_aesenclast_si128(_mm256_castsi256_si128(shuffled), groestl::cancelling());
            const __m128i new_q =
                _mm_aesenclast_si128(_mm256_extracti128_si256(shuffled, 1), groestl::cancelling_and_inverting());
            row[i] = _mm256_set_m128i(new_q, new_p);
        }
        groestl::mix_bytes(row);
    }
    for (int i = 0; i < 8; ++i) {
        row[i] = _mm256_xor_si256(row[i], invert_q);
        p.row[i] = _mm256_castsi256_si128(row[i]);
        q.row[i] = _mm256_extracti128_si256(row[i], 1);
    }
}

void permute_p(Rows& p) {
    for (int round = 0; round < groestl::kRounds; ++round)
        groestl::round_p(p, round);
}

}  // namespace

Digest512 groestl512(ByteSpan input) {
    return groestl::hash(input, permute_both, permute_p);
}

}  // namespace dash::x11::avx2
