#pragma once

#include <array>
#include <cstdint>

namespace dash::x11 {

inline constexpr std::size_t kJhRounds = 42;

/// The constants of one JH round in the places where the bit-sliced state holds the elements that they belong to: 128
/// bits for the elements in even places, 128 for those in odd ones; bit i of either is bit 7 - i % 8 of byte i / 8.
struct JhRoundConstants {
    std::uint8_t even[16];
    std::uint8_t odd[16];
};

extern const std::array<JhRoundConstants, kJhRounds> kJhConstants;

}  // namespace dash::x11
