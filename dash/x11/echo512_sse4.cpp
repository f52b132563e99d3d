#include <cstring>

#include "dash/x11/echo512_aes.h"
#include "dash/x11/functions.h"
#include "dash/x11/padding.h"

namespace dash::x11::sse4 {
namespace {

using Chain = echo::Chain<aes::OneMessage>;

void compress(Chain& chain, const std::uint8_t* block, std::uint64_t bits) {
    __m128i words[8];
    echo::State<aes::OneMessage> state;
    for (int i = 0; i < 8; ++i) {
        words[i] = aes::load(block + 16 * i);
        state.word[i] = chain.word[i];
        state.word[8 + i] = words[i];
    }
    echo::rounds(state, echo::kRounds, bits);
    echo::feed_forward(chain, words, state);
}

}  // namespace

Digest512 echo512(ByteSpan input) {
    Digest512 digest;
    if (input.size() == digest.size()) {
        std::memcpy(digest.data(), input.data(), digest.size());
        echo::hash_lanes<aes::OneMessage>(&digest);
        return digest;
    }
    Chain chain = echo::first_chain<aes::OneMessage>();
    absorb_counting(input, echo::fill_trailer,
                    [&chain](const std::uint8_t* block, std::uint64_t bits) { compress(chain, block, bits); });
    for (std::size_t i = 0; i < 4; ++i)
        aes::store_lanes(&digest, i, chain.word[i]);
    return digest;
}

}  // namespace dash::x11::sse4
