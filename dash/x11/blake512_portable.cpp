#include <algorithm>
#include <utility>

#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/words.h"

// BLAKE-512 of the final round of the SHA-3 competition (16 rounds): "SHA-3 proposal BLAKE", version 1.3.
namespace dash::x11::portable {
namespace {

constexpr std::size_t kBlockBytes = 128;
constexpr std::size_t kRounds = 16;
constexpr std::size_t kLengthBytes = 16;
constexpr std::size_t kHeaderBytes = 80;

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

using Words = std::uint64_t[16];
using Chain = std::uint64_t[8];

template <std::size_t kRound, std::size_t kStep>
[[gnu::always_inline]] inline void mix(const Words& m, std::uint64_t& a, std::uint64_t& b, std::uint64_t& c,
                                       std::uint64_t& d) {
    constexpr std::size_t kFirst = kSigma[kRound % 10][2 * kStep];
    constexpr std::size_t kSecond = kSigma[kRound % 10][2 * kStep + 1];
    a += (m[kFirst] ^ kConstants[kSecond]);
    a += b;
    d = rotate_left<32>(d ^ a);
    c += d;
    b = rotate_left<39>(b ^ c);
    a += (m[kSecond] ^ kConstants[kFirst]);
    a += b;
    d = rotate_left<48>(d ^ a);
    c += d;
    b = rotate_left<53>(b ^ c);
}

template <std::size_t kRound>
[[gnu::always_inline]] inline void round(Words& v, const Words& m) {
    mix<kRound, 0>(m, v[0], v[4], v[8], v[12]);
    mix<kRound, 1>(m, v[1], v[5], v[9], v[13]);
    mix<kRound, 2>(m, v[2], v[6], v[10], v[14]);
    mix<kRound, 3>(m, v[3], v[7], v[11], v[15]);
    mix<kRound, 4>(m, v[0], v[5], v[10], v[15]);
    mix<kRound, 5>(m, v[1], v[6], v[11], v[12]);
    mix<kRound, 6>(m, v[2], v[7], v[8], v[13]);
    mix<kRound, 7>(m, v[3], v[4], v[9], v[14]);
}

template <std::size_t... kRound>
[[gnu::always_inline]] inline void rounds(Words& v, const Words& m, std::index_sequence<kRound...>) {
    (round<kRound>(v, m), ...);
}

/// `bits` is the number of message bits up to the end of this block, 0 for a block of nothing but padding.
void compress(Chain& h, const Words& m, std::uint64_t bits) {
    Words v;
    std::copy_n(h, 8, v);
    std::copy_n(kConstants, 8, v + 8);
    v[12] ^= bits;
    v[13] ^= bits;
    rounds(v, m, std::make_index_sequence<kRounds>());
    for (std::size_t i = 0; i < 8; ++i)
        h[i] ^= v[i] ^ v[i + 8];
}

template <std::size_t kWords>
void load(Words& m, const std::uint8_t* bytes) {
    for (std::size_t i = 0; i < kWords; ++i)
        m[i] = load_big<std::uint64_t>(bytes + 8 * i);
}

void compress(Chain& h, const std::uint8_t* block, std::uint64_t bits) {
    Words m;
    load<16>(m, block);
    compress(h, m, bits);
}

/// What the chain asks for: one block, whose padding is known.
void absorb_header(Chain& h, const std::uint8_t* header) {
    Words m = {};
    load<kHeaderBytes / 8>(m, header);
    m[kHeaderBytes / 8] = 0x8000000000000000;
    m[13] = 1;
    m[15] = kHeaderBytes * 8;
    compress(h, m, kHeaderBytes * 8);
}

void absorb(Chain& h, ByteSpan input) {
    const std::size_t whole = input.size() - input.size() % kBlockBytes;
    for (std::size_t i = 0; i < whole; i += kBlockBytes)
        compress(h, input.data() + i, (i + kBlockBytes) * 8);

    const std::uint64_t bits = std::uint64_t{input.size()} * 8;
    PaddedTail<kBlockBytes, kLengthBytes> tail(input);
    tail.trailer()[-1] |= 0x01;
    store_big(tail.trailer() + 8, bits);
    compress(h, tail.bytes, tail.message_bytes > 0 ? bits : 0);
    if (tail.size > kBlockBytes) compress(h, tail.last_block(), 0);
}

}  // namespace

Digest512 blake512(ByteSpan input) {
    Chain h;
    std::copy_n(kInitial, 8, h);
    if (input.size() == kHeaderBytes) {
        absorb_header(h, input.data());
    } else {
        absorb(h, input);
    }
    Digest512 out;
    for (std::size_t i = 0; i < 8; ++i)
        store_big(out.data() + 8 * i, h[i]);
    return out;
}

}  // namespace dash::x11::portable
