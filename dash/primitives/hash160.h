#pragma once

#include <array>
#include <cstdint>

#include "dash/primitives/bytes.h"

namespace dash {

/// RIPEMD-160 of SHA-256, in the byte order it has in scripts and addresses.
using Hash160 = std::array<std::uint8_t, 20>;

[[nodiscard]] Hash160 ripemd160(ByteSpan bytes);
[[nodiscard]] Hash160 hash160(ByteSpan bytes);

}  // namespace dash
