#include <cstring>

#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/shavite512_aes.h"

namespace dash::x11::sse4 {
namespace {

using State = shavite::State<aes::OneMessage>;

void compress(State& chain, const std::uint8_t* block, std::uint64_t bits) {
    shavite::RoundKeys<aes::OneMessage> k;
    for (int i = 0; i < 8; ++i)
        k.key[i] = aes::load(block + 16 * i);
    shavite::compress(chain, k, bits);
}

}  // namespace

Digest512 shavite512(ByteSpan input) {
    Digest512 digest;
    if (input.size() == digest.size()) {
        std::memcpy(digest.data(), input.data(), digest.size());
        shavite::hash_lanes<aes::OneMessage>(&digest);
        return digest;
    }
    State chain = shavite::first_chain<aes::OneMessage>();
    absorb_counting(input, shavite::fill_trailer,
                    [&chain](const std::uint8_t* block, std::uint64_t bits) { compress(chain, block, bits); });
    for (std::size_t i = 0; i < 4; ++i)
        aes::store_lanes(&digest, i, chain.word[i]);
    return digest;
}

}  // namespace dash::x11::sse4
