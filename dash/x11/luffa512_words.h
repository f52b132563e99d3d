#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "dash/x11/lanes.h"
#include "dash/x11/luffa512.h"
#include "dash/x11/vectors.h"

/// Luffa-512 one permutation after the other: `Words` is std::uint32_t, or a vector of it for messages side by side.
/// Everything is of internal linkage: each including file compiles it for its own instruction set.
namespace dash::x11::luffa {
namespace {

template <typename Words>
class WordState {
  public:
    WordState() {
        for (std::size_t j = 0; j < kLanes; ++j)
            for (std::size_t i = 0; i < kWords; ++i)
                lanes_[j][i] = Words{} + kInitial[j][i];
    }

    void absorb_words(Words (&message)[kWords]) {
        mix_lanes();
        for (auto& lane : lanes_) {
            add(lane, message);
            times_x(message);
        }
        permute_all(std::make_index_sequence<kLanes>());
    }

    void absorb_nothing() {
        mix_lanes();
        permute_all(std::make_index_sequence<kLanes>());
    }

    [[nodiscard]] Words sum(std::size_t word) const {
        return logic(kXor, logic(kXor, lanes_[0][word], lanes_[1][word], lanes_[2][word]), lanes_[3][word],
                     lanes_[4][word]);
    }

  private:
    static constexpr auto kXor = [](auto a, auto b, auto c) { return (a ^ b) ^ c; };

    void mix_lanes() {
        Words total[kWords];
        Words neighbours[kLanes][kWords];
        for (std::size_t i = 0; i < kWords; ++i) {
            total[i] = sum(i);
            for (std::size_t j = 0; j < kLanes; ++j)
                neighbours[j][i] = lanes_[(j + 1) % kLanes][i] ^ lanes_[(j + 4) % kLanes][i];
        }
        for (std::size_t j = 0; j < kLanes; ++j)
            mix_lane(lanes_[j], neighbours[j], total);
    }

    template <std::size_t j>
    [[gnu::always_inline]] void permute() {
        Words lane[kWords];
        for (std::size_t i = 0; i < kWords; ++i)
            lane[i] = i < 4 ? lanes_[j][i] : rotate_each<static_cast<int>(j)>(lanes_[j][i]);
        for (const StepConstants& constants : kStepConstants[j])
            step(lane, Words{} + constants.word0, Words{} + constants.word4);
        for (std::size_t i = 0; i < kWords; ++i)
            lanes_[j][i] = lane[i];
    }

    template <std::size_t... j>
    [[gnu::always_inline]] void permute_all(std::index_sequence<j...>) {
        (permute<j>(), ...);
    }

    Words lanes_[kLanes][kWords];
};

/// In place, of as many digests as Words has lanes.
template <typename Words>
[[gnu::always_inline]] inline void hash_lanes(Digest512* digests) {
    WordState<Words> state;
    Words message[kWords];
    for (std::size_t block = 0; block < sizeof(Digest512) / kBlockBytes; ++block) {
        for (std::size_t i = 0; i < kWords; ++i)
            message[i] = load_big_lanes<Words>(digests, kWords * block + i);
        state.absorb_words(message);
    }
    for (auto& word : message)
        word = Words{};
    message[0] = Words{} + 0x80000000;
    state.absorb_words(message);
    for (std::size_t block = 0; block < 2; ++block) {
        state.absorb_nothing();
        for (std::size_t i = 0; i < kWords; ++i)
            store_big_lanes(digests, kWords * block + i, state.sum(i));
    }
}

}  // namespace
}  // namespace dash::x11::luffa
