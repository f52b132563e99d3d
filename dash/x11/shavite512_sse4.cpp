#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/shavite512.h"

namespace dash::x11::sse4 {
namespace {

/// Four states of 128 bits: the chain value, or the data of the cipher.
struct State {
    __m128i word[4];
};

/// The eight subkeys of a round.
struct RoundKeys {
    __m128i key[8];
};

[[gnu::always_inline]] inline __m128i load(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// Two AES chains side by side; the last round of each adds its result to the other half.
[[gnu::always_inline]] inline void round(State& s, const RoundKeys& k) {
    __m128i x = _mm_xor_si128(s.word[1], k.key[0]);
    __m128i y = _mm_xor_si128(s.word[3], k.key[4]);
    for (int i = 1; i < 4; ++i) {
        x = _mm_aesenc_si128(x, k.key[i]);
        y = _mm_aesenc_si128(y, k.key[4 + i]);
    }
    const __m128i sum0 = _mm_aesenc_si128(x, s.word[0]);
    const __m128i sum2 = _mm_aesenc_si128(y, s.word[2]);
    s.word[0] = s.word[3];
    s.word[2] = s.word[1];
    s.word[1] = sum0;
    s.word[3] = sum2;
}

/// The next round's keys by AES rounds. `counter` is added to the key `at`, and by it to those after.
[[gnu::always_inline]] inline void expand_nonlinear(RoundKeys& k, int at, __m128i counter) {
    __m128i before = k.key[7];
    for (int i = 0; i < 8; ++i) {
        const __m128i mixed = _mm_aesenc_si128(_mm_shuffle_epi32(k.key[i], 0x39), _mm_setzero_si128());
        before = _mm_xor_si128(before, mixed);
        if (i == at) before = _mm_xor_si128(before, counter);
        k.key[i] = before;
    }
}

[[gnu::always_inline]] inline void expand_nonlinear(RoundKeys& k) {
    expand_nonlinear(k, -1, _mm_setzero_si128());
}

[[gnu::always_inline]] inline void expand_linear(RoundKeys& k) {
    __m128i before2 = k.key[6];
    __m128i before1 = k.key[7];
    for (int i = 0; i < 8; ++i) {
        k.key[i] = _mm_xor_si128(k.key[i], _mm_alignr_epi8(before1, before2, 4));
        before2 = before1;
        before1 = k.key[i];
    }
}

/// `k`: the block. The counter's upper 64 bits are always zero here.
[[gnu::always_inline]] inline void compress(State& chain, RoundKeys k, std::uint64_t bits) {
    const auto low = static_cast<int>(bits);
    const auto high = static_cast<int>(bits >> 32);
    State s = chain;
    round(s, k);
    expand_nonlinear(k, 0, _mm_setr_epi32(low, high, 0, -1));
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k);
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k, 1, _mm_setr_epi32(0, 0, high, ~low));
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k);
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k, 7, _mm_setr_epi32(0, 0, low, ~high));
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k);
    round(s, k);
    expand_linear(k);
    round(s, k);
    expand_nonlinear(k, 6, _mm_setr_epi32(high, low, 0, -1));
    round(s, k);
    for (int i = 0; i < 4; ++i)
        chain.word[i] = _mm_xor_si128(chain.word[i], s.word[i]);
}

void compress(State& chain, const std::uint8_t* block, std::uint64_t bits) {
    RoundKeys k;
    for (int i = 0; i < 8; ++i)
        k.key[i] = load(block + 16 * i);
    compress(chain, k, bits);
}

/// The one block of a message of 64 bytes.
void compress_64(State& chain, const std::uint8_t* message) {
    RoundKeys k;
    for (int i = 0; i < 4; ++i)
        k.key[i] = load(message + 16 * i);
    k.key[4] = _mm_setr_epi32(0x80, 0, 0, 0);
    k.key[5] = _mm_setzero_si128();
    k.key[6] = _mm_setr_epi32(0, 0, 0, 512 << 16);
    k.key[7] = _mm_setr_epi32(0, 0, 0, 512 << 16);
    compress(chain, k, 512);
}

}  // namespace

Digest512 shavite512(ByteSpan input) {
    State chain;
    for (int i = 0; i < 4; ++i)
        chain.word[i] = load(shavite::kInitial.data() + 4 * i);
    if (input.size() == 64) {
        compress_64(chain, input.data());
    } else {
        absorb_counting(input, shavite::fill_trailer,
                        [&chain](const std::uint8_t* block, std::uint64_t bits) { compress(chain, block, bits); });
    }
    Digest512 digest;
    for (int i = 0; i < 4; ++i)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(digest.data() + 16 * i), chain.word[i]);
    return digest;
}

}  // namespace dash::x11::sse4
