#pragma once

#include <immintrin.h>

#include <cstddef>

#include "dash/x11/functions.h"

/// AES states in vectors of the compiler, for functions that are made of AES rounds: of one message, or of four side by
/// side where VAES is. Everything is of internal linkage: each including
/// file compiles it for its own instruction set.
namespace dash::x11::aes {
namespace {

using OneMessage = long long __attribute__((vector_size(16)));
using FourMessages = long long __attribute__((vector_size(64)));

template <typename Vector>
constexpr std::size_t kMessages = sizeof(Vector) / sizeof(OneMessage);

/// The same 16 bytes for each message.
template <typename Vector>
[[gnu::always_inline]] inline Vector each(OneMessage x) {
    if constexpr (kMessages<Vector> == 1) return x;
#if defined(__VAES__)
    if constexpr (kMessages<Vector> == 4) return _mm512_broadcast_i32x4(x);
#endif
}

/// One full round, the key last.
[[gnu::always_inline]] inline OneMessage round(OneMessage x, OneMessage key) {
    return _mm_aesenc_si128(x, key);
}
[[gnu::always_inline]] inline OneMessage shuffle_bytes(OneMessage x, OneMessage order) {
    return _mm_shuffle_epi8(x, order);
}
[[gnu::always_inline]] inline OneMessage add_bytes(OneMessage x, OneMessage y) {
    return _mm_add_epi8(x, y);
}
/// Word i from word i + 1, the last from the first.
[[gnu::always_inline]] inline OneMessage rotate_words(OneMessage x) {
    return _mm_shuffle_epi32(x, 0x39);
}
/// The last three words of `before` and the first of `after`.
[[gnu::always_inline]] inline OneMessage shift_in_word(OneMessage before, OneMessage after) {
    return _mm_alignr_epi8(after, before, 4);
}

#if defined(__VAES__)
[[gnu::always_inline]] inline FourMessages round(FourMessages x, FourMessages key) {
    return _mm512_aesenc_epi128(x, key);
}
[[gnu::always_inline]] inline FourMessages shuffle_bytes(FourMessages x, FourMessages order) {
    return _mm512_shuffle_epi8(x, order);
}
[[gnu::always_inline]] inline FourMessages add_bytes(FourMessages x, FourMessages y) {
    return _mm512_add_epi8(x, y);
}
[[gnu::always_inline]] inline FourMessages rotate_words(FourMessages x) {
    return _mm512_shuffle_epi32(x, static_cast<_MM_PERM_ENUM>(0x39));
}
[[gnu::always_inline]] inline FourMessages shift_in_word(FourMessages before, FourMessages after) {
    return _mm512_alignr_epi8(after, before, 4);
}
#endif

[[gnu::always_inline]] inline OneMessage load(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// Bytes 16 i to 16 i + 15 of each digest.
template <typename Vector>
[[gnu::always_inline]] inline Vector load_lanes(const Digest512* digests, std::size_t i) {
    if constexpr (kMessages<Vector> == 1) return load(digests->data() + 16 * i);
#if defined(__VAES__)
    if constexpr (kMessages<Vector> == 4) {
        const __m256i low = _mm256_set_m128i(load(digests[1].data() + 16 * i), load(digests[0].data() + 16 * i));
        const __m256i high = _mm256_set_m128i(load(digests[3].data() + 16 * i), load(digests[2].data() + 16 * i));
        return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
#endif
}

template <typename Vector>
[[gnu::always_inline]] inline void store_lanes(Digest512* digests, std::size_t i, Vector x) {
    const auto store = [ digests, i ](std::size_t lane, OneMessage bytes) __attribute__((always_inline)) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(digests[lane].data() + 16 * i), bytes);
    };
    if constexpr (kMessages<Vector> == 1) store(0, x);
#if defined(__VAES__)
    if constexpr (kMessages<Vector> == 4) {
        store(0, _mm512_castsi512_si128(x));
        store(1, _mm512_extracti32x4_epi32(x, 1));
        store(2, _mm512_extracti32x4_epi32(x, 2));
        store(3, _mm512_extracti32x4_epi32(x, 3));
    }
#endif
}

}  // namespace
}  // namespace dash::x11::aes
