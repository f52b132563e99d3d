#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dash/x11/functions.h"
#include "dash/x11/simd512.h"
#include "dash/x11/words.h"

namespace dash::x11 {
namespace {

using simd::Expanded;
using simd::kModulus;
using simd::kPoints;
using simd::Transformed;

/// Congruent modulo 257, and between -256 and 511 for any |x| <= 2^16.
constexpr std::int32_t fold(std::int32_t x) {
    return (x & 0xff) - (x >> 8);
}

/// The representative between -128 and 128.
constexpr std::int16_t centred(std::int32_t x) {
    x = fold(fold(x));
    return static_cast<std::int16_t>(x > kModulus / 2 ? x - kModulus : x);
}

constexpr std::size_t reverse_bits(std::size_t x) {
    std::size_t reversed = 0;
    for (int bit = 0; bit < 8; ++bit)
        reversed |= ((x >> bit) & 1) << (7 - bit);
    return reversed;
}

/// Point i is the sum of x_j 41^(i j), where x_0 to x_127 are the block, x_255 = 1, and x_253 = 1 in a message's last
/// block.
constexpr Transformed transform(const std::uint8_t* block, bool last) {
    std::array<std::int32_t, kPoints> y{};
    for (std::size_t j = 0; j < simd::kBlockBytes; ++j)
        y[reverse_bits(j)] = block[j];
    y[reverse_bits(255)] = 1;
    y[reverse_bits(253)] = last ? 1 : 0;

    for (std::size_t half = 1; half < kPoints; half *= 2) {
        const std::size_t stride = kPoints / (2 * half);
        for (std::size_t start = 0; start < kPoints; start += 2 * half) {
            for (std::size_t k = 0; k < half; ++k) {
                // At most 256 + |y| / 2, so that over the eight layers no point comes near 2^16.
                const std::int32_t product = fold(y[start + half + k] * simd::kRootPowers[k * stride]);
                y[start + half + k] = y[start + k] - product;
                y[start + k] += product;
            }
        }
    }
    Transformed points{};
    for (std::size_t i = 0; i < kPoints; ++i)
        points[i] = centred(y[i]);
    return points;
}

constexpr std::uint32_t pair(std::int32_t low, std::int32_t high, std::int32_t factor) {
    return (static_cast<std::uint32_t>(low * factor) & 0xffff) | (static_cast<std::uint32_t>(high * factor) << 16);
}

constexpr Expanded expand(const Transformed& points) {
    Expanded expanded{};
    for (std::size_t step = 0; step < simd::kSteps; ++step) {
        const std::size_t group = simd::kOrder[step];
        for (std::size_t j = 0; j < 8; ++j) {
            const std::size_t near = 16 * group + 2 * j;
            const std::size_t far = 16 * (group % 8) + 2 * j + (group < 24 ? 0 : 1);
            expanded[step][j] = group < 16 ? pair(points[near], points[near + 1], simd::kNearFactor)
                                           : pair(points[far], points[far + 128], simd::kFarFactor);
        }
    }
    return expanded;
}

constexpr std::array<std::uint8_t, simd::kBlockBytes> length_block(std::uint64_t bits) {
    std::array<std::uint8_t, simd::kBlockBytes> block{};
    for (std::size_t i = 0; i < 8; ++i)
        block[i] = static_cast<std::uint8_t>(bits >> (8 * i));
    return block;
}

}  // namespace

namespace simd {
alignas(32) constinit const Expanded kExpandedLengthOf64 = expand(transform(length_block(512).data(), true));
}

namespace portable {
namespace {

using Row = std::array<std::uint32_t, 8>;
using Chain = std::array<Row, 4>;  // A, B, C, D

std::uint32_t choose(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return ((b ^ c) & a) ^ c;
}
std::uint32_t majority(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
    return (a & b) | ((a | b) & c);
}

void step(Chain& state, std::size_t index, const Row& words, const int (&rotations)[4]) {
    auto& [a, b, c, d] = state;
    const bool first_half = index % 8 < 4;
    const int r = rotations[index % 4];
    const int s = rotations[(index + 1) % 4];
    Row rotated;
    for (std::size_t j = 0; j < 8; ++j)
        rotated[j] = std::rotl(a[j], r);
    Row next;
    for (std::size_t j = 0; j < 8; ++j) {
        const std::uint32_t f = first_half ? choose(a[j], b[j], c[j]) : majority(a[j], b[j], c[j]);
        next[j] = std::rotl(d[j] + words[j] + f, s) + rotated[j ^ simd::kLaneExchanges[index % 7]];
    }
    d = c;
    c = b;
    b = rotated;
    a = next;
}

void compress(Chain& chain, const std::uint8_t* block, const Expanded& words) {
    const Chain before = chain;
    for (std::size_t i = 0; i < 32; ++i)
        chain[i / 8][i % 8] ^= load_little<std::uint32_t>(block + 4 * i);
    for (std::size_t i = 0; i < simd::kSteps; ++i)
        step(chain, i, words[i], simd::kRotations[i / 8]);
    // The feed-forward: four steps more, with the chain value for words.
    for (std::size_t i = 0; i < 4; ++i)
        step(chain, simd::kSteps + i, before[i], simd::kRotations[3]);
}

}  // namespace

Digest512 simd512(ByteSpan input) {
    Chain chain;
    for (std::size_t i = 0; i < 32; ++i)
        chain[i / 8][i % 8] = simd::kInitial[i / 8][i % 8];
    const std::size_t rest = input.size() % simd::kBlockBytes;
    for (std::size_t at = 0; at < input.size() - rest; at += simd::kBlockBytes)
        compress(chain, input.data() + at, expand(transform(input.data() + at, false)));
    if (rest != 0) {
        std::array<std::uint8_t, simd::kBlockBytes> block{};
        std::memcpy(block.data(), input.data() + input.size() - rest, rest);
        compress(chain, block.data(), expand(transform(block.data(), false)));
    }
    const auto length = length_block(std::uint64_t{8} * input.size());
    compress(chain, length.data(),
             input.size() == 64 ? simd::kExpandedLengthOf64 : expand(transform(length.data(), true)));

    Digest512 digest;
    for (std::size_t i = 0; i < 16; ++i)
        store_little(digest.data() + 4 * i, chain[i / 8][i % 8]);
    return digest;
}

}  // namespace portable
}  // namespace dash::x11
