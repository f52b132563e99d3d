#pragma once

#include <array>
#include <cstring>

#include "dash/x11/functions.h"
#include "dash/x11/lanes.h"
#include "dash/x11/vectors.h"
#include "dash/x11/words.h"

/// Keccak[1024] with 512 bits of output as submitted to the SHA-3 competition: the padding is 1 0* 1 alone, without the
/// two bits that the standard SHA3-512 puts before it. `Words` is std::uint64_t, or a vector of it for messages side by
/// side. Everything is of internal linkage: each including file compiles it for its own instruction set.
namespace dash::x11 {
namespace {

constexpr std::size_t kBlockBytes = 72;
constexpr std::size_t kDigestBytes = 64;
constexpr std::size_t kRounds = 24;

/// The bits of the round constants are those of a shift register modulo x^8 + x^6 + x^5 + x^4 + 1.
constexpr std::array<std::uint64_t, kRounds> kConstants = [] {
    std::array<std::uint64_t, kRounds> result{};
    unsigned state = 1;
    for (std::uint64_t& constant : result) {
        for (int j = 0; j <= 6; ++j) {
            if (state & 1) constant |= std::uint64_t{1} << ((1 << j) - 1);
            state <<= 1;
            if (state & 0x100) state ^= 0x171;
        }
    }
    return result;
}();

/// How far the step rho rotates the word at x + 5 y.
constexpr std::array<int, 25> kRotations = [] {
    std::array<int, 25> result{};
    std::size_t x = 1;
    std::size_t y = 0;
    for (int t = 0; t < 24; ++t) {
        result[x + 5 * y] = (t + 1) * (t + 2) / 2 % 64;
        const std::size_t next_y = (2 * x + 3 * y) % 5;
        x = y;
        y = next_y;
    }
    return result;
}();

/// Of the word at (x, y) after the step pi: where it was before.
constexpr std::size_t source(std::size_t x, std::size_t y) {
    return (x + 3 * y) % 5 + 5 * x;
}

constexpr auto kXor = [](auto a, auto b, auto c) { return (a ^ b) ^ c; };
constexpr auto kXorNotAnd = [](auto a, auto b, auto c) { return a ^ (~b & c); };

/// Steps theta, rho and pi for one word.
template <std::size_t x, std::size_t y, typename Words>
[[gnu::always_inline]] inline Words moved(const Words (&a)[25], const Words (&parity)[5]) {
    constexpr std::size_t kSource = source(x, y);
    return rotate_each<kRotations[kSource]>(a[kSource] ^ parity[kSource % 5]);
}

/// Row y of the state after a round, but for the constant.
template <std::size_t y, typename Words>
[[gnu::always_inline]] inline void row(Words (&to)[25], const Words (&a)[25], const Words (&parity)[5]) {
    const Words b[5] = {moved<0, y>(a, parity), moved<1, y>(a, parity), moved<2, y>(a, parity), moved<3, y>(a, parity),
                        moved<4, y>(a, parity)};
    for (std::size_t x = 0; x < 5; ++x)
        to[5 * y + x] = logic(kXorNotAnd, b[x], b[(x + 1) % 5], b[(x + 2) % 5]);
}

template <typename Words>
[[gnu::always_inline]] inline void round(Words (&to)[25], const Words (&a)[25], std::uint64_t constant) {
    Words columns[5];
    for (std::size_t x = 0; x < 5; ++x)
        columns[x] = logic(kXor, logic(kXor, a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
    Words parity[5];
    for (std::size_t x = 0; x < 5; ++x)
        parity[x] = columns[(x + 4) % 5] ^ rotate_each<1>(columns[(x + 1) % 5]);
    row<0>(to, a, parity);
    row<1>(to, a, parity);
    row<2>(to, a, parity);
    row<3>(to, a, parity);
    row<4>(to, a, parity);
    to[0] ^= constant;
}

template <typename Words>
void absorb(Words (&state)[25], const Words (&block)[kBlockBytes / 8]) {
    Words a[25];
    std::memcpy(a, state, sizeof a);
    for (std::size_t i = 0; i < kBlockBytes / 8; ++i)
        a[i] ^= block[i];
    for (std::size_t i = 0; i < kRounds; i += 2) {
        Words b[25];
        round(b, a, kConstants[i]);
        round(a, b, kConstants[i + 1]);
    }
    std::memcpy(state, a, sizeof a);
}

/// What the chain asks for: a message a word shorter than the block, whose words the caller has filled. In the last one
/// are both ends of the padding.
template <typename Words>
[[gnu::always_inline]] inline void absorb_digest(Words (&state)[25], Words (&block)[kBlockBytes / 8]) {
    block[kDigestBytes / 8] = Words{} + 0x8000000000000001;
    absorb(state, block);
}

/// In place, of kLanes<Words> digests.
template <typename Words>
[[gnu::always_inline]] inline void hash_lanes(Digest512* digests) {
    Words block[kBlockBytes / 8];
    for (std::size_t i = 0; i < kDigestBytes / 8; ++i)
        block[i] = load_little_lanes<Words>(digests, i);
    Words state[25] = {};
    absorb_digest(state, block);
    for (std::size_t i = 0; i < kDigestBytes / 8; ++i)
        store_little_lanes(digests, i, state[i]);
}

using State = std::uint64_t[25];
using Block = std::uint64_t[kBlockBytes / 8];

void absorb_bytes(State& state, const std::uint8_t* bytes) {
    Block block;
    for (std::size_t i = 0; i < kBlockBytes / 8; ++i)
        block[i] = load_little<std::uint64_t>(bytes + 8 * i);
    absorb(state, block);
}

void absorb_all(State& state, ByteSpan input) {
    const std::size_t rest = input.size() % kBlockBytes;
    const std::size_t whole = input.size() - rest;
    for (std::size_t i = 0; i < whole; i += kBlockBytes)
        absorb_bytes(state, input.data() + i);

    std::uint8_t last[kBlockBytes] = {};
    if (rest > 0) std::memcpy(last, input.data() + whole, rest);
    last[rest] = 0x01;
    last[kBlockBytes - 1] |= 0x80;
    absorb_bytes(state, last);
}

Digest512 keccak512_words(ByteSpan input) {
    State state = {};
    if (input.size() == kDigestBytes) {
        Block block;
        for (std::size_t i = 0; i < kDigestBytes / 8; ++i)
            block[i] = load_little<std::uint64_t>(input.data() + 8 * i);
        absorb_digest(state, block);
    } else {
        absorb_all(state, input);
    }
    Digest512 out;
    for (std::size_t i = 0; i < kDigestBytes / 8; ++i)
        store_little(out.data() + 8 * i, state[i]);
    return out;
}

}  // namespace
}  // namespace dash::x11
