#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "dash/x11/functions.h"
#include "dash/x11/simd512.h"
#include "dash/x11/words.h"

/// SIMD-512 over vector registers of a width that the including file chooses by two types of its own:
///
/// `Points` holds kLanes points of the transform, 16 bits each, of kMessages messages: a + b, a - b, negate(a),
/// shift_left<n>(a), times(a, b) (the low 16 bits), reduce(a) (congruent modulo 257; see Bound for how small),
/// centred(a) (between -128 and 128), load_bytes(block) of the messages' blocks, load(from) of constants that are the
/// same for each message, store(to) and transpose(x): each square of kLanes lanes in turn.
///
/// `Row` holds eight words of each message: a + b, a ^ b, choose(a, b, c), majority(a, b, c), rotate_left<n>(a),
/// exchange<n>(a) (word i from word i ^ n), load_block(block), load(from) of constants, load_stored(from) of what
/// Points::store() left, and for halves of words times_each(a, n), even_halves(a, b) and odd_halves(a, b), which pair
/// a's halves of that kind (as the low ones) with b's.
///
/// A block is `const std::uint8_t*`, or for several messages what adds an offset and is understood by load_bytes() and
/// load_block().
///
/// Everything is always inlined or, by those types, of internal linkage: see functions.h for why.
namespace dash::x11::simd {

/// The transform of four points with the root 16, in place.
template <typename Points>
[[gnu::always_inline]] constexpr void transform_4(Points& a, Points& b, Points& c, Points& d) {
    const Points even_sum = a + c;
    const Points even_difference = a - c;
    const Points odd_sum = b + d;
    const Points odd_difference = shift_left<4>(b - d);
    a = even_sum + odd_sum;
    b = even_difference + odd_difference;
    c = even_sum - odd_sum;
    d = even_difference - odd_difference;
}

/// The same where c and d are zero.
template <typename Points>
[[gnu::always_inline]] constexpr void transform_2_of_4(Points& a, Points& b, Points& c, Points& d) {
    const Points odd = shift_left<4>(b);
    c = a - b;
    d = a - odd;
    const Points sum = a + b;
    b = a + odd;
    a = sum;
}

/// The transform of sixteen points with the root 2, in place: point i is the sum of x[j] 2^(i j). Only the first
/// kInputs may be other than zero.
template <std::size_t kInputs, typename Points>
[[gnu::always_inline]] constexpr void transform_16(Points (&x)[16]) {
    // With i = 4 s + r and j = 4 p + q: transform over p, shift by r q (2^8 = -1), transform over q.
    for (std::size_t q = 0; q < 4; ++q) {
        if constexpr (kInputs == 16) transform_4(x[q], x[q + 4], x[q + 8], x[q + 12]);
        if constexpr (kInputs == 8) transform_2_of_4(x[q], x[q + 4], x[q + 8], x[q + 12]);
        if constexpr (kInputs == 4) x[q + 4] = x[q + 8] = x[q + 12] = x[q];
    }
    if constexpr (kInputs != 4) {
        for (std::size_t i = 0; i < 16; ++i)
            if (i % 4 != 0) x[i] = reduce(x[i]);
    }
    x[5] = shift_left<1>(x[5]);
    x[6] = shift_left<2>(x[6]);
    x[7] = reduce(shift_left<3>(x[7]));
    x[9] = shift_left<2>(x[9]);
    x[10] = shift_left<4>(x[10]);
    x[11] = reduce(shift_left<6>(x[11]));
    x[13] = reduce(shift_left<3>(x[13]));
    x[14] = shift_left<6>(x[14]);
    x[15] = negate(shift_left<1>(x[15]));
    for (std::size_t r = 0; r < 4; ++r)
        transform_4(x[4 * r], x[4 * r + 1], x[4 * r + 2], x[4 * r + 3]);
    for (std::size_t r = 0; r < 4; ++r) {
        for (std::size_t s = 0; s < r; ++s) {
            const Points moved = x[4 * r + s];
            x[4 * r + s] = x[4 * s + r];
            x[4 * s + r] = moved;
        }
    }
}

constexpr auto kChoose = [](auto a, auto b, auto c) { return ((b ^ c) & a) ^ c; };
constexpr auto kMajority = [](auto a, auto b, auto c) { return (a & (b | c)) | (b & c); };

/// Stands in for Points to prove that no point ever leaves 16 bits: what a lane can be.
struct Bound {
    int low = 0;
    int high = 0;
    bool fits = true;

