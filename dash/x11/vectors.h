#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#if defined(__AVX512VL__)
#include <immintrin.h>
#endif

/// Words of 32 or 64 bits side by side: std::uint32_t or std::uint64_t itself, or vectors of it, of the compiler.
/// Always inlined: see functions.h for why.
namespace dash::x11 {

using Words4 = std::uint32_t __attribute__((vector_size(16)));
using Words8 = std::uint32_t __attribute__((vector_size(32)));
using Words16 = std::uint32_t __attribute__((vector_size(64)));
using LongWords4 = std::uint64_t __attribute__((vector_size(32)));
using LongWords8 = std::uint64_t __attribute__((vector_size(64)));

template <typename Words>
struct WordOf {
    using Type = std::remove_cvref_t<decltype(std::declval<Words&>()[0])>;
};
template <std::unsigned_integral Word>
struct WordOf<Word> {
    using Type = Word;
};

/// The words that Words is made of, and how many.
template <typename Words>
using Word = typename WordOf<Words>::Type;
template <typename Words>
inline constexpr std::size_t kLanes = sizeof(Words) / sizeof(Word<Words>);

/// A logical function of three operands, bit by bit: with AVX-512 one instruction for any such function.
template <typename Function, typename Words>
[[gnu::always_inline]] inline Words logic(Function function, Words a, Words b, Words c) {
#if defined(__AVX512VL__)
    constexpr int kTruthTable = function(0xf0, 0xcc, 0xaa) & 0xff;
    if constexpr (sizeof(Words) == sizeof(__m512i)) {
        return reinterpret_cast<Words>(_mm512_ternarylogic_epi32(
            reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b), reinterpret_cast<__m512i>(c), kTruthTable));
    } else if constexpr (sizeof(Words) == sizeof(__m256i)) {
        return reinterpret_cast<Words>(_mm256_ternarylogic_epi32(
            reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b), reinterpret_cast<__m256i>(c), kTruthTable));
    } else if constexpr (sizeof(Words) == sizeof(__m128i)) {
        return reinterpret_cast<Words>(_mm_ternarylogic_epi32(
            reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b), reinterpret_cast<__m128i>(c), kTruthTable));
    }
#endif
    return function(a, b, c);
}

/// To the left.
template <int kBits, typename Words>
[[nodiscard, gnu::always_inline]] constexpr Words rotate_each(Words x) {
    constexpr int kWidth = static_cast<int>(sizeof(Word<Words>) * 8);
    static_assert(kBits >= 0 && kBits < kWidth);
    if constexpr (kBits == 0) {
        return x;
    } else {
        return (x << kBits) | (x >> (kWidth - kBits));
    }
}

}  // namespace dash::x11
