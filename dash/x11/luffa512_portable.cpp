#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dash/x11/functions.h"
#include "dash/x11/luffa512.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

using Lane = std::uint32_t[luffa::kWords];

class State {
  public:
    State() { std::memcpy(lanes_, luffa::kInitial.data(), sizeof lanes_); }

    void absorb(const std::uint8_t* block) {
        mix_lanes();
        Lane message;
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            message[i] = load_big<std::uint32_t>(block + 4 * i);
        for (Lane& lane : lanes_) {
            luffa::add(lane, message);
            luffa::times_x(message);
        }
        permute();
    }

    void absorb_nothing() {
        mix_lanes();
        permute();
    }

    void store_sum(std::uint8_t* to) const {
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            store_big(to + 4 * i, sum(i));
    }

  private:
    [[nodiscard]] std::uint32_t sum(std::size_t word) const {
        return lanes_[0][word] ^ lanes_[1][word] ^ lanes_[2][word] ^ lanes_[3][word] ^ lanes_[4][word];
    }

    void mix_lanes() {
        Lane total;
        Lane neighbours[luffa::kLanes];
        for (std::size_t i = 0; i < luffa::kWords; ++i) {
            total[i] = sum(i);
            for (std::size_t j = 0; j < luffa::kLanes; ++j)
                neighbours[j][i] = lanes_[(j + 1) % luffa::kLanes][i] ^ lanes_[(j + 4) % luffa::kLanes][i];
        }
        for (std::size_t j = 0; j < luffa::kLanes; ++j)
            luffa::mix_lane(lanes_[j], neighbours[j], total);
    }

    void permute() {
        for (std::size_t j = 0; j < luffa::kLanes; ++j) {
            Lane lane;
            for (std::size_t i = 0; i < luffa::kWords; ++i)
                lane[i] = i < 4 ? lanes_[j][i] : std::rotl(lanes_[j][i], static_cast<int>(j));
            for (const luffa::StepConstants& constants : luffa::kStepConstants[j])
                luffa::step(lane, constants.word0, constants.word4);
            for (std::size_t i = 0; i < luffa::kWords; ++i)
                lanes_[j][i] = lane[i];
        }
    }

    Lane lanes_[luffa::kLanes];
};

}  // namespace

Digest512 luffa512(ByteSpan input) {
    return luffa::hash<State>(input);
}

}  // namespace dash::x11::portable
