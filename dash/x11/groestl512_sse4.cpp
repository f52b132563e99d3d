#include "dash/x11/functions.h"
#include "dash/x11/groestl512_rows.h"

namespace dash::x11::sse4 {
namespace {

using groestl::Rows;

Rows inverted(Rows s) {
    for (auto& row : s.row)
        row = _mm_xor_si128(row, _mm_set1_epi8(-1));
    return s;
}

/// Round by round in turn: P and Q do not wait for each other.
void permute_both(Rows& p, Rows& q) {
    q = inverted(q);
    for (int round = 0; round < groestl::kRounds; ++round) {
        groestl::round_p(p, round);
        groestl::round_q(q, round);
    }
    q = inverted(q);
}

void permute_p(Rows& p) {
    for (int round = 0; round < groestl::kRounds; ++round)
        groestl::round_p(p, round);
}

}  // namespace

Digest512 groestl512(ByteSpan input) {
    return groestl::hash(input, permute_both, permute_p);
}

}  // namespace dash::x11::sse4
