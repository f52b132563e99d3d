#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

/// X11: the proof-of-work and block hash of Dash: BLAKE-512, BMW-512, Grøstl-512, Skein-512-512, JH-512, Keccak-512,
/// Luffa-512, CubeHash16/32-512, SHAvite-3-512, SIMD-512 and ECHO-512 chained, of which the first 32 bytes of the last
/// digest count.
namespace dash::x11 {

using Digest = std::array<std::uint8_t, 32>;

/// Any length; block headers are 80 bytes. Thread-safe; uses the fastest code this processor has.
[[nodiscard]] Digest hash(ByteSpan input);

/// The hash as the number that is compared with targets and printed in display order.
[[nodiscard]] Uint256 hash_number(ByteSpan input);

/// The bytes of a block header.
using HeaderBytes = std::array<std::uint8_t, 80>;

/// hash() of each header, side by side in vectors where this processor has wide ones: in a fraction of the time, from
/// some four headers on. `digests` is as long as `headers`.
void hash_many(std::span<const HeaderBytes> headers, std::span<Digest> digests);

/// One implementation of the chain, e.g. "portable" or "avx2+aes".
struct Implementation {
    std::string_view name;
    Digest (*hash)(ByteSpan input);
};

/// Everything this processor can run, slowest first ("portable" always); hash() uses the last one.
[[nodiscard]] const std::vector<Implementation>& implementations();

/// One implementation of the chain for `batch` headers at once.
struct ManyLanes {
    std::string_view name;  ///< as Implementation::name
    std::size_t batch;
    void (*hash)(const HeaderBytes* headers, Digest* digests);
};

/// Everything this processor can run, slowest first; hash_many() uses the last one. May be empty.
[[nodiscard]] const std::vector<ManyLanes>& many_lanes();

}  // namespace dash::x11
