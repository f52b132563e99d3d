#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/groestl512.h"
#include "dash/x11/padding.h"
#include "dash/x11/words.h"

/// Grøstl-512 with a row of the matrix a register. Everything is of internal linkage: each including file compiles it
/// for its own instruction set.
namespace dash::x11::groestl {
namespace {

/// The 8 x 16 matrix by rows.
struct Rows {
    __m128i row[8];
};

[[gnu::always_inline]] inline Rows operator^(Rows a, const Rows& b) {
    for (int i = 0; i < 8; ++i)
        a.row[i] = _mm_xor_si128(a.row[i], b.row[i]);
    return a;
}

/// 2 x + 0x1b in each byte, by one shuffle: it yields 0x1b where the top bit is clear and 0 where it is set.
[[gnu::always_inline]] inline __m128i double_bytes_and_add_1b(__m128i x) {
    return _mm_add_epi8(x, x) ^ _mm_shuffle_epi8(_mm_set1_epi8(0x1b), x);
}
#ifdef __AVX2__
[[gnu::always_inline]] inline __m256i double_bytes_and_add_1b(__m256i x) {
    return _mm256_add_epi8(x, x) ^ _mm256_shuffle_epi8(_mm256_set1_epi8(0x1b), x);
}
#endif

/// MixBytes, plus 0x2d in every byte. Row i of the result is 2 a0 + 2 a1 + 3 a2 + 4 a3 + 5 a4 + 3 a5 + 5 a6 + 7 a7, the
/// indices counted from i on. That is once(i + 4) + 2 (once(i + 7) + 2 four(i + 3)), where
/// once(i) = a0 + a1 + a2 + a3 + a6 and four(i) = a0 + a1 + a3 + a4, again counted from i on.
template <typename Vector>
[[gnu::always_inline]] inline void mix_bytes(Vector (&row)[8]) {
    Vector pair[8];
    for (int i = 0; i < 8; ++i)
        pair[i] = row[i] ^ row[(i + 1) % 8];
    Vector once[8];
    for (int i = 0; i < 8; ++i)
        once[i] = pair[i] ^ pair[(i + 2) % 8] ^ row[(i + 6) % 8];
    for (int i = 0; i < 8; ++i) {
        const Vector four = pair[(i + 3) % 8] ^ pair[(i + 6) % 8];
        const Vector twice = double_bytes_and_add_1b(four) ^ once[(i + 7) % 8];
        row[i] = double_bytes_and_add_1b(twice) ^ once[(i + 4) % 8];
    }
}

/// MixBytes multiplies what all rows have in common by 3: adding this before it cancels the 0x2d of mix_bytes().
[[gnu::always_inline]] inline __m128i cancelling() {
    return _mm_set1_epi8(0x1b);
}

/// Q adds 0xff to every byte before each round; adding 0xff / 3 = 0x55 before MixBytes does that for the next.
[[gnu::always_inline]] inline __m128i cancelling_and_inverting() {
    return _mm_set1_epi8(0x1b ^ 0x55);
}

[[gnu::always_inline]] inline __m128i load(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// A round's constant: column numbers in the upper digits, the round's in the lower.
[[gnu::always_inline]] inline __m128i round_constant(int round) {
    const __m128i columns = _mm_setr_epi8(0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, -0x80, -0x70, -0x60, -0x50,
                                          -0x40, -0x30, -0x20, -0x10);
    return _mm_xor_si128(columns, _mm_set1_epi8(static_cast<char>(round)));
}

/// SubBytes and ShiftBytes: AESENCLAST does the first, and its own ShiftRows is made up for by the shuffle before it.
[[gnu::always_inline]] inline __m128i substitute_and_shift(__m128i row, const std::uint8_t* shuffle, __m128i add) {
    return _mm_aesenclast_si128(_mm_shuffle_epi8(row, load(shuffle)), add);
}

[[gnu::always_inline]] inline void round_p(Rows& s, int round) {
    s.row[0] = _mm_xor_si128(s.row[0], round_constant(round));
    for (int i = 0; i < 8; ++i)
        s.row[i] = substitute_and_shift(s.row[i], kShiftsBeforeAes.of[i].p, cancelling());
    mix_bytes(s.row);
}

[[gnu::always_inline]] inline void round_q(Rows& s, int round) {
    s.row[7] = _mm_xor_si128(s.row[7], round_constant(round));
    for (int i = 0; i < 8; ++i)
        s.row[i] = substitute_and_shift(s.row[i], kShiftsBeforeAes.of[i].q, cancelling_and_inverting());
    mix_bytes(s.row);
}

/// An 8 x 8 matrix of 16-bit elements, transposed.
[[gnu::always_inline]] inline void transpose(__m128i (&x)[8]) {
    for (int layer = 0; layer < 3; ++layer) {
        __m128i y[8];
        for (int i = 0; i < 4; ++i) {
            y[2 * i] = _mm_unpacklo_epi16(x[i], x[i + 4]);
            y[2 * i + 1] = _mm_unpackhi_epi16(x[i], x[i + 4]);
        }
        for (int i = 0; i < 8; ++i)
            x[i] = y[i];
    }
}

/// Columns lie in memory one after the other, 8 bytes each: two a register, which are interleaved before they part.
[[gnu::always_inline]] inline Rows load_columns(const std::uint8_t* block) {
    const __m128i interleave = _mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    Rows s;
    for (int i = 0; i < 8; ++i)
        s.row[i] = _mm_shuffle_epi8(load(block + 16 * i), interleave);
    transpose(s.row);
    return s;
}

/// The last eight columns.
[[gnu::always_inline]] inline void store_last_columns(std::uint8_t* to, Rows s) {
    const __m128i separate = _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    transpose(s.row);
    for (int i = 0; i < 4; ++i)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 16 * i), _mm_shuffle_epi8(s.row[4 + i], separate));
}

/// Of nothing but the digest's size in bits, big-endian at the end of the matrix.
[[gnu::always_inline]] inline Rows first_chain() {
    Rows chain{};
    chain.row[6] = _mm_setr_epi32(0, 0, 0, 2 << 24);
    return chain;
}

/// permute_both(p, q) applies P and Q, permute_p(p) P alone.
template <typename PermuteBoth, typename PermuteP>
[[gnu::always_inline]] inline Digest512 hash(ByteSpan input, PermuteBoth permute_both, PermuteP permute_p) {
    Rows chain = first_chain();
    const auto compress = [&](const std::uint8_t* block) {
        Rows q = load_columns(block);
        Rows p = q ^ chain;
        permute_both(p, q);
        chain = chain ^ p ^ q;
    };
    const std::size_t whole = input.size() / kBlockBytes;
    for (std::size_t i = 0; i < whole; ++i)
        compress(input.data() + i * kBlockBytes);
    PaddedTail<kBlockBytes, 8> tail(input);
    store_big<std::uint64_t>(tail.trailer(), whole + tail.size / kBlockBytes);
    for (std::size_t at = 0; at < tail.size; at += kBlockBytes)
        compress(tail.bytes + at);

    Rows last = chain;
    permute_p(last);
    Digest512 digest;
    store_last_columns(digest.data(), last ^ chain);
    return digest;
}

}  // namespace
}  // namespace dash::x11::groestl
