#include "dash/primitives/uint256.h"

#include <algorithm>
#include <random>

#include "dash/util/error.h"

namespace dash {
namespace {

std::array<std::uint32_t, 8> random_keys() {
    std::random_device device;
    std::array<std::uint32_t, 8> keys{};
    for (std::uint32_t& key : keys)
        key = static_cast<std::uint32_t>(device());
    return keys;
}

}  // namespace

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

/// The universal hash NH of UMAC (RFC 4418): two chosen numbers collide for one in 2^32 keys. The rest only spreads the
/// bits.
std::size_t salted_hash(const Uint256& value) noexcept {
    static const std::array<std::uint32_t, 8> keys = random_keys();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::uint64_t limb = value.limbs()[i];
        const std::uint32_t low = static_cast<std::uint32_t>(limb) + keys[2 * i];
        const std::uint32_t high = static_cast<std::uint32_t>(limb >> 32) + keys[2 * i + 1];
        sum += std::uint64_t{low} * high;
    }
    sum ^= sum >> 32;
    sum *= 0x9e3779b97f4a7c15ULL;
    return static_cast<std::size_t>(sum ^ (sum >> 29));
}

}  // namespace dash
