#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/x11/aes.h"
#include "dash/x11/echo512.h"
#include "dash/x11/functions.h"
#include "dash/x11/padding.h"

namespace dash::x11::sse4 {
namespace {

using echo::kRounds;

struct Chain {
    __m128i word[8];
};

/// The 4 x 4 matrix of AES states by columns: word 4 c + r is row r of column c.
struct State {
    __m128i word[16];
};

[[gnu::always_inline]] inline __m128i load(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// 2 x + 0x1b in each byte, by one shuffle: it yields 0x1b where the top bit is clear and 0 where it is set. So each
/// round's output carries 0x1b in every byte, and substitute() takes that back with its second key: MixColumns' rows
/// each sum to 1, so a constant passes them unchanged.
[[gnu::always_inline]] inline __m128i double_bytes_and_add_1b(__m128i x) {
    return _mm_xor_si128(_mm_add_epi8(x, x), _mm_shuffle_epi8(_mm_set1_epi8(0x1b), x));
}

/// BIG.SubWords: two AES rounds a word, the first with the counter as key, the second with the salt, which is zero.
[[gnu::always_inline]] inline __m128i substitute(__m128i word, __m128i counter) {
    return _mm_aesenc_si128(_mm_aesenc_si128(word, counter), _mm_set1_epi8(0x1b));
}

[[gnu::always_inline]] inline void substitute(State& s, __m128i& counter) {
    for (auto& word : s.word) {
        word = substitute(word, counter);
        counter = _mm_add_epi64(counter, _mm_set_epi64x(0, 1));
    }
}

/// AES's MixColumns on words in place of bytes.
[[gnu::always_inline]] inline void mix_column(__m128i& a, __m128i& b, __m128i& c, __m128i& d) {
    const __m128i ab = _mm_xor_si128(a, b);
    const __m128i bc = _mm_xor_si128(b, c);
    const __m128i cd = _mm_xor_si128(c, d);
    const __m128i ab2 = double_bytes_and_add_1b(ab);
    const __m128i bc2 = double_bytes_and_add_1b(bc);
    const __m128i cd2 = double_bytes_and_add_1b(cd);
    const __m128i da2 = _mm_xor_si128(_mm_xor_si128(ab2, bc2), cd2);
    const __m128i new_a = _mm_xor_si128(_mm_xor_si128(ab2, b), cd);
    const __m128i new_b = _mm_xor_si128(_mm_xor_si128(bc2, a), cd);
    const __m128i new_c = _mm_xor_si128(_mm_xor_si128(cd2, ab), d);
    d = _mm_xor_si128(_mm_xor_si128(da2, ab), c);
    a = new_a;
    b = new_b;
    c = new_c;
}

/// BIG.ShiftRows and BIG.MixColumns.
[[gnu::always_inline]] inline void shift_and_mix(State& s) {
    const State before = s;
    for (int c = 0; c < 4; ++c) {
        for (int r = 0; r < 4; ++r)
            s.word[4 * c + r] = before.word[4 * ((c + r) % 4) + r];
        mix_column(s.word[4 * c], s.word[4 * c + 1], s.word[4 * c + 2], s.word[4 * c + 3]);
    }
}

[[gnu::always_inline]] inline void feed_forward(Chain& chain, const __m128i (&block)[8], const State& end) {
    for (int i = 0; i < 8; ++i) {
        const __m128i sum = _mm_xor_si128(chain.word[i], block[i]);
        chain.word[i] = _mm_xor_si128(sum, _mm_xor_si128(end.word[i], end.word[8 + i]));
    }
}

[[gnu::always_inline]] inline void rounds(State& state, int count, std::uint64_t first_counter) {
    __m128i counter = _mm_set_epi64x(0, static_cast<long long>(first_counter));
    for (int round = 0; round < count; ++round) {
        substitute(state, counter);
        shift_and_mix(state);
    }
}

void compress(Chain& chain, const std::uint8_t* block, std::uint64_t bits) {
    __m128i words[8];
    State state;
    for (int i = 0; i < 8; ++i) {
        words[i] = load(block + 16 * i);
        state.word[i] = chain.word[i];
        state.word[8 + i] = words[i];
    }
    rounds(state, kRounds, bits);
    feed_forward(chain, words, state);
}

/// The padding of a message of 64 bytes: the second half of its only block.
constexpr std::array<AesState, 4> kPaddingOf64 = {{{0x80}, {}, {0, 0, 0, 512 << 16}, {512}}};

/// All that differs in the first SubWords of messages of 64 bytes are their own words, 8 to 11: the others come from
/// here.
alignas(16) constexpr std::array<AesState, 16> kFirstSubstituted = [] {
    std::array<AesState, 16> words{};
    for (std::uint32_t i = 0; i < 16; ++i) {
        const AesState word = i < 8 ? AesState{echo::kInitial} : i < 12 ? AesState{} : kPaddingOf64[i - 12];
        AesState once = aes_round(word);
        once[0] ^= 512 + i;
        words[i] = aes_round(once);
        for (auto& column : words[i])
            column ^= 0x1b1b1b1b;
    }
    return words;
}();

void compress_64(Chain& chain, const std::uint8_t* message) {
    __m128i words[8];
    State state;
    for (std::size_t i = 0; i < 16; ++i)
        state.word[i] = load(kFirstSubstituted[i].data());
    for (std::size_t i = 0; i < 4; ++i) {
        words[i] = load(message + 16 * i);
        words[4 + i] = load(kPaddingOf64[i].data());
        state.word[8 + i] = substitute(words[i], _mm_set_epi64x(0, static_cast<long long>(512 + 8 + i)));
    }
    shift_and_mix(state);
    rounds(state, kRounds - 1, 512 + 16);
    feed_forward(chain, words, state);
}

}  // namespace

Digest512 echo512(ByteSpan input) {
    Chain chain;
    for (auto& word : chain.word)
        word = _mm_set_epi64x(0, echo::kInitial);
    if (input.size() == 64) {
        compress_64(chain, input.data());
    } else {
        absorb_counting(input, echo::fill_trailer,
                        [&chain](const std::uint8_t* block, std::uint64_t bits) { compress(chain, block, bits); });
    }
    Digest512 digest;
    for (int i = 0; i < 4; ++i)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(digest.data() + 16 * i), chain.word[i]);
    return digest;
}

}  // namespace dash::x11::sse4
