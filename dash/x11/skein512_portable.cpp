#include <algorithm>
#include <utility>

#include "dash/x11/functions.h"
#include "dash/x11/words.h"

// Skein-512-512: "The Skein Hash Function Family", version 1.3.
namespace dash::x11::portable {
namespace {

constexpr std::size_t kBlockBytes = 64;

using Words = std::uint64_t[8];

constexpr std::uint64_t kKeyParity = 0x1bd11bdaa9fc1a22;

// How far each MIX of a round rotates, by round mod 8.
constexpr int kRotations[8][4] = {{46, 36, 19, 37}, {33, 27, 14, 42}, {17, 49, 36, 39}, {44, 9, 54, 56},
                                  {39, 30, 34, 24}, {13, 50, 10, 17}, {25, 29, 39, 43}, {8, 35, 56, 22}};

// The second half of a tweak: what a block is, and whether it is the first or last of its kind.
enum Tweak : std::uint64_t {
    kConfig = std::uint64_t{4} << 56,
    kMessage = std::uint64_t{48} << 56,
    kOutput = std::uint64_t{63} << 56,
    kFirst = std::uint64_t{1} << 62,
    kLast = std::uint64_t{1} << 63,
};

struct Key {
    std::uint64_t words[9];
    std::uint64_t tweak[3];
};

template <std::size_t kInjection>
[[gnu::always_inline]] constexpr void add_key(Words& v, const Key& key) {
    for (std::size_t i = 0; i < 8; ++i)
        v[i] += key.words[(kInjection + i) % 9];
    v[5] += key.tweak[kInjection % 3];
    v[6] += key.tweak[(kInjection + 1) % 3];
    v[7] += kInjection;
}

/// One MIX of words a and b. The word permutation is in the choice of the words: it is the identity again after four
/// rounds.
template <std::size_t kRound, std::size_t kMix>
[[gnu::always_inline]] constexpr void mix(std::uint64_t& a, std::uint64_t& b) {
    a += b;
    b = rotate_left<kRotations[kRound][kMix]>(b) ^ a;
}

template <std::size_t kFirstRound>
[[gnu::always_inline]] constexpr void four_rounds(Words& v) {
    mix<kFirstRound, 0>(v[0], v[1]);
    mix<kFirstRound, 1>(v[2], v[3]);
    mix<kFirstRound, 2>(v[4], v[5]);
    mix<kFirstRound, 3>(v[6], v[7]);
    mix<kFirstRound + 1, 0>(v[2], v[1]);
    mix<kFirstRound + 1, 1>(v[4], v[7]);
    mix<kFirstRound + 1, 2>(v[6], v[5]);
    mix<kFirstRound + 1, 3>(v[0], v[3]);
    mix<kFirstRound + 2, 0>(v[4], v[1]);
    mix<kFirstRound + 2, 1>(v[6], v[3]);
    mix<kFirstRound + 2, 2>(v[0], v[5]);
    mix<kFirstRound + 2, 3>(v[2], v[7]);
    mix<kFirstRound + 3, 0>(v[6], v[1]);
    mix<kFirstRound + 3, 1>(v[0], v[7]);
    mix<kFirstRound + 3, 2>(v[2], v[5]);
    mix<kFirstRound + 3, 3>(v[4], v[3]);
}

template <std::size_t... i>
[[gnu::always_inline]] constexpr void rounds(Words& v, const Key& key, std::index_sequence<i...>) {
    ((add_key<2 * i>(v, key), four_rounds<0>(v), add_key<2 * i + 1>(v, key), four_rounds<4>(v)), ...);
    add_key<2 * sizeof...(i)>(v, key);
}

/// One step of the chaining mode UBI: h becomes Threefish-512 under the key h of the block, xor the block.
constexpr void compress(Words& h, const Words& block, std::uint64_t position, std::uint64_t flags) {
    Key key{{}, {position, flags, position ^ flags}};
    key.words[8] = kKeyParity;
    for (std::size_t i = 0; i < 8; ++i) {
        key.words[i] = h[i];
        key.words[8] ^= h[i];
    }
    Words v{};
    for (std::size_t i = 0; i < 8; ++i)
        v[i] = block[i];
    rounds(v, key, std::make_index_sequence<9>());
    for (std::size_t i = 0; i < 8; ++i)
        h[i] = v[i] ^ block[i];
}

struct Chain {
    Words h;
};

/// The chaining value after the configuration block: schema "SHA3", version 1, 512 bits of output.
constexpr Chain kInitial = [] {
    Chain chain{};
    constexpr Words kConfiguration = {0x0000000133414853, 512};
    compress(chain.h, kConfiguration, 32, kConfig | kFirst | kLast);
    return chain;
}();

void compress_bytes(Words& h, const std::uint8_t* bytes, std::uint64_t position, std::uint64_t flags) {
    Words block;
    for (std::size_t i = 0; i < 8; ++i)
        block[i] = load_little<std::uint64_t>(bytes + 8 * i);
    compress(h, block, position, flags);
}

}  // namespace

Digest512 skein512(ByteSpan input) {
    Chain chain = kInitial;
    // The last block is never empty, but for the empty message.
    const std::size_t before_last = input.empty() ? 0 : (input.size() - 1) / kBlockBytes * kBlockBytes;
    std::uint64_t first = kFirst;
    for (std::size_t i = 0; i < before_last; i += kBlockBytes) {
        compress_bytes(chain.h, input.data() + i, i + kBlockBytes, kMessage | first);
        first = 0;
    }
    const ByteSpan rest = input.subspan(before_last);
    if (rest.size() == kBlockBytes) {
        compress_bytes(chain.h, rest.data(), input.size(), kMessage | first | kLast);
    } else {
        std::uint8_t last[kBlockBytes] = {};
        std::copy_n(rest.data(), rest.size(), last);
        compress_bytes(chain.h, last, input.size(), kMessage | first | kLast);
    }

    constexpr Words kCounter = {};
    compress(chain.h, kCounter, 8, kOutput | kFirst | kLast);
    Digest512 out;
    for (std::size_t i = 0; i < 8; ++i)
        store_little(out.data() + 8 * i, chain.h[i]);
    return out;
}

}  // namespace dash::x11::portable
