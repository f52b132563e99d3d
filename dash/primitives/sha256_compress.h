#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The compression function of SHA-256 (FIPS 180-4 section 6.2.2) in the versions that sha256.cpp chooses from.
namespace dash::detail {

[[nodiscard]] inline std::uint32_t load_big_endian(const std::uint8_t* bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

/// Mixes `blocks` blocks of 64 bytes into the state.
using Sha256Compress = void (*)(std::array<std::uint32_t, 8>& state, const std::uint8_t* data, std::size_t blocks);

void sha256_compress_portable(std::array<std::uint32_t, 8>& state, const std::uint8_t* data, std::size_t blocks);

/// The version for the SHA extensions of x86; nullptr where this CPU has none.
[[nodiscard]] Sha256Compress sha256_compress_extensions();

}  // namespace dash::detail