    static constexpr Bound of(int low, int high, bool fits) {
        return {low, high, fits && low >= INT16_MIN && high <= INT16_MAX};
    }
    friend constexpr Bound operator+(Bound a, Bound b) { return of(a.low + b.low, a.high + b.high, a.fits && b.fits); }
    friend constexpr Bound operator-(Bound a, Bound b) { return of(a.low - b.high, a.high - b.low, a.fits && b.fits); }
    friend constexpr Bound negate(Bound a) { return of(-a.high, -a.low, a.fits); }
    template <int kBits>
    friend constexpr Bound shift_left(Bound a) {
        return of(a.low * (1 << kBits), a.high * (1 << kBits), a.fits);
    }
    /// By a power of the root.
    friend constexpr Bound times_power(Bound a) {
        const int most = 128 * (a.high > -a.low ? a.high : -a.low);
        return of(-most, most, a.fits);
    }
    /// a - 257 h, where h is a / 256 rounded: a - 256 h is between -128 and 127.
    friend constexpr Bound reduce(Bound a) {
        return of(-128 - ((a.high + 128) >> 8), 127 - ((a.low + 128) >> 8), a.fits);
    }
};

/// All that transform() does to points, for any block.
template <std::size_t kInputs>
constexpr bool fits_16_bits() {
    Bound x[16] = {};
    for (std::size_t j = 0; j < kInputs; ++j)
        x[j] = {0, 255};
    transform_16<kInputs>(x);
    Bound y[16] = {};
    bool fits = true;
    for (std::size_t i = 0; i < 16; ++i) {
        fits = fits && x[i].fits;
        for (std::size_t j = 0; j < 16; ++j) {
            const Bound turned = reduce(times_power(reduce(x[i])));
            y[j].low = turned.low < y[j].low ? turned.low : y[j].low;
            y[j].high = turned.high > y[j].high ? turned.high : y[j].high;
            y[j].fits = y[j].fits && turned.fits;
        }
    }
    y[15] = y[15] + Bound{-128, 128};
    y[13] = y[13] + Bound{-128, 128};
    transform_16<16>(y);
    for (std::size_t i = 0; i < 16; ++i)
        fits = fits && y[i].fits;
    return fits;
}
static_assert(fits_16_bits<4>() && fits_16_bits<8>());

/// kTwiddles[i][j] = 41^(i j).
alignas(32) inline constexpr auto kTwiddles = [] {
    std::array<std::array<std::int16_t, 16>, 16> twiddles{};
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 0; j < 16; ++j)
            twiddles[i][j] = kRootPowers[i * j];
    return twiddles;
}();

/// What input 1 at the place kPlace adds to the second half of the transform, as its input kPlace mod 16.
template <std::size_t kPlace>
alignas(32) inline constexpr auto kSinglePoint = [] {
    std::array<std::int16_t, 16> powers{};
    for (std::size_t i = 0; i < 16; ++i)
        powers[i] = kRootPowers[i * kPlace % kPoints];
    return powers;
}();

/// Point i is the sum of x_j 41^(i j), where x_0 to x_127 are the block, x_255 = 1, and x_253 = 1 in a message's last
/// block. Only the first 16 kInputs bytes of the block are read, the others count as zero.
template <std::size_t kInputs, typename Points, typename Block>
[[gnu::always_inline]] inline void transform(std::int16_t* points, Block block, bool last) {
    constexpr std::size_t kLanes = Points::kLanes;
    constexpr std::size_t kParts = 16 / kLanes;
    // With i = i1 + 16 i0 and j = 16 j1 + j0: transform over j1, multiply by 41^(i1 j0), transform over j0.
    Points x[kParts][16];
    for (std::size_t part = 0; part < kParts; ++part) {
        for (std::size_t j1 = 0; j1 < kInputs; ++j1)
            x[part][j1] = Points::load_bytes(block + 16 * j1 + kLanes * part);
        transform_16<kInputs>(x[part]);
        for (std::size_t i1 = 0; i1 < 16; ++i1) {
            const Points twiddles = Points::load(kTwiddles[i1].data() + kLanes * part);
            x[part][i1] = reduce(times(reduce(x[part][i1]), twiddles));
        }
        transpose(x[part]);
    }
    for (std::size_t part = 0; part < kParts; ++part) {
        Points y[16];
        for (std::size_t j0 = 0; j0 < 16; ++j0)
            y[j0] = x[j0 / kLanes][kLanes * part + j0 % kLanes];
        y[15] = y[15] + Points::load(kSinglePoint<255>.data() + kLanes * part);
        if (last) y[13] = y[13] + Points::load(kSinglePoint<253>.data() + kLanes * part);
        transform_16<16>(y);
        for (std::size_t i0 = 0; i0 < 16; ++i0)
            centred(y[i0]).store(points + Points::kMessages * (16 * i0 + kLanes * part));
    }
}

template <typename Row>
struct State {
    Row a, b, c, d;
};

