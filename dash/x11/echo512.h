#pragma once

#include <cstdint>

#include "dash/x11/words.h"

/// What every implementation of ECHO-512 needs: Benadjila, Billet, Gilbert, Macario-Rat, Peyrin, Robshaw and Seurin,
/// "SHA-3 Proposal: ECHO", version 2.0.
namespace dash::x11::echo {

inline constexpr int kRounds = 10;

/// Each of the eight words of the first chain value: the digest's size in bits.
inline constexpr std::uint32_t kInitial = 512;

/// For absorb_counting(): the digest's size in 16 bits, the message's in 128.
[[gnu::always_inline]] inline void fill_trailer(std::uint8_t* trailer, std::uint64_t bits) {
    store_little<std::uint16_t>(trailer, 512);
    store_little<std::uint64_t>(trailer + 2, bits);
}

}  // namespace dash::x11::echo
