#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "dash/x11/lanes.h"
#include "dash/x11/vectors.h"

/// BLAKE-512 of the final round of the SHA-3 competition (16 rounds): "SHA-3 proposal BLAKE", version 1.3. `Words` is
/// std::uint64_t, or a vector of it for messages side by side. Everything is of internal linkage: each including file
/// compiles it for its own instruction set.
namespace dash::x11::blake {
namespace {

constexpr std::size_t kRounds = 16;
constexpr std::size_t kHeaderWords = sizeof(HeaderBytes) / 8;

// The initial value is that of SHA-512.
constexpr std::uint64_t kInitial[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                       0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

// The first digits of pi after the point.
constexpr std::uint64_t kConstants[16] = {
    0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89,
    0x452821e638d01377, 0xbe5466cf34e90c6c, 0xc0ac29b7c97c50dd, 0x3f84d5b5b5470917,
    0x9216d5d98979fb1b, 0xd1310ba698dfb5ac, 0x2ffd72dbd01adfb7, 0xb8e1afed6a267e96,
    0xba7c9045f12c7f99, 0x24a19947b3916cf7, 0x0801f2e2858efc16, 0x636920d871574e69};

constexpr std::uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

template <std::size_t kRound, std::size_t kStep, typename Words>
[[gnu::always_inline]] inline void mix(const Words (&m)[16], Words& a, Words& b, Words& c, Words& d) {
    constexpr std::size_t kFirst = kSigma[kRound % 10][2 * kStep];
    constexpr std::size_t kSecond = kSigma[kRound % 10][2 * kStep + 1];
    a += (m[kFirst] ^ kConstants[kSecond]);
    a += b;
    d = rotate_each<32>(d ^ a);
    c += d;
    b = rotate_each<39>(b ^ c);
    a += (m[kSecond] ^ kConstants[kFirst]);
    a += b;
    d = rotate_each<48>(d ^ a);
    c += d;
    b = rotate_each<53>(b ^ c);
}

template <std::size_t kRound, typename Words>
[[gnu::always_inline]] inline void round(Words (&v)[16], const Words (&m)[16]) {
    mix<kRound, 0>(m, v[0], v[4], v[8], v[12]);
    mix<kRound, 1>(m, v[1], v[5], v[9], v[13]);
    mix<kRound, 2>(m, v[2], v[6], v[10], v[14]);
    mix<kRound, 3>(m, v[3], v[7], v[11], v[15]);
    mix<kRound, 4>(m, v[0], v[5], v[10], v[15]);
    mix<kRound, 5>(m, v[1], v[6], v[11], v[12]);
    mix<kRound, 6>(m, v[2], v[7], v[8], v[13]);
    mix<kRound, 7>(m, v[3], v[4], v[9], v[14]);
}

template <typename Words, std::size_t... kRound>
[[gnu::always_inline]] inline void rounds(Words (&v)[16], const Words (&m)[16], std::index_sequence<kRound...>) {
    (round<kRound>(v, m), ...);
}

template <typename Words>
[[gnu::always_inline]] inline void start(Words (&h)[8]) {
    for (std::size_t i = 0; i < 8; ++i)
        h[i] = Words{} + kInitial[i];
}

/// `bits` is the number of message bits up to the end of this block, 0 for a block of nothing but padding.
template <typename Words>
void compress(Words (&h)[8], const Words (&m)[16], std::uint64_t bits) {
    Words v[16];
    for (std::size_t i = 0; i < 8; ++i) {
        v[i] = h[i];
        v[8 + i] = Words{} + kConstants[i];
    }
    v[12] ^= bits;
    v[13] ^= bits;
    rounds(v, m, std::make_index_sequence<kRounds>());
    for (std::size_t i = 0; i < 8; ++i)
        h[i] ^= v[i] ^ v[i + 8];
}

/// What the chain asks for: one block, of which the caller has filled the words of the header.
template <typename Words>
[[gnu::always_inline]] inline void compress_header(Words (&h)[8], Words (&m)[16]) {
    constexpr std::uint64_t kBits = 8 * sizeof(HeaderBytes);
    m[10] = Words{} + 0x8000000000000000;
    m[11] = m[12] = m[14] = Words{};
    m[13] = Words{} + 1;
    m[15] = Words{} + kBits;
    compress(h, m, kBits);
}

/// Of kLanes<Words> headers.
template <typename Words>
[[gnu::always_inline]] inline void hash_lanes(const HeaderBytes* headers, Digest512* digests) {
    Words h[8];
    start(h);
    Words m[16];
    for (std::size_t i = 0; i < kHeaderWords; ++i)
        m[i] = load_big_lanes<Words>(headers, i);
    compress_header(h, m);
    for (std::size_t i = 0; i < 8; ++i)
        store_big_lanes(digests, i, h[i]);
}

}  // namespace
}  // namespace dash::x11::blake
