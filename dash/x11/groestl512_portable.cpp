#include <array>
#include <cstddef>
#include <cstdint>

#include "dash/x11/aes.h"
#include "dash/x11/functions.h"
#include "dash/x11/groestl512.h"
#include "dash/x11/padding.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

using groestl::kBlockBytes;

/// The 8 x 16 matrix by columns, row 0 in the low byte.
using State = std::array<std::uint64_t, 16>;

/// kColumns[r][x]: what a byte x in row r adds to its column by SubBytes and MixBytes.
constexpr auto kColumns = [] {
    // MixBytes multiplies with the circulant matrix of first row 2 2 3 4 5 3 5 7: this is its first column.
    constexpr std::array<unsigned, 8> kFactors = {2, 7, 5, 3, 5, 4, 3, 2};
    std::array<std::array<std::uint64_t, 256>, 8> tables{};
    for (std::size_t x = 0; x < 256; ++x) {
        const std::uint64_t s = kAesSbox[x];
        const std::uint64_t s2 = double_bytes(s);
        const std::uint64_t s4 = double_bytes(s2);
        std::uint64_t column = 0;
        for (std::size_t row = 0; row < 8; ++row) {
            const unsigned factor = kFactors[row];
            const std::uint64_t product =
                ((factor & 1) != 0 ? s : 0) ^ ((factor & 2) != 0 ? s2 : 0) ^ ((factor & 4) != 0 ? s4 : 0);
            column |= product << (8 * row);
        }
        for (auto& table : tables) {
            table[x] = column;
            column = rotate_left<8>(column);
        }
    }
    return tables;
}();

struct P {
    static constexpr const groestl::Shifts& kShifts = groestl::kShiftsP;
    static constexpr std::uint64_t round_constant(std::uint64_t column, std::uint64_t round) {
        return (column << 4) ^ round;
    }
};

struct Q {
    static constexpr const groestl::Shifts& kShifts = groestl::kShiftsQ;
    static constexpr std::uint64_t round_constant(std::uint64_t column, std::uint64_t round) {
        return ~(((column << 4) ^ round) << 56);
    }
};

template <typename Permutation>
void permute(State& state) {
    for (std::uint64_t round = 0; round < groestl::kRounds; ++round) {
        for (std::size_t c = 0; c < 16; ++c)
            state[c] ^= Permutation::round_constant(c, round);
        State next;
        // Unrolled, each index and shift is a constant.
#pragma GCC unroll 16
        for (std::size_t c = 0; c < 16; ++c) {
            std::uint64_t column = 0;
            for (std::size_t row = 0; row < 8; ++row) {
                const std::uint64_t from = state[(c + Permutation::kShifts[row]) % 16];
                column ^= kColumns[row][(from >> (8 * row)) & 0xff];
            }
            next[c] = column;
        }
        state = next;
    }
}

void compress(State& chain, const std::uint8_t* block) {
    State q;
    State p;
    for (std::size_t c = 0; c < 16; ++c) {
        q[c] = load_little<std::uint64_t>(block + 8 * c);
        p[c] = q[c] ^ chain[c];
    }
    permute<P>(p);
    permute<Q>(q);
    for (std::size_t c = 0; c < 16; ++c)
        chain[c] ^= p[c] ^ q[c];
}

}  // namespace

Digest512 groestl512(ByteSpan input) {
    State chain{};
    chain[15] = std::uint64_t{512 >> 8} << 48;  // the digest's size in bits, big-endian
    const std::size_t whole = input.size() / kBlockBytes;
    for (std::size_t i = 0; i < whole; ++i)
        compress(chain, input.data() + i * kBlockBytes);

    PaddedTail<kBlockBytes, 8> tail(input);
    store_big<std::uint64_t>(tail.trailer(), whole + tail.size / kBlockBytes);
    for (std::size_t at = 0; at < tail.size; at += kBlockBytes)
        compress(chain, tail.bytes + at);

    State last = chain;
    permute<P>(last);
    Digest512 digest;
    for (std::size_t c = 0; c < 8; ++c)
        store_little(digest.data() + 8 * c, last[8 + c] ^ chain[8 + c]);
    return digest;
}

}  // namespace dash::x11::portable
