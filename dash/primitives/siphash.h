#pragma once

#include <cstdint>

#include "dash/primitives/bytes.h"

namespace dash {

/// SipHash-2-4 of the bytes under a 128-bit key (Aumasson and Bernstein, "SipHash: a fast short-input PRF").
[[nodiscard]] std::uint64_t siphash24(std::uint64_t key0, std::uint64_t key1, ByteSpan bytes);

}  // namespace dash
