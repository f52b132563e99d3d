#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/x11/aes.h"
#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/shavite512.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

using shavite::kRounds;

using Chain = std::array<AesState, 4>;
/// Eight subkeys of 128 bits a round, as words.
using RoundKeys = std::array<std::uint32_t, 32 * kRounds>;

void add_counter(RoundKeys& keys, std::size_t at, std::uint32_t word0, std::uint32_t word1, std::uint32_t word2,
                 std::uint32_t word3) {
    keys[at] ^= word0;
    keys[at + 1] ^= word1;
    keys[at + 2] ^= word2;
    keys[at + 3] ^= ~word3;
}

/// The message expansion: the block itself, then 32 words by AES rounds and 32 by a linear rule in turn. The counter's
/// upper 64 bits are always zero here.
RoundKeys expand(const std::uint8_t* block, std::uint64_t counter) {
    const auto low = static_cast<std::uint32_t>(counter);
    const auto high = static_cast<std::uint32_t>(counter >> 32);
    RoundKeys keys;
    for (std::size_t i = 0; i < 32; ++i)
        keys[i] = load_little<std::uint32_t>(block + 4 * i);
    for (std::size_t i = 32; i < keys.size();) {
        for (const std::size_t end = i + 32; i < end; i += 4) {
            const AesState mixed = aes_round({keys[i - 31], keys[i - 30], keys[i - 29], keys[i - 32]});
            for (std::size_t j = 0; j < 4; ++j)
                keys[i + j] = mixed[j] ^ keys[i + j - 4];
            if (i == 32) add_counter(keys, i, low, high, 0, 0);
            if (i == 164) add_counter(keys, i, 0, 0, high, low);
            if (i == 316) add_counter(keys, i, 0, 0, low, high);
            if (i == 440) add_counter(keys, i, high, low, 0, 0);
        }
        if (i == keys.size()) break;
        for (const std::size_t end = i + 32; i < end; ++i)
            keys[i] = keys[i - 32] ^ keys[i - 7];
    }
    return keys;
}

/// F^4: adds to `target` four AES rounds of `source`, each with a subkey before it.
void add_rounds(AesState& target, const AesState& source, const std::uint32_t* keys) {
    AesState x = source;
    for (std::size_t k = 0; k < 4; ++k) {
        for (std::size_t j = 0; j < 4; ++j)
            x[j] ^= keys[4 * k + j];
        x = aes_round(x);
    }
    for (std::size_t j = 0; j < 4; ++j)
        target[j] ^= x[j];
}

void compress(Chain& chain, const std::uint8_t* block, std::uint64_t counter) {
    const RoundKeys keys = expand(block, counter);
    Chain state = chain;
    for (std::size_t round = 0; round < kRounds; ++round) {
        add_rounds(state[0], state[1], keys.data() + 32 * round);
        add_rounds(state[2], state[3], keys.data() + 32 * round + 16);
        state = {state[3], state[0], state[1], state[2]};
    }
    for (std::size_t w = 0; w < 4; ++w)
        for (std::size_t j = 0; j < 4; ++j)
            chain[w][j] ^= state[w][j];
}

}  // namespace

Digest512 shavite512(ByteSpan input) {
    Chain chain;
    for (std::size_t i = 0; i < 16; ++i)
        chain[i / 4][i % 4] = shavite::kInitial[i];
    absorb_counting(input, shavite::fill_trailer,
                    [&chain](const std::uint8_t* block, std::uint64_t bits) { compress(chain, block, bits); });

    Digest512 digest;
    for (std::size_t i = 0; i < 16; ++i)
        store_little(digest.data() + 4 * i, chain[i / 4][i % 4]);
    return digest;
}

}  // namespace dash::x11::portable
