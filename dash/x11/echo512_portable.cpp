#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/x11/aes.h"
#include "dash/x11/echo512.h"
#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

using echo::kRounds;

/// The 4 x 4 matrix of AES states by columns: word 4 c + r is row r of column c.
using State = std::array<AesState, 16>;
using Chain = std::array<AesState, 8>;

/// BIG.SubWords: two AES rounds a word, the first with the counter as key, the second with the salt, which is zero.
void substitute(State& state, std::uint64_t& counter) {
    for (AesState& word : state) {
        AesState once = aes_round(word);
        once[0] ^= static_cast<std::uint32_t>(counter);
        once[1] ^= static_cast<std::uint32_t>(counter >> 32);
        word = aes_round(once);
        ++counter;
    }
}

/// BIG.ShiftRows and BIG.MixColumns: AES's own, on words in place of bytes.
void shift_and_mix(State& state) {
    const State before = state;
    for (std::size_t c = 0; c < 4; ++c) {
        for (std::size_t r = 0; r < 4; ++r) {
            // Row (r + k) mod 4 of the shifted column.
            const auto row = [&](std::size_t k) -> const AesState& {
                const std::size_t at = (r + k) % 4;
                return before[4 * ((c + at) % 4) + at];
            };
            for (std::size_t i = 0; i < 4; ++i)
                state[4 * c + r][i] = double_bytes(row(0)[i] ^ row(1)[i]) ^ row(1)[i] ^ row(2)[i] ^ row(3)[i];
        }
    }
}

/// `counter`: bits of the message up to and with this block, 0 if it holds none.
void compress(Chain& chain, const std::uint8_t* block, std::uint64_t counter) {
    State start;
    for (std::size_t w = 0; w < 8; ++w) {
        start[w] = chain[w];
        for (std::size_t i = 0; i < 4; ++i)
            start[8 + w][i] = load_little<std::uint32_t>(block + 16 * w + 4 * i);
    }
    State state = start;
    for (int round = 0; round < kRounds; ++round) {
        substitute(state, counter);
        shift_and_mix(state);
    }
    for (std::size_t w = 0; w < 8; ++w)
        for (std::size_t i = 0; i < 4; ++i)
            chain[w][i] ^= start[8 + w][i] ^ state[w][i] ^ state[8 + w][i];
}

}  // namespace

Digest512 echo512(ByteSpan input) {
    Chain chain;
    chain.fill({echo::kInitial, 0, 0, 0});
    absorb_counting(input, echo::fill_trailer,
                    [&chain](const std::uint8_t* block, std::uint64_t bits) { compress(chain, block, bits); });

    Digest512 digest;
    for (std::size_t w = 0; w < 4; ++w)
        for (std::size_t i = 0; i < 4; ++i)
            store_little(digest.data() + 16 * w + 4 * i, chain[w][i]);
    return digest;
}

}  // namespace dash::x11::portable
