#pragma once

#include <cstring>
#include <utility>

#include "dash/x11/functions.h"
#include "dash/x11/lanes.h"
#include "dash/x11/padding.h"
#include "dash/x11/vectors.h"
#include "dash/x11/words.h"

/// CubeHash16/32-512 as of the second round of the SHA-3 competition (32-byte blocks, 16 rounds a block, 160 rounds
/// before the first block and after the last) over vectors of the compiler: words of one message side by side, or the
/// same word of several messages. The including file chooses.
/// Everything is of internal linkage: each including file compiles it for its own instruction set.
namespace dash::x11 {
namespace {

constexpr std::size_t kBlockBytes = 32;
constexpr std::size_t kBlockRounds = 16;
constexpr std::size_t kOuterRounds = 160;

/// The order of words within a vector. In the wider one, the exchange of words 4 apart, which is urgent, stays within
/// 128 bits (where it is faster), so that of words 2 apart does not. The order is its own inverse.
template <std::size_t kWidth>
constexpr std::size_t place(std::size_t word) {
    return kWidth <= 4 ? word : (word & 1) | (word & 2) << 1 | (word & 4) >> 1;
}

template <typename Vector, std::size_t... i>
[[gnu::always_inline]] inline Vector reordered(Vector x, std::index_sequence<i...>) {
    return __builtin_shufflevector(x, x, place<sizeof...(i)>(i)...);
}

/// Exchanges what is kDistance apart in the vector.
template <std::size_t kDistance, typename Vector, std::size_t... i>
[[gnu::always_inline]] inline Vector exchanged(Vector x, std::index_sequence<i...>) {
    return __builtin_shufflevector(x, x, (i ^ kDistance)...);
}

/// Sixteen words in vectors of kWidth words each (of one message), or of one word (of as many messages as fit).
template <typename Vector, std::size_t kWidth>
struct Half {
    static constexpr std::size_t kVectors = 16 / kWidth;
    using Indices = std::make_index_sequence<kWidth>;

    Vector vectors[kVectors];

    [[nodiscard, gnu::always_inline]] static Half from_words(const std::uint32_t (&words)[16]) {
        Half half;
        if constexpr (kWidth == 1) {
            for (std::size_t i = 0; i < 16; ++i)
                half.vectors[i] = Vector{} + words[i];
        } else {
            std::memcpy(&half, words, sizeof words);
            for (Vector& vector : half.vectors)
                vector = reordered(vector, Indices());
        }
        return half;
    }

    [[gnu::always_inline]] void to_words(std::uint32_t (&words)[16]) const {
        static_assert(kWidth > 1);
        Half half;
        for (std::size_t i = 0; i < kVectors; ++i)
            half.vectors[i] = reordered(vectors[i], Indices());
        std::memcpy(words, &half, sizeof words);
    }

    /// With word i in the place of word i ^ kDistance.
    template <std::size_t kDistance>
    [[nodiscard, gnu::always_inline]] Half exchanged() const {
        constexpr std::size_t kWithin = place<kWidth>(kDistance % kWidth);
        Half result;
#pragma GCC unroll 16
        for (std::size_t i = 0; i < kVectors; ++i) {
            result.vectors[i] = vectors[i ^ (kDistance / kWidth)];
            if constexpr (kWithin != 0) result.vectors[i] = x11::exchanged<kWithin>(result.vectors[i], Indices());
        }
        return result;
    }

    template <int kBits>
    [[nodiscard, gnu::always_inline]] Half rotated() const {
        Half result;
#pragma GCC unroll 16
        for (std::size_t i = 0; i < kVectors; ++i)
            result.vectors[i] = rotate_each<kBits>(vectors[i]);
        return result;
    }

    [[gnu::always_inline]] Half& operator+=(const Half& other) {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < kVectors; ++i)
            vectors[i] += other.vectors[i];
        return *this;
    }

