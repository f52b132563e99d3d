#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__AVX512VL__)
#include <immintrin.h>
#endif

/// Words of 32 bits side by side: std::uint32_t itself or vectors of it, of the compiler. Always inlined: see
/// functions.h for why.
namespace dash::x11 {

using Words4 = std::uint32_t __attribute__((vector_size(16)));
using Words8 = std::uint32_t __attribute__((vector_size(32)));

/// A logical function of three operands, bit by bit: with AVX-512 one instruction for any such function.
template <typename Function, typename Words>
[[gnu::always_inline]] inline Words logic(Function function, Words a, Words b, Words c) {
#if defined(__AVX512VL__)
    constexpr int kTruthTable = function(0xf0, 0xcc, 0xaa) & 0xff;
    if constexpr (sizeof(Words) == sizeof(__m256i)) {
        return reinterpret_cast<Words>(_mm256_ternarylogic_epi32(
            reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b), reinterpret_cast<__m256i>(c), kTruthTable));
    } else if constexpr (sizeof(Words) == sizeof(__m128i)) {
        return reinterpret_cast<Words>(_mm_ternarylogic_epi32(
            reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b), reinterpret_cast<__m128i>(c), kTruthTable));
    }
#endif
    return function(a, b, c);
}

template <int kBits, typename Words>
[[nodiscard, gnu::always_inline]] inline Words rotate_each(Words x) {
    return (x << kBits) | (x >> (32 - kBits));
}

}  // namespace dash::x11
