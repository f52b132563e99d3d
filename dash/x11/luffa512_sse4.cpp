#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/luffa512.h"
#include "dash/x11/vectors.h"
#include "dash/x11/words.h"

namespace dash::x11::sse4 {
namespace {

using luffa::kWords;
using Vector = Words4;

struct VectorConstants {
    alignas(16) std::uint32_t word0[luffa::kSteps][4];
    alignas(16) std::uint32_t word4[luffa::kSteps][4];
    alignas(16) std::uint32_t initial[kWords][4];
};
constexpr VectorConstants kConstants = [] {
    VectorConstants constants{};
    for (std::size_t j = 0; j < 4; ++j) {
        for (std::size_t i = 0; i < luffa::kSteps; ++i) {
            constants.word0[i][j] = luffa::kStepConstants[j][i].word0;
            constants.word4[i][j] = luffa::kStepConstants[j][i].word4;
        }
        for (std::size_t i = 0; i < kWords; ++i)
            constants.initial[i][j] = luffa::kInitial[j][i];
    }
    return constants;
}();

[[gnu::always_inline]] inline Vector load_vector(const std::uint32_t* from) {
    return reinterpret_cast<Vector>(_mm_load_si128(reinterpret_cast<const __m128i*>(from)));
}

/// All four words alike.
[[gnu::always_inline]] inline Vector broadcast(std::uint32_t word) {
    return Vector{} + word;
}

[[gnu::always_inline]] inline std::uint32_t sum_lanes(Vector x) {
    const Vector pairs = x ^ __builtin_shufflevector(x, x, 2, 3, 0, 1);
    return pairs[0] ^ pairs[1];
}

/// Lane j rotated left by j: by 1 in the odd lanes, then by 2 in the upper ones.
[[gnu::always_inline]] inline Vector rotate_by_lane(Vector x) {
    x = __builtin_shufflevector(x, rotate_each<1>(x), 0, 5, 2, 7);
    return __builtin_shufflevector(x, rotate_each<2>(x), 0, 1, 6, 7);
}

/// Lanes 0 to 3 of the function are those of vectors; lane 4 goes through the general registers beside them.
class State {
  public:
    State() {
        for (std::size_t i = 0; i < kWords; ++i) {
            lanes_[i] = load_vector(kConstants.initial[i]);
            lane4_[i] = luffa::kInitial[4][i];
        }
    }

    void absorb(const std::uint8_t* block) {
        mix_lanes();
        add_message(block);
        permute();
    }

    void absorb_nothing() {
        mix_lanes();
        permute();
    }

    void store_sum(std::uint8_t* to) const {
        for (std::size_t i = 0; i < kWords; ++i)
            store_big(to + 4 * i, sum(i));
    }

  private:
    [[nodiscard]] std::uint32_t sum(std::size_t word) const { return sum_lanes(lanes_[word]) ^ lane4_[word]; }

    void mix_lanes() {
        Vector next[kWords];
        Vector total[kWords];
        std::uint32_t next4[kWords];
        std::uint32_t total4[kWords];
        for (std::size_t i = 0; i < kWords; ++i) {
            const Vector x = lanes_[i];
            const Vector last = broadcast(lane4_[i]);
            next[i] = __builtin_shufflevector(x, last, 1, 2, 3, 4) ^ __builtin_shufflevector(x, last, 4, 0, 1, 2);
            next4[i] = x[0] ^ x[3];
            total4[i] = sum(i);
            total[i] = broadcast(total4[i]);
        }
        luffa::mix_lane(lanes_, next, total);
        luffa::mix_lane(lane4_, next4, total4);
    }

    /// x^j times the message for lane j.
    void add_message(const std::uint8_t* block) {
        std::uint32_t multiple[luffa::kLanes][kWords];
        for (std::size_t i = 0; i < kWords; ++i)
            multiple[0][i] = load_big<std::uint32_t>(block + 4 * i);
        for (std::size_t j = 1; j < luffa::kLanes; ++j) {
            for (std::size_t i = 0; i < kWords; ++i)
                multiple[j][i] = multiple[j - 1][i];
            luffa::times_x(multiple[j]);
        }
        for (std::size_t i = 0; i < kWords; ++i)
            lanes_[i] ^= Vector{multiple[0][i], multiple[1][i], multiple[2][i], multiple[3][i]};
        luffa::add(lane4_, multiple[4]);
    }

    void permute() {
        Vector lanes[kWords];
        std::uint32_t lane4[kWords];
        for (std::size_t i = 0; i < kWords; ++i) {
            lanes[i] = i < 4 ? lanes_[i] : rotate_by_lane(lanes_[i]);
            lane4[i] = i < 4 ? lane4_[i] : rotate_each<4>(lane4_[i]);
        }
        for (std::size_t i = 0; i < luffa::kSteps; ++i) {
            luffa::step(lanes, load_vector(kConstants.word0[i]), load_vector(kConstants.word4[i]));
            luffa::step(lane4, luffa::kStepConstants[4][i].word0, luffa::kStepConstants[4][i].word4);
        }
        for (std::size_t i = 0; i < kWords; ++i) {
            lanes_[i] = lanes[i];
            lane4_[i] = lane4[i];
        }
    }

    Vector lanes_[kWords];
    std::uint32_t lane4_[kWords];
};

}  // namespace

Digest512 luffa512(ByteSpan input) {
    return luffa::hash<State>(input);
}

}  // namespace dash::x11::sse4
