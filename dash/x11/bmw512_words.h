#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "dash/x11/lanes.h"
#include "dash/x11/vectors.h"

/// Blue Midnight Wish 512 as tweaked for the second round of the SHA-3 competition. `Words` is std::uint64_t, or a
/// vector of it for messages side by side. Everything is of internal linkage: each including file compiles it for its
/// own instruction set.
namespace dash::x11::bmw {
namespace {

constexpr std::size_t kDigestWords = sizeof(Digest512) / 8;

/// Word i of f0's linear part: five words of message xor chaining value, added or subtracted.
struct Term {
    std::uint8_t word;
    bool minus;
};
constexpr bool kPlus = false;
constexpr bool kMinus = true;
constexpr Term kTerms[16][5] = {
    {{5, kPlus}, {7, kMinus}, {10, kPlus}, {13, kPlus}, {14, kPlus}},
    {{6, kPlus}, {8, kMinus}, {11, kPlus}, {14, kPlus}, {15, kMinus}},
    {{0, kPlus}, {7, kPlus}, {9, kPlus}, {12, kMinus}, {15, kPlus}},
    {{0, kPlus}, {1, kMinus}, {8, kPlus}, {10, kMinus}, {13, kPlus}},
    {{1, kPlus}, {2, kPlus}, {9, kPlus}, {11, kMinus}, {14, kMinus}},
    {{3, kPlus}, {2, kMinus}, {10, kPlus}, {12, kMinus}, {15, kPlus}},
    {{4, kPlus}, {0, kMinus}, {3, kMinus}, {11, kMinus}, {13, kPlus}},
    {{1, kPlus}, {4, kMinus}, {5, kMinus}, {12, kMinus}, {14, kMinus}},
    {{2, kPlus}, {5, kMinus}, {6, kMinus}, {13, kPlus}, {15, kMinus}},
    {{0, kPlus}, {3, kMinus}, {6, kPlus}, {7, kMinus}, {14, kPlus}},
    {{8, kPlus}, {1, kMinus}, {4, kMinus}, {7, kMinus}, {15, kPlus}},
    {{8, kPlus}, {0, kMinus}, {2, kMinus}, {5, kMinus}, {9, kPlus}},
    {{1, kPlus}, {3, kPlus}, {6, kMinus}, {9, kMinus}, {10, kPlus}},
    {{2, kPlus}, {4, kPlus}, {7, kPlus}, {10, kPlus}, {11, kPlus}},
    {{3, kPlus}, {5, kMinus}, {8, kPlus}, {11, kMinus}, {12, kMinus}},
    {{12, kPlus}, {4, kMinus}, {6, kMinus}, {9, kMinus}, {13, kPlus}},
};

/// The functions s0 … s5 of the specification.
template <std::size_t kIndex, typename Words>
[[gnu::always_inline]] inline Words s(Words x) {
    if constexpr (kIndex == 0) return (x >> 1) ^ (x << 3) ^ rotate_each<4>(x) ^ rotate_each<37>(x);
    if constexpr (kIndex == 1) return (x >> 1) ^ (x << 2) ^ rotate_each<13>(x) ^ rotate_each<43>(x);
    if constexpr (kIndex == 2) return (x >> 2) ^ (x << 1) ^ rotate_each<19>(x) ^ rotate_each<53>(x);
    if constexpr (kIndex == 3) return (x >> 2) ^ (x << 2) ^ rotate_each<28>(x) ^ rotate_each<59>(x);
    if constexpr (kIndex == 4) return (x >> 1) ^ x;
    if constexpr (kIndex == 5) return (x >> 2) ^ x;
}

template <std::size_t i, typename Words>
[[gnu::always_inline]] inline Words linear(const Words (&x)[16]) {
    Words sum{};
    for (const Term& term : kTerms[i])
        sum = term.minus ? sum - x[term.word] : sum + x[term.word];
    return sum;
}

/// What message and chaining value add to word 16 + i of the quadruple pipe.
template <std::size_t i, typename Words>
[[gnu::always_inline]] inline Words added(const Words (&m)[16], const Words (&h)[16]) {
    constexpr std::uint64_t kConstant = (16 + i) * 0x0555555555555555;
    constexpr std::size_t kSecond = (i + 3) % 16;
    constexpr std::size_t kThird = (i + 10) % 16;
    return (rotate_each<i + 1>(m[i]) + rotate_each<kSecond + 1>(m[kSecond]) - rotate_each<kThird + 1>(m[kThird]) +
            kConstant) ^
           h[(i + 7) % 16];
}

template <std::size_t i, typename Words>
[[gnu::always_inline]] inline Words expand1(const Words* q) {
    const Words* const last = q + i;
    return s<1>(last[0]) + s<2>(last[1]) + s<3>(last[2]) + s<0>(last[3]) + s<1>(last[4]) + s<2>(last[5]) +
           s<3>(last[6]) + s<0>(last[7]) + s<1>(last[8]) + s<2>(last[9]) + s<3>(last[10]) + s<0>(last[11]) +
           s<1>(last[12]) + s<2>(last[13]) + s<3>(last[14]) + s<0>(last[15]);
}

/// `sums` are of every second of the fourteen words before, the even and the odd ones, kept from word to word.
template <std::size_t i, typename Words>
[[gnu::always_inline]] inline Words expand2(const Words* q, Words (&sums)[2]) {
    const Words* const last = q + i;
    const Words sum = sums[i % 2];
    sums[i % 2] += last[14] - last[0];
    return sum + rotate_each<5>(last[1]) + rotate_each<11>(last[3]) + rotate_each<27>(last[5]) +
           rotate_each<32>(last[7]) + rotate_each<37>(last[9]) + rotate_each<43>(last[11]) + rotate_each<53>(last[13]) +
           s<4>(last[14]) + s<5>(last[15]);
}

template <std::size_t i, typename Words>
[[gnu::always_inline]] inline Words expand(const Words* q, Words (&sums)[2], const Words (&m)[16],
                                           const Words (&h)[16]) {
    return (i < 2 ? expand1<i>(q) : expand2<i>(q, sums)) + added<i>(m, h);
}

/// f0 and f1: fills the quadruple pipe q[0 … 31].
template <typename Words, std::size_t... i>
[[gnu::always_inline]] inline void fill_pipe(Words (&q)[32], const Words (&m)[16], const Words (&h)[16],
                                             std::index_sequence<i...>) {
    Words x[16];
    ((x[i] = m[i] ^ h[i]), ...);
    ((q[i] = s<i % 5>(linear<i>(x)) + h[(i + 1) % 16]), ...);
    Words sums[2] = {q[2] + q[4] + q[6] + q[8] + q[10] + q[12] + q[14],
                     q[3] + q[5] + q[7] + q[9] + q[11] + q[13] + q[15]};
    ((q[16 + i] = expand<i>(q, sums, m, h)), ...);
}

template <typename Words>
void compress(Words (&h)[16], const Words (&m)[16]) {
    Words q[32];
    fill_pipe(q, m, h, std::make_index_sequence<16>());
    const Words low = q[16] ^ q[17] ^ q[18] ^ q[19] ^ q[20] ^ q[21] ^ q[22] ^ q[23];
    const Words high = low ^ q[24] ^ q[25] ^ q[26] ^ q[27] ^ q[28] ^ q[29] ^ q[30] ^ q[31];
    h[0] = ((high << 5) ^ (q[16] >> 5) ^ m[0]) + (low ^ q[24] ^ q[0]);
    h[1] = ((high >> 7) ^ (q[17] << 8) ^ m[1]) + (low ^ q[25] ^ q[1]);
    h[2] = ((high >> 5) ^ (q[18] << 5) ^ m[2]) + (low ^ q[26] ^ q[2]);
    h[3] = ((high >> 1) ^ (q[19] << 5) ^ m[3]) + (low ^ q[27] ^ q[3]);
    h[4] = ((high >> 3) ^ q[20] ^ m[4]) + (low ^ q[28] ^ q[4]);
    h[5] = ((high << 6) ^ (q[21] >> 6) ^ m[5]) + (low ^ q[29] ^ q[5]);
    h[6] = ((high >> 4) ^ (q[22] << 6) ^ m[6]) + (low ^ q[30] ^ q[6]);
    h[7] = ((high >> 11) ^ (q[23] << 2) ^ m[7]) + (low ^ q[31] ^ q[7]);
    h[8] = rotate_each<9>(h[4]) + (high ^ q[24] ^ m[8]) + ((low << 8) ^ q[23] ^ q[8]);
    h[9] = rotate_each<10>(h[5]) + (high ^ q[25] ^ m[9]) + ((low >> 6) ^ q[16] ^ q[9]);
    h[10] = rotate_each<11>(h[6]) + (high ^ q[26] ^ m[10]) + ((low << 6) ^ q[17] ^ q[10]);
    h[11] = rotate_each<12>(h[7]) + (high ^ q[27] ^ m[11]) + ((low << 4) ^ q[18] ^ q[11]);
    h[12] = rotate_each<13>(h[0]) + (high ^ q[28] ^ m[12]) + ((low >> 3) ^ q[19] ^ q[12]);
    h[13] = rotate_each<14>(h[1]) + (high ^ q[29] ^ m[13]) + ((low >> 4) ^ q[20] ^ q[13]);
    h[14] = rotate_each<15>(h[2]) + (high ^ q[30] ^ m[14]) + ((low >> 7) ^ q[21] ^ q[14]);
    h[15] = rotate_each<16>(h[3]) + (high ^ q[31] ^ m[15]) + ((low >> 2) ^ q[22] ^ q[15]);
}

template <typename Words>
[[gnu::always_inline]] inline void start(Words (&h)[16]) {
    for (std::size_t i = 0; i < 16; ++i)
        h[i] = Words{} + (0x8081828384858687 + i * 0x0808080808080808);
}

/// What the chain asks for: one block, of which the caller has filled the words of the digest.
template <typename Words>
[[gnu::always_inline]] inline void compress_digest(Words (&h)[16], Words (&m)[16]) {
    m[8] = Words{} + 0x80;
    for (std::size_t i = 9; i < 15; ++i)
        m[i] = Words{};
    m[15] = Words{} + 8 * sizeof(Digest512);
    compress(h, m);
}

/// The final compression, which takes the chaining value as its message. The digest is in the upper half of `result`.
template <typename Words>
[[gnu::always_inline]] inline void finish(Words (&result)[16], const Words (&h)[16]) {
    for (std::size_t i = 0; i < 16; ++i)
        result[i] = Words{} + (0xaaaaaaaaaaaaaaa0 + i);
    compress(result, h);
}

/// In place, of kLanes<Words> digests.
template <typename Words>
[[gnu::always_inline]] inline void hash_lanes(Digest512* digests) {
    Words h[16];
    start(h);
    Words m[16];
    for (std::size_t i = 0; i < kDigestWords; ++i)
        m[i] = load_little_lanes<Words>(digests, i);
    compress_digest(h, m);
    Words result[16];
    finish(result, h);
    for (std::size_t i = 0; i < kDigestWords; ++i)
        store_little_lanes(digests, i, result[8 + i]);
}

}  // namespace
}  // namespace dash::x11::bmw
