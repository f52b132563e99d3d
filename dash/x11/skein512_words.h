#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "dash/x11/lanes.h"
#include "dash/x11/vectors.h"

/// Skein-512-512: "The Skein Hash Function Family", version 1.3. `Words` is std::uint64_t, or a vector of it for
/// messages side by side. Everything is of internal linkage: each including file compiles it for its own instruction
/// set.
namespace dash::x11::skein {
namespace {

constexpr std::size_t kBlockBytes = 64;

constexpr std::uint64_t kKeyParity = 0x1bd11bdaa9fc1a22;

// How far each MIX of a round rotates, by round mod 8.
constexpr int kRotations[8][4] = {{46, 36, 19, 37}, {33, 27, 14, 42}, {17, 49, 36, 39}, {44, 9, 54, 56},
                                  {39, 30, 34, 24}, {13, 50, 10, 17}, {25, 29, 39, 43}, {8, 35, 56, 22}};

// The second half of a tweak: what a block is, and whether it is the first or last of its kind.
enum Tweak : std::uint64_t {
    kConfig = std::uint64_t{4} << 56,
    kMessage = std::uint64_t{48} << 56,
    kOutput = std::uint64_t{63} << 56,
    kFirst = std::uint64_t{1} << 62,
    kLast = std::uint64_t{1} << 63,
};

template <typename Words>
struct Key {
    Words words[9];
    std::uint64_t tweak[3];
};

template <std::size_t kInjection, typename Words>
[[gnu::always_inline]] constexpr void add_key(Words (&v)[8], const Key<Words>& key) {
    for (std::size_t i = 0; i < 8; ++i)
        v[i] += key.words[(kInjection + i) % 9];
    v[5] += key.tweak[kInjection % 3];
    v[6] += key.tweak[(kInjection + 1) % 3];
    v[7] += kInjection;
}

/// One MIX of words a and b. The word permutation is in the choice of the words: it is the identity again after four
/// rounds.
template <std::size_t kRound, std::size_t kMix, typename Words>
[[gnu::always_inline]] constexpr void mix(Words& a, Words& b) {
    a += b;
    b = rotate_each<kRotations[kRound][kMix]>(b) ^ a;
}

template <std::size_t kFirstRound, typename Words>
[[gnu::always_inline]] constexpr void four_rounds(Words (&v)[8]) {
    mix<kFirstRound, 0>(v[0], v[1]);
    mix<kFirstRound, 1>(v[2], v[3]);
    mix<kFirstRound, 2>(v[4], v[5]);
    mix<kFirstRound, 3>(v[6], v[7]);
    mix<kFirstRound + 1, 0>(v[2], v[1]);
    mix<kFirstRound + 1, 1>(v[4], v[7]);
    mix<kFirstRound + 1, 2>(v[6], v[5]);
    mix<kFirstRound + 1, 3>(v[0], v[3]);
    mix<kFirstRound + 2, 0>(v[4], v[1]);
    mix<kFirstRound + 2, 1>(v[6], v[3]);
    mix<kFirstRound + 2, 2>(v[0], v[5]);
    mix<kFirstRound + 2, 3>(v[2], v[7]);
    mix<kFirstRound + 3, 0>(v[6], v[1]);
    mix<kFirstRound + 3, 1>(v[0], v[7]);
    mix<kFirstRound + 3, 2>(v[2], v[5]);
    mix<kFirstRound + 3, 3>(v[4], v[3]);
}

template <typename Words, std::size_t... i>
[[gnu::always_inline]] constexpr void rounds(Words (&v)[8], const Key<Words>& key, std::index_sequence<i...>) {
    ((add_key<2 * i>(v, key), four_rounds<0>(v), add_key<2 * i + 1>(v, key), four_rounds<4>(v)), ...);
    add_key<2 * sizeof...(i)>(v, key);
}

/// One step of the chaining mode UBI: h becomes Threefish-512 under the key h of the block, xor the block.
template <typename Words>
constexpr void compress(Words (&h)[8], const Words (&block)[8], std::uint64_t position, std::uint64_t flags) {
    Key<Words> key{{}, {position, flags, position ^ flags}};
    key.words[8] = Words{} + kKeyParity;
    for (std::size_t i = 0; i < 8; ++i) {
        key.words[i] = h[i];
        key.words[8] ^= h[i];
    }
    Words v[8]{};
    for (std::size_t i = 0; i < 8; ++i)
        v[i] = block[i];
    rounds(v, key, std::make_index_sequence<9>());
    for (std::size_t i = 0; i < 8; ++i)
        h[i] = v[i] ^ block[i];
}

struct Chain {
    std::uint64_t h[8];
};

/// The chaining value after the configuration block: schema "SHA3", version 1, 512 bits of output.
constexpr Chain kInitial = [] {
    Chain chain{};
    constexpr std::uint64_t kConfiguration[8] = {0x0000000133414853, 512};
    compress(chain.h, kConfiguration, 32, kConfig | kFirst | kLast);
    return chain;
}();

/// Makes the digest of the chaining value after the message.
template <typename Words>
[[gnu::always_inline]] inline void finish(Words (&h)[8]) {
    const Words kCounter[8] = {};
    compress(h, kCounter, 8, kOutput | kFirst | kLast);
}

/// In place, of kLanes<Words> digests.
template <typename Words>
[[gnu::always_inline]] inline void hash_lanes(Digest512* digests) {
    static_assert(sizeof(Digest512) == kBlockBytes);
    Words h[8];
    Words block[8];
    for (std::size_t i = 0; i < 8; ++i) {
        h[i] = Words{} + kInitial.h[i];
        block[i] = load_little_lanes<Words>(digests, i);
    }
    compress(h, block, kBlockBytes, kMessage | kFirst | kLast);
    finish(h);
    for (std::size_t i = 0; i < 8; ++i)
        store_little_lanes(digests, i, h[i]);
}

}  // namespace
}  // namespace dash::x11::skein
