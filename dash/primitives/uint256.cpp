#include "dash/primitives/uint256.h"

#include <algorithm>

#include "dash/util/error.h"

namespace dash {

Uint256 Uint256::from_bytes(ByteSpan bytes) {
    if (bytes.size() != kBytes) {
        throw DecodeError("a 256-bit number takes 32 bytes, not " + std::to_string(bytes.size()));
    }
    std::array<std::uint64_t, 4> limbs{};
    for (std::size_t i = 0; i < kBytes; ++i)
        limbs[i / 8] |= static_cast<std::uint64_t>(bytes[i]) << (8 * (i % 8));
    return Uint256(limbs);
}

Uint256 Uint256::from_hex(std::string_view display) {
    if (display.size() != 2 * kBytes) {
        throw DecodeError("a hash has 64 hex digits, not " + std::to_string(display.size()));
    }
    Bytes bytes = dash::from_hex(display);
    std::reverse(bytes.begin(), bytes.end());
    return from_bytes(bytes);
}

std::array<std::uint8_t, Uint256::kBytes> Uint256::to_bytes() const {
    std::array<std::uint8_t, kBytes> bytes{};
    for (std::size_t i = 0; i < kBytes; ++i)
        bytes[i] = static_cast<std::uint8_t>(limbs_[i / 8] >> (8 * (i % 8)));
    return bytes;
}

std::string Uint256::to_hex() const {
    auto bytes = to_bytes();
    std::reverse(bytes.begin(), bytes.end());
    return dash::to_hex(bytes);
}

}  // namespace dash
