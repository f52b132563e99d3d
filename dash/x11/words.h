#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// Words to and from bytes of either order, and rotations. Always inlined: see functions.h for why.
namespace dash::x11 {

template <int kBits, typename Word>
[[gnu::always_inline]] constexpr Word rotate_left(Word x) {
    constexpr int kWidth = static_cast<int>(sizeof(Word) * 8);
    static_assert(kBits >= 0 && kBits < kWidth);
    if constexpr (kBits == 0) {
        return x;
    } else {
        return static_cast<Word>((x << kBits) | (x >> (kWidth - kBits)));
    }
}

[[gnu::always_inline]] inline std::uint16_t swap_bytes(std::uint16_t x) {
    return __builtin_bswap16(x);
}
[[gnu::always_inline]] inline std::uint32_t swap_bytes(std::uint32_t x) {
    return __builtin_bswap32(x);
}
[[gnu::always_inline]] inline std::uint64_t swap_bytes(std::uint64_t x) {
    return __builtin_bswap64(x);
}

template <typename Word>
[[gnu::always_inline]] inline Word load_little(const std::uint8_t* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = swap_bytes(word);
    return word;
}

template <typename Word>
[[gnu::always_inline]] inline Word load_big(const std::uint8_t* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    if constexpr (std::endian::native == std::endian::little) word = swap_bytes(word);
    return word;
}

template <typename Word>
[[gnu::always_inline]] inline void store_little(std::uint8_t* to, Word word) {
    if constexpr (std::endian::native == std::endian::big) word = swap_bytes(word);
    std::memcpy(to, &word, sizeof word);
}

template <typename Word>
[[gnu::always_inline]] inline void store_big(std::uint8_t* to, Word word) {
    if constexpr (std::endian::native == std::endian::little) word = swap_bytes(word);
    std::memcpy(to, &word, sizeof word);
}

}  // namespace dash::x11
