#include "dash/x11/jh512_constants.h"

#include <cstddef>

// The constant of a round is that of the round before, as 64 elements of 4 bits, through one round of the small
// permutation R6. Bit slicing leaves the elements where they are and exchanges only odd places, so that an element's
// place changes from round to round.
namespace dash::x11 {
namespace {

constexpr std::uint8_t kSbox0[16] = {9, 0, 4, 11, 13, 12, 3, 15, 1, 10, 2, 6, 7, 5, 8, 14};

// The fraction of the square root of two.
constexpr std::array<std::uint8_t, 32> kFirst = {0x6a, 0x09, 0xe6, 0x67, 0xf3, 0xbc, 0xc9, 0x08, 0xb2, 0xfb, 0x13,
                                                 0x66, 0xea, 0x95, 0x7d, 0x3e, 0x3a, 0xde, 0xc1, 0x75, 0x12, 0x77,
                                                 0x50, 0x99, 0xda, 0x2f, 0x59, 0x0b, 0x06, 0x67, 0x32, 0x2a};

template <std::size_t kElements>
using Elements = std::array<std::uint8_t, kElements>;

/// The permutation P of a round: after the round, element i is the one that was at source(i).
template <std::size_t kElements>
constexpr std::size_t source(std::size_t i) {
    constexpr std::size_t kHalf = kElements / 2;
    const std::size_t before_phi = i < kHalf ? i : i ^ 1;
    const std::size_t before_halving = before_phi < kHalf ? 2 * before_phi : 2 * (before_phi - kHalf) + 1;
    return before_halving % 4 < 2 ? before_halving : before_halving ^ 1;
}

template <std::size_t kElements>
constexpr Elements<kElements> permuted(const Elements<kElements>& from) {
    Elements<kElements> result{};
    for (std::size_t i = 0; i < kElements; ++i)
        result[i] = from[source<kElements>(i)];
    return result;
}

/// Multiplies by two in GF(16) modulo x^4 + x + 1.
constexpr std::uint8_t twice(std::uint8_t x) {
    return static_cast<std::uint8_t>(((x << 1) & 0xf) ^ (x >> 3) ^ ((x >> 3) << 1));
}

constexpr Elements<64> next_constant(Elements<64> elements) {
    for (std::size_t i = 0; i < 64; i += 2) {
        const std::uint8_t a = kSbox0[elements[i]];
        const std::uint8_t b = kSbox0[elements[i + 1]];
        elements[i + 1] = static_cast<std::uint8_t>(b ^ twice(a));
        elements[i] = static_cast<std::uint8_t>(a ^ twice(elements[i + 1]));
    }
    return permuted(elements);
}

constexpr std::array<JhRoundConstants, kJhRounds> derive() {
    Elements<64> constant{};
    for (std::size_t i = 0; i < 64; ++i)
        constant[i] = (kFirst[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf;
    // Of each element of the state, its place: 2 * bit + (1 when odd).
    Elements<256> places{};
    for (std::size_t i = 0; i < 256; ++i)
        places[i] = static_cast<std::uint8_t>(i);

    std::array<JhRoundConstants, kJhRounds> result{};
    for (std::size_t round = 0; round < kJhRounds; ++round) {
        for (std::size_t i = 0; i < 256; ++i) {
            if ((constant[i / 4] >> (3 - i % 4) & 1) == 0) continue;
            const std::size_t bit = places[i] / 2;
            auto& half = places[i] % 2 == 0 ? result[round].even : result[round].odd;
            half[bit / 8] = static_cast<std::uint8_t>(half[bit / 8] | (0x80 >> bit % 8));
        }
        constant = next_constant(constant);
        places = permuted(places);
        for (std::uint8_t& place : places) {
            if (place % 2 == 1) place = static_cast<std::uint8_t>(place ^ (2 << round % 7));
        }
    }
    return result;
}

}  // namespace

constexpr std::array<JhRoundConstants, kJhRounds> kJhConstants = derive();

}  // namespace dash::x11
