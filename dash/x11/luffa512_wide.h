#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/luffa512.h"
#include "dash/x11/vectors.h"

/// Luffa-512 over vectors of 256 bits: lane j of the function is lane j of the vectors, whose last three are idle.
/// Everything is of internal linkage: each including file compiles it for its own instruction set.
namespace dash::x11 {
namespace {

using Vector = Words8;
using Lanes = Vector[luffa::kWords];

struct VectorConstants {
    alignas(32) std::uint32_t word0[luffa::kSteps][8];
    alignas(32) std::uint32_t word4[luffa::kSteps][8];
    alignas(32) std::uint32_t initial[luffa::kWords][8];
};
constexpr VectorConstants kConstants = [] {
    VectorConstants constants{};
    for (std::size_t j = 0; j < luffa::kLanes; ++j) {
        for (std::size_t i = 0; i < luffa::kSteps; ++i) {
            constants.word0[i][j] = luffa::kStepConstants[j][i].word0;
            constants.word4[i][j] = luffa::kStepConstants[j][i].word4;
        }
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            constants.initial[i][j] = luffa::kInitial[j][i];
    }
    return constants;
}();

[[gnu::always_inline]] inline __m256i load(const void* from) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
[[gnu::always_inline]] inline Vector load_vector(const std::uint32_t* from) {
    return reinterpret_cast<Vector>(load(from));
}

template <int... kLane>
[[gnu::always_inline]] inline Vector permute_lanes(Vector x) {
    return reinterpret_cast<Vector>(
        _mm256_permutevar8x32_epi32(reinterpret_cast<__m256i>(x), _mm256_setr_epi32(kLane...)));
}

/// The sum of both neighbours in the ring of five lanes.
[[gnu::always_inline]] inline Vector neighbours(Vector lanes) {
    return permute_lanes<1, 2, 3, 4, 0, 0, 0, 0>(lanes) ^ permute_lanes<4, 0, 1, 2, 3, 0, 0, 0>(lanes);
}

/// From and to big-endian words.
[[gnu::always_inline]] inline __m256i swap_words(__m256i x) {
    const __m128i order = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    return _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(order));
}

/// times_x() for a single lane whose words lie in one vector.
[[gnu::always_inline]] inline __m256i times_x(__m256i lane) {
    const __m256i up = _mm256_permutevar8x32_epi32(lane, _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6));
    const __m256i last = _mm256_permutevar8x32_epi32(lane, _mm256_set1_epi32(7));
    return _mm256_xor_si256(up, _mm256_and_si256(last, _mm256_setr_epi32(0, -1, 0, -1, -1, 0, 0, 0)));
}

/// The 4 x 4 matrices of words in both halves, transposed.
[[gnu::always_inline]] inline void transpose_halves(__m256i (&x)[4]) {
    const __m256i a = _mm256_unpacklo_epi32(x[0], x[1]);
    const __m256i b = _mm256_unpackhi_epi32(x[0], x[1]);
    const __m256i c = _mm256_unpacklo_epi32(x[2], x[3]);
    const __m256i d = _mm256_unpackhi_epi32(x[2], x[3]);
    x[0] = _mm256_unpacklo_epi64(a, c);
    x[1] = _mm256_unpackhi_epi64(a, c);
    x[2] = _mm256_unpacklo_epi64(b, d);
    x[3] = _mm256_unpackhi_epi64(b, d);
}

class State {
  public:
    State() {
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            lanes_[i] = load_vector(kConstants.initial[i]);
    }

    void absorb(const std::uint8_t* block) {
        mix_lanes();
        add_message(swap_words(load(block)));
        permute();
    }

    void absorb_nothing() {
        mix_lanes();
        permute();
    }

    void store_sum(std::uint8_t* to) const {
        // Each word's sum is in all five lanes.
        __m256i x[4];
        for (std::size_t i = 0; i < 4; ++i)
            x[i] = _mm256_permute2x128_si256(reinterpret_cast<__m256i>(sum(i)), reinterpret_cast<__m256i>(sum(i + 4)),
                                             0x20);
        transpose_halves(x);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), swap_words(x[0]));
    }

  private:
    /// The sum of all lanes in each of the five: the lane, its neighbours, and those next to them.
    [[nodiscard]] Vector sum(std::size_t word) const {
        const Vector next = neighbours(lanes_[word]);
        return lanes_[word] ^ next ^ neighbours(next);
    }

    void mix_lanes() {
        Lanes next;
        Lanes total;
        for (std::size_t i = 0; i < luffa::kWords; ++i) {
            next[i] = neighbours(lanes_[i]);
            total[i] = sum(i);
        }
        luffa::mix_lane(lanes_, next, total);
    }

    /// x^j times the message for lane j.
    void add_message(__m256i message) {
        __m256i x[4];
        for (auto& lane : x) {
            lane = message;
            message = times_x(message);
        }
        transpose_halves(x);
        const __m256i last[4] = {message, _mm256_shuffle_epi32(message, 1), _mm256_shuffle_epi32(message, 2),
                                 _mm256_shuffle_epi32(message, 3)};
        for (int i = 0; i < 4; ++i) {
            lanes_[i] ^= reinterpret_cast<Vector>(_mm256_permute2x128_si256(x[i], last[i], 0x20));
            lanes_[i + 4] ^= reinterpret_cast<Vector>(_mm256_permute2x128_si256(x[i], last[i], 0x31));
        }
    }

    void permute() {
        Lanes lanes;
        const Vector tweak = {0, 1, 2, 3, 4, 0, 0, 0};
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            lanes[i] = i < 4 ? lanes_[i] : (lanes_[i] << tweak) | (lanes_[i] >> ((32 - tweak) & 31));
        for (std::size_t i = 0; i < luffa::kSteps; ++i)
            luffa::step(lanes, load_vector(kConstants.word0[i]), load_vector(kConstants.word4[i]));
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            lanes_[i] = lanes[i];
    }

    Lanes lanes_;
};

[[gnu::always_inline]] inline Digest512 luffa512_wide(ByteSpan input) {
    return luffa::hash<State>(input);
}

}  // namespace
}  // namespace dash::x11