/// The eight words that the expanded message gives to a step.
template <std::size_t kStep, std::size_t kMessages, typename Row>
[[gnu::always_inline]] inline Row expanded_words(const std::int16_t* points) {
    constexpr std::size_t kGroup = kOrder[kStep];
    if constexpr (kGroup < 16) return times_each(Row::load_stored(points + kMessages * 16 * kGroup), kNearFactor);
    const Row near = Row::load_stored(points + kMessages * 16 * (kGroup % 8));
    const Row far = Row::load_stored(points + kMessages * (16 * (kGroup % 8) + 128));
    return times_each(kGroup < 24 ? even_halves(near, far) : odd_halves(near, far), kFarFactor);
}

/// Step kStep of a compression; those from 32 on are its feed-forward.
template <std::size_t kStep, typename Row>
[[gnu::always_inline]] inline void step(State<Row>& s, Row words) {
    constexpr const auto& kRound = kRotations[kStep < kSteps ? kStep / 8 : 3];
    constexpr bool kChooses = kStep >= kSteps || kStep % 8 < 4;
    const Row function = kChooses ? choose(s.a, s.b, s.c) : majority(s.a, s.b, s.c);
    const Row rotated = rotate_left<kRound[kStep % 4]>(s.a);
    s.a = rotate_left<kRound[(kStep + 1) % 4]>(s.d + words + function) + exchange<kLaneExchanges[kStep % 7]>(rotated);
    s.d = s.c;
    s.c = s.b;
    s.b = rotated;
}

/// words(step) gives each step its words of the expanded message.
template <typename Row, typename Words, std::size_t... kStep>
[[gnu::always_inline]] inline void all_steps(State<Row>& s, Words words, std::index_sequence<kStep...>) {
    (step<kStep>(s, words(std::integral_constant<std::size_t, kStep>())), ...);
}

/// `s` is the chain value plus the block.
template <typename Row, typename Words>
void compress(State<Row>& chain, State<Row> s, Words words) {
    all_steps(s, words, std::make_index_sequence<kSteps>());
    step<kSteps>(s, chain.a);
    step<kSteps + 1>(s, chain.b);
    step<kSteps + 2>(s, chain.c);
    step<kSteps + 3>(s, chain.d);
    chain = s;
}

template <std::size_t kInputs, typename Points, typename Row, typename Block>
void absorb(State<Row>& chain, Block block, bool last) {
    alignas(64) std::int16_t points[kPoints * Points::kMessages];
    transform<kInputs, Points>(points, block, last);
    State<Row> s = {chain.a ^ Row::load_block(block), chain.b ^ Row::load_block(block + 32), chain.c, chain.d};
    if constexpr (kInputs > 4) {
        s.c = s.c ^ Row::load_block(block + 64);
        s.d = s.d ^ Row::load_block(block + 96);
    }
    compress(chain, s, [&points](auto step) { return expanded_words<step, Points::kMessages, Row>(points); });
}

template <typename Points, typename Row>
void absorb_all(State<Row>& chain, ByteSpan input) {
    const std::size_t rest = input.size() % kBlockBytes;
    for (std::size_t at = 0; at < input.size() - rest; at += kBlockBytes)
        absorb<8, Points>(chain, input.data() + at, false);
    if (rest != 0) {
        std::uint8_t block[kBlockBytes] = {};
        std::memcpy(block, input.data() + input.size() - rest, rest);
        absorb<8, Points>(chain, +block, false);
    }
    std::uint8_t length[kBlockBytes] = {};
    store_little<std::uint64_t>(length, std::uint64_t{8} * input.size());
    absorb<8, Points>(chain, +length, true);
}

/// Only half of the first block is not zero, and the second, which holds the length, is always the same.
template <typename Points, typename Row, typename Block>
void absorb_64(State<Row>& chain, Block message) {
    absorb<4, Points>(chain, message, false);
    alignas(32) constexpr std::uint32_t kLength[8] = {512};
    compress(chain, {chain.a ^ Row::load(kLength), chain.b, chain.c, chain.d},
             [](auto step) { return Row::load(kExpandedLengthOf64[step].data()); });
}

template <typename Row>
[[gnu::always_inline]] inline State<Row> first_chain() {
    return {Row::load(kInitial[0]), Row::load(kInitial[1]), Row::load(kInitial[2]), Row::load(kInitial[3])};
}

template <typename Points, typename Row>
[[gnu::always_inline]] inline Digest512 hash(ByteSpan input) {
    State<Row> chain = first_chain<Row>();
    if (input.size() == 64) {
        absorb_64<Points>(chain, input.data());
    } else {
        absorb_all<Points>(chain, input);
    }
    Digest512 digest;
    chain.a.store(digest.data());
    chain.b.store(digest.data() + 32);
    return digest;
}

}  // namespace dash::x11::simd