    [[gnu::always_inline]] Half& operator^=(const Half& other) {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < kVectors; ++i)
            vectors[i] ^= other.vectors[i];
        return *this;
    }
};

/// The state x[0 … 31], in halves.
///
/// Where the specification exchanges words of `low`, here `low` stays and `high` is exchanged relative to it: that is
/// off the longest chain of dependencies. After a round both are in place again but for one common exchange of all
/// words, which four distances 8, 2, 4, 1 undo every second round.
template <typename Vector, std::size_t kWidth>
struct State {
    Half<Vector, kWidth> low;
    Half<Vector, kWidth> high;

    [[gnu::always_inline]] void round() {
        high += low;
        low = low.template rotated<7>();
        low ^= high.template exchanged<8>();
        high = high.template exchanged<8 ^ 2>();
        high += low;
        low = low.template rotated<11>();
        low ^= high.template exchanged<4>();
        high = high.template exchanged<4 ^ 1>();
    }

    /// `count` is even.
    void rounds(std::size_t count) {
        State state = *this;
        for (std::size_t i = 0; i < count; i += 2) {
            state.round();
            state.round();
        }
        *this = state;
    }

    void add_block(const Half<Vector, kWidth>& block) {
        low ^= block;
        rounds(kBlockRounds);
    }

    void finish() {
        constexpr std::uint32_t kLastWord[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        high ^= Half<Vector, kWidth>::from_words(kLastWord);
        rounds(kOuterRounds);
    }
};

/// The state before the first block, from the parameters.
template <typename Vector, std::size_t kWidth>
State<Vector, kWidth> initial_state() {
    constexpr std::uint32_t kParameters[16] = {64, kBlockBytes, kBlockRounds};
    State<Vector, kWidth> state{};
    state.low = Half<Vector, kWidth>::from_words(kParameters);
    state.rounds(kOuterRounds);
    return state;
}

/// Of one message.
template <typename Vector>
Digest512 cubehash512_vectors(ByteSpan input) {
    constexpr std::size_t kWidth = kLanes<Vector>;
    static const State<Vector, kWidth> kInitial = initial_state<Vector, kWidth>();
    State<Vector, kWidth> state = kInitial;
    const auto add_block = [&state](const std::uint8_t* block) {
        std::uint32_t words[16] = {};
        for (std::size_t i = 0; i < kBlockBytes / 4; ++i)
            words[i] = load_little<std::uint32_t>(block + 4 * i);
        state.add_block(Half<Vector, kWidth>::from_words(words));
    };
    const std::size_t whole = input.size() - input.size() % kBlockBytes;
    for (std::size_t i = 0; i < whole; i += kBlockBytes)
        add_block(input.data() + i);
    add_block(PaddedTail<kBlockBytes, 0>(input).bytes);
    state.finish();
    std::uint32_t words[16];
    state.low.to_words(words);
    Digest512 out;
    for (std::size_t i = 0; i < 16; ++i)
        store_little(out.data() + 4 * i, words[i]);
    return out;
}

/// In place, of kLanes<Vector> digests.
template <typename Vector>
void hash_lanes(Digest512* digests) {
    static const State<Vector, 1> kInitial = initial_state<Vector, 1>();
    State<Vector, 1> state = kInitial;
    for (std::size_t block = 0; block < sizeof(Digest512) / kBlockBytes; ++block) {
        Half<Vector, 1> words{};
        for (std::size_t i = 0; i < kBlockBytes / 4; ++i)
            words.vectors[i] = load_little_lanes<Vector>(digests, kBlockBytes / 4 * block + i);
        state.add_block(words);
    }
    constexpr std::uint32_t kPadding[16] = {0x80};
    state.add_block(Half<Vector, 1>::from_words(kPadding));
    state.finish();
    for (std::size_t i = 0; i < 16; ++i)
        store_little_lanes(digests, i, state.low.vectors[i]);
}

}  // namespace
}  // namespace dash::x11
