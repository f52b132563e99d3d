#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "dash/x11/aes_lanes.h"
#include "dash/x11/functions.h"
#include "dash/x11/shavite512.h"

/// SHAvite-3-512 by instructions for AES, of one message or of several side by side: see aes_lanes.h. Everything is of
/// internal linkage: each including file compiles it for its own instruction set.
namespace dash::x11::shavite {
namespace {

/// Four states of 128 bits: the chain value, or the data of the cipher.
template <typename Vector>
struct State {
    Vector word[4];
};

/// The eight subkeys of a round.
template <typename Vector>
struct RoundKeys {
    Vector key[8];
};

template <typename Vector>
[[gnu::always_inline]] inline State<Vector> first_chain() {
    State<Vector> chain;
    for (int i = 0; i < 4; ++i)
        chain.word[i] = aes::each<Vector>(aes::load(kInitial.data() + 4 * i));
    return chain;
}

/// Two AES chains side by side; the last round of each adds its result to the other half.
template <typename Vector>
[[gnu::always_inline]] inline void round(State<Vector>& s, const RoundKeys<Vector>& k) {
    Vector x = s.word[1] ^ k.key[0];
    Vector y = s.word[3] ^ k.key[4];
    for (int i = 1; i < 4; ++i) {
        x = aes::round(x, k.key[i]);
        y = aes::round(y, k.key[4 + i]);
    }
    const Vector sum0 = aes::round(x, s.word[0]);
    const Vector sum2 = aes::round(y, s.word[2]);
    s.word[0] = s.word[3];
    s.word[2] = s.word[1];
    s.word[1] = sum0;
    s.word[3] = sum2;
}

/// The next round's keys by AES rounds. `counter` is added to the key `at`, and by it to those after.
template <typename Vector>
[[gnu::always_inline]] inline void expand_nonlinear(RoundKeys<Vector>& k, int at, Vector counter) {
    Vector before = k.key[7];
    for (int i = 0; i < 8; ++i) {
        const Vector mixed = aes::round(aes::rotate_words(k.key[i]), Vector{});
        before = before ^ mixed;
        if (i == at) before = before ^ counter;
        k.key[i] = before;
    }
}

template <typename Vector>
[[gnu::always_inline]] inline void expand_nonlinear(RoundKeys<Vector>& k) {
    expand_nonlinear(k, -1, Vector{});
}

template <typename Vector>
[[gnu::always_inline]] inline void expand_linear(RoundKeys<Vector>& k) {
    Vector before2 = k.key[6];
    Vector before1 = k.key[7];
    for (int i = 0; i < 8; ++i) {
        k.key[i] = k.key[i] ^ aes::shift_in_word(before2, before1);
        before2 = before1;
        before1 = k.key[i];
    }
}

/// `k`: the block. The counter's upper 64 bits are always zero here.
template <typename Vector>
[[gnu::always_inline]] inline void compress(State<Vector>& chain, RoundKeys<Vector> k, std::uint64_t bits) {
    const auto low = static_cast<int>(bits);
    const auto high = static_cast<int>(bits >> 32);
    State<Vector> s = chain;
    round(s, k);
    expand_nonlinear(k, 0, aes::each<Vector>(_mm_setr_epi32(low, high, 0, -1)));
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k);
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k, 1, aes::each<Vector>(_mm_setr_epi32(0, 0, high, ~low)));
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k);
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k, 7, aes::each<Vector>(_mm_setr_epi32(0, 0, low, ~high)));
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k);
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k, 6, aes::each<Vector>(_mm_setr_epi32(high, low, 0, -1)));
    round(s, k);
    for (int i = 0; i < 4; ++i)
        chain.word[i] = chain.word[i] ^ s.word[i];
}

/// In place, of as many digests as the vectors hold: the one block of a message of 64 bytes.
template <typename Vector>
[[gnu::always_inline]] inline void hash_lanes(Digest512* digests) {
    RoundKeys<Vector> k;
    for (std::size_t i = 0; i < 4; ++i)
        k.key[i] = aes::load_lanes<Vector>(digests, i);
    k.key[4] = aes::each<Vector>(_mm_setr_epi32(0x80, 0, 0, 0));
    k.key[5] = Vector{};
    k.key[6] = aes::each<Vector>(_mm_setr_epi32(0, 0, 0, 512 << 16));
    k.key[7] = k.key[6];
    State<Vector> chain = first_chain<Vector>();
    compress(chain, k, 512);
    for (std::size_t i = 0; i < 4; ++i)
        aes::store_lanes(digests, i, chain.word[i]);
}

}  // namespace
}  // namespace dash::x11::shavite
