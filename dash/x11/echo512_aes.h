#pragma once

#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/x11/aes.h"
#include "dash/x11/aes_lanes.h"
#include "dash/x11/echo512.h"
#include "dash/x11/functions.h"

/// ECHO-512 by instructions for AES, of one message or of several side by side: see aes_lanes.h. Everything is of
/// internal linkage: each including file compiles it for its own instruction set.
namespace dash::x11::echo {
namespace {

template <typename Vector>
struct Chain {
    Vector word[8];
};

/// The 4 x 4 matrix of AES states by columns: word 4 c + r is row r of column c.
template <typename Vector>
struct State {
    Vector word[16];
};

template <typename Vector>
[[gnu::always_inline]] inline Chain<Vector> first_chain() {
    Chain<Vector> chain;
    for (auto& word : chain.word)
        word = aes::each<Vector>(_mm_set_epi64x(0, kInitial));
    return chain;
}

/// 2 x + 0x1b in each byte, by one shuffle: it yields 0x1b where the top bit is clear and 0 where it is set. So each
/// round's output carries 0x1b in every byte, and substitute() takes that back with its second key: MixColumns' rows
/// each sum to 1, so a constant passes them unchanged.
template <typename Vector>
[[gnu::always_inline]] inline Vector double_bytes_and_add_1b(Vector x) {
    return aes::add_bytes(x, x) ^ aes::shuffle_bytes(aes::each<Vector>(_mm_set1_epi8(0x1b)), x);
}

/// BIG.SubWords: two AES rounds a word, the first with the counter as key, the second with the salt, which is zero.
template <typename Vector>
[[gnu::always_inline]] inline Vector substitute(Vector word, Vector counter) {
    return aes::round(aes::round(word, counter), aes::each<Vector>(_mm_set1_epi8(0x1b)));
}

template <typename Vector>
[[gnu::always_inline]] inline void substitute(State<Vector>& s, Vector& counter) {
    for (auto& word : s.word) {
        word = substitute(word, counter);
        counter += aes::each<Vector>(_mm_set_epi64x(0, 1));
    }
}

/// AES's MixColumns on words in place of bytes.
template <typename Vector>
[[gnu::always_inline]] inline void mix_column(Vector& a, Vector& b, Vector& c, Vector& d) {
    const Vector ab = a ^ b;
    const Vector bc = b ^ c;
    const Vector cd = c ^ d;
    const Vector ab2 = double_bytes_and_add_1b(ab);
    const Vector bc2 = double_bytes_and_add_1b(bc);
    const Vector cd2 = double_bytes_and_add_1b(cd);
    const Vector da2 = ab2 ^ bc2 ^ cd2;
    const Vector new_a = ab2 ^ b ^ cd;
    const Vector new_b = bc2 ^ a ^ cd;
    const Vector new_c = cd2 ^ ab ^ d;
    d = da2 ^ ab ^ c;
    a = new_a;
    b = new_b;
    c = new_c;
}

/// BIG.ShiftRows and BIG.MixColumns.
template <typename Vector>
[[gnu::always_inline]] inline void shift_and_mix(State<Vector>& s) {
    const State<Vector> before = s;
    for (int c = 0; c < 4; ++c) {
        for (int r = 0; r < 4; ++r)
            s.word[4 * c + r] = before.word[4 * ((c + r) % 4) + r];
        mix_column(s.word[4 * c], s.word[4 * c + 1], s.word[4 * c + 2], s.word[4 * c + 3]);
    }
}

template <typename Vector>
[[gnu::always_inline]] inline void feed_forward(Chain<Vector>& chain, const Vector (&block)[8],
                                                const State<Vector>& end) {
    for (int i = 0; i < 8; ++i) {
        const Vector sum = chain.word[i] ^ block[i];
        chain.word[i] = sum ^ end.word[i] ^ end.word[8 + i];
    }
}

template <typename Vector>
[[gnu::always_inline]] inline void rounds(State<Vector>& state, int count, std::uint64_t first_counter) {
    Vector counter = aes::each<Vector>(_mm_set_epi64x(0, static_cast<long long>(first_counter)));
    for (int round = 0; round < count; ++round) {
        substitute(state, counter);
        shift_and_mix(state);
    }
}

/// The padding of a message of 64 bytes: the second half of its only block.
constexpr std::array<AesState, 4> kPaddingOf64 = {{{0x80}, {}, {0, 0, 0, 512 << 16}, {512}}};

/// All that differs in the first SubWords of messages of 64 bytes are their own words, 8 to 11: the others come from
/// here.
alignas(16) constexpr std::array<AesState, 16> kFirstSubstituted = [] {
    std::array<AesState, 16> words{};
    for (std::uint32_t i = 0; i < 16; ++i) {
        const AesState word = i < 8 ? AesState{kInitial} : i < 12 ? AesState{} : kPaddingOf64[i - 12];
        AesState once = aes_round(word);
        once[0] ^= 512 + i;
        words[i] = aes_round(once);
        for (auto& column : words[i])
            column ^= 0x1b1b1b1b;
    }
    return words;
}();

/// In place, of as many digests as the vectors hold: the one block of a message of 64 bytes.
template <typename Vector>
[[gnu::always_inline]] inline void hash_lanes(Digest512* digests) {
    Vector words[8];
    State<Vector> state;
    for (std::size_t i = 0; i < 16; ++i)
        state.word[i] = aes::each<Vector>(aes::load(kFirstSubstituted[i].data()));
    for (std::size_t i = 0; i < 4; ++i) {
        words[i] = aes::load_lanes<Vector>(digests, i);
        words[4 + i] = aes::each<Vector>(aes::load(kPaddingOf64[i].data()));
        state.word[8 + i] =
            substitute(words[i], aes::each<Vector>(_mm_set_epi64x(0, static_cast<long long>(512 + 8 + i))));
    }
    shift_and_mix(state);
    rounds(state, kRounds - 1, 512 + 16);
    Chain<Vector> chain = first_chain<Vector>();
    feed_forward(chain, words, state);
    for (std::size_t i = 0; i < 4; ++i)
        aes::store_lanes(digests, i, chain.word[i]);
}

}  // namespace
}  // namespace dash::x11::echo
