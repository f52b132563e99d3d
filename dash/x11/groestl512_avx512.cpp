#include <cstdint>
#include <cstring>

#include "dash/x11/functions.h"
#include "dash/x11/groestl512_rows.h"
#include "dash/x11/vectors.h"

namespace dash::x11::avx512 {
namespace {

using groestl::Rows;

/// A row of 16 bytes for each of several permutations side by side.
using Rows1 = long long __attribute__((vector_size(16)));
using Rows2 = long long __attribute__((vector_size(32)));
using Rows4 = long long __attribute__((vector_size(64)));

/// The same in each, of 32 bytes in each pair.
template <typename Vector>
[[gnu::always_inline]] inline Vector each(__m128i row) {
    if constexpr (sizeof(Vector) == sizeof(Rows1)) return row;
    if constexpr (sizeof(Vector) == sizeof(Rows2)) return _mm256_broadcastsi128_si256(row);
    if constexpr (sizeof(Vector) == sizeof(Rows4)) return _mm512_broadcast_i32x4(row);
}
template <typename Vector>
[[gnu::always_inline]] inline Vector each_pair(__m256i rows) {
    if constexpr (sizeof(Vector) == sizeof(Rows2)) return rows;
    if constexpr (sizeof(Vector) == sizeof(Rows4)) return _mm512_broadcast_i64x4(rows);
}

[[gnu::always_inline]] inline Rows1 shuffle(Rows1 x, Rows1 order) {
    return _mm_shuffle_epi8(x, order);
}
[[gnu::always_inline]] inline Rows2 shuffle(Rows2 x, Rows2 order) {
    return _mm256_shuffle_epi8(x, order);
}
[[gnu::always_inline]] inline Rows4 shuffle(Rows4 x, Rows4 order) {
    return _mm512_shuffle_epi8(x, order);
}

/// GFNI computes in AES's field: doubling is one instruction, and so is SubBytes, as the affine map of an inverse.
[[gnu::always_inline]] inline Rows1 double_bytes(Rows1 x) {
    return _mm_gf2p8mul_epi8(x, _mm_set1_epi8(2));
}
[[gnu::always_inline]] inline Rows2 double_bytes(Rows2 x) {
    return _mm256_gf2p8mul_epi8(x, _mm256_set1_epi8(2));
}
[[gnu::always_inline]] inline Rows4 double_bytes(Rows4 x) {
    return _mm512_gf2p8mul_epi8(x, _mm512_set1_epi8(2));
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

[[gnu::always_inline]] inline Rows1 substitute(Rows1 x) {
    return _mm_gf2p8affineinv_epi64_epi8(x, _mm_set1_epi64x(kSubBytesMatrix), 0x63);
}
[[gnu::always_inline]] inline Rows2 substitute(Rows2 x) {
    return _mm256_gf2p8affineinv_epi64_epi8(x, _mm256_set1_epi64x(kSubBytesMatrix), 0x63);
}
[[gnu::always_inline]] inline Rows4 substitute(Rows4 x) {
    return _mm512_gf2p8affineinv_epi64_epi8(x, _mm512_set1_epi64(kSubBytesMatrix), 0x63);
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

/// Permutes pairs of rows: by P those in even places, by Q those in odd ones.
template <typename Vector>
[[gnu::always_inline]] inline void permute_pairs(Vector (&row)[8]) {
    const auto invert_q = each_pair<Vector>(_mm256_set_m128i(_mm_set1_epi8(-1), _mm_setzero_si128()));
    for (int i = 0; i < 8; ++i)
        row[i] ^= invert_q;
    for (int round = 0; round < groestl::kRounds; ++round) {
        const __m128i constant = groestl::round_constant(round);
        row[0] ^= each_pair<Vector>(_mm256_zextsi128_si256(constant));
        row[7] ^= each_pair<Vector>(_mm256_set_m128i(constant, _mm_setzero_si128()));
        for (int i = 0; i < 8; ++i) {
            const auto* shift = reinterpret_cast<const __m256i*>(groestl::kShifts.of[i].p);
            row[i] = substitute(shuffle(row[i], each_pair<Vector>(_mm256_load_si256(shift))));
        }
        mix_bytes(row, invert_q);
    }
    for (int i = 0; i < 8; ++i)
        row[i] ^= invert_q;
}

/// Permutes all rows by P.
template <typename Vector>
[[gnu::always_inline]] inline void permute_p(Vector (&row)[8]) {
    for (int round = 0; round < groestl::kRounds; ++round) {
        row[0] ^= each<Vector>(groestl::round_constant(round));
        for (int i = 0; i < 8; ++i)
            row[i] = substitute(shuffle(row[i], each<Vector>(groestl::load(groestl::kShifts.of[i].p))));
        mix_bytes(row, Vector{});
    }
}

void permute_both(Rows& p, Rows& q) {
    Rows2 row[8];
    for (int i = 0; i < 8; ++i)
        row[i] = _mm256_set_m128i(q.row[i], p.row[i]);
    permute_pairs(row);
    for (int i = 0; i < 8; ++i) {
        p.row[i] = _mm256_castsi256_si128(row[i]);
        q.row[i] = _mm256_extracti128_si256(row[i], 1);
    }
}

void permute_p(Rows& p) {
    Rows1 row[8];
    for (int i = 0; i < 8; ++i)
        row[i] = p.row[i];
    permute_p(row);
    for (int i = 0; i < 8; ++i)
        p.row[i] = row[i];
}

/// A digest and its padding: one block.
[[gnu::always_inline]] inline Rows load_padded(const Digest512& digest) {
    std::uint8_t block[groestl::kBlockBytes] = {};
    std::memcpy(block, digest.data(), sizeof(Digest512));
    block[sizeof(Digest512)] = 0x80;
    block[groestl::kBlockBytes - 1] = 1;  // the number of blocks
    return groestl::load_columns(block);
}

/// The chain value after the only block of a message of 64 bytes, for two messages.
void compress_pair(const Digest512* digests, Rows* chains) {
    Rows q[2];
    Rows4 row[8];
    for (int m = 0; m < 2; ++m) {
        q[m] = load_padded(digests[m]);
        chains[m] = groestl::first_chain();
    }
    for (int i = 0; i < 8; ++i) {
        const __m256i first = _mm256_set_m128i(q[0].row[i], (q[0] ^ chains[0]).row[i]);
        const __m256i second = _mm256_set_m128i(q[1].row[i], (q[1] ^ chains[1]).row[i]);
        row[i] = _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
    }
    permute_pairs(row);
    for (int i = 0; i < 8; ++i) {
        const Rows4 sums = row[i] ^ _mm512_shuffle_i32x4(row[i], row[i], 0b10'11'00'01);
        chains[0].row[i] ^= _mm512_castsi512_si128(sums);
        chains[1].row[i] ^= _mm512_extracti32x4_epi32(sums, 2);
    }
}

void hash_four(Digest512* digests) {
    Rows chains[4];
    compress_pair(digests, chains);
    compress_pair(digests + 2, chains + 2);
    Rows4 row[8];
    for (int i = 0; i < 8; ++i) {
        const __m256i low = _mm256_set_m128i(chains[1].row[i], chains[0].row[i]);
        const __m256i high = _mm256_set_m128i(chains[3].row[i], chains[2].row[i]);
        row[i] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    permute_p(row);
    for (int i = 0; i < 8; ++i) {
        chains[0].row[i] ^= _mm512_castsi512_si128(row[i]);
        chains[1].row[i] ^= _mm512_extracti32x4_epi32(row[i], 1);
        chains[2].row[i] ^= _mm512_extracti32x4_epi32(row[i], 2);
        chains[3].row[i] ^= _mm512_extracti32x4_epi32(row[i], 3);
    }
    for (int m = 0; m < 4; ++m)
        groestl::store_last_columns(digests[m].data(), chains[m]);
}

}  // namespace

Digest512 groestl512(ByteSpan input) {
    return groestl::hash(input, permute_both, [](Rows& p) { permute_p(p); });
}

void groestl512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += 4)
        hash_four(digests + i);
}

}  // namespace dash::x11::avx512
