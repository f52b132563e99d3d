#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/x11/words.h"

/// What every implementation of SHAvite-3-512 needs: Biham and Dunkelman, "The SHAvite-3 Hash Function", tweaked
/// version (the second round's).
namespace dash::x11::shavite {

inline constexpr int kRounds = 14;

/// IV_512: the compression of the digest's size, chained to the compression of zeros.
alignas(16) inline constexpr std::array<std::uint32_t, 16> kInitial = {
    0x72fccdd8, 0x79ca4727, 0x128a077b, 0x40d55aec, 0xd1901a06, 0x430ae307, 0xb29f5cd1, 0xdf07fbfc,
    0x8e45d73d, 0x681ab538, 0xbde86578, 0xdd577e47, 0xe275eade, 0x502d9fcd, 0xb9357178, 0x022a4b9a};

/// For absorb_counting(): the message's size in 128 bits, the digest's in 16.
[[gnu::always_inline]] inline void fill_trailer(std::uint8_t* trailer, std::uint64_t bits) {
    store_little<std::uint64_t>(trailer, bits);
    store_little<std::uint16_t>(trailer + 16, 512);
}

}  // namespace dash::x11::shavite
