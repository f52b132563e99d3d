#include <cstddef>
#include <cstdint>

#include "dash/x11/functions.h"
#include "dash/x11/luffa512.h"
#include "dash/x11/luffa512_words.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

struct State : luffa::WordState<std::uint32_t> {
    void absorb(const std::uint8_t* block) {
        std::uint32_t message[luffa::kWords];
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            message[i] = load_big<std::uint32_t>(block + 4 * i);
        absorb_words(message);
    }

    void store_sum(std::uint8_t* to) const {
        for (std::size_t i = 0; i < luffa::kWords; ++i)
            store_big(to + 4 * i, sum(i));
    }
};

}  // namespace

Digest512 luffa512(ByteSpan input) {
    return luffa::hash<State>(input);
}

}  // namespace dash::x11::portable
