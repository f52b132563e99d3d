#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "dash/primitives/bytes.h"

namespace dash {

/// A 256-bit unsigned number: hashes and targets. On the wire it is 32 bytes little-endian; printed, it is 64 hex
/// digits with the most significant first ("display order"). Zero stands for "none" where the protocols say so.
class Uint256 {
  public:
    static constexpr std::size_t kBytes = 32;

    constexpr Uint256() = default;
    constexpr explicit Uint256(std::uint64_t low) : limbs_{low, 0, 0, 0} {}
    /// Least significant limb first.
    constexpr explicit Uint256(const std::array<std::uint64_t, 4>& limbs) : limbs_(limbs) {}

    /// `bytes` little-endian, exactly 32; throws DecodeError otherwise.
    [[nodiscard]] static Uint256 from_bytes(ByteSpan bytes);
    /// 64 hex digits in display order; throws DecodeError otherwise.
    [[nodiscard]] static Uint256 from_hex(std::string_view display);
    [[nodiscard]] static constexpr Uint256 max() { return Uint256({~0ULL, ~0ULL, ~0ULL, ~0ULL}); }

    [[nodiscard]] std::array<std::uint8_t, kBytes> to_bytes() const;
    [[nodiscard]] std::string to_hex() const;
    [[nodiscard]] constexpr bool is_zero() const { return (limbs_[0] | limbs_[1] | limbs_[2] | limbs_[3]) == 0; }
    [[nodiscard]] constexpr const std::array<std::uint64_t, 4>& limbs() const { return limbs_; }
    [[nodiscard]] constexpr std::uint64_t low64() const { return limbs_[0]; }

    friend constexpr bool operator==(const Uint256&, const Uint256&) = default;
    friend constexpr std::strong_ordering operator<=>(const Uint256& a, const Uint256& b) {
        for (std::size_t i = 4; i-- > 0;) {
            if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] <=> b.limbs_[i];
        }
        return std::strong_ordering::equal;
    }

  private:
    std::array<std::uint64_t, 4> limbs_{};
};

/// For hash tables only: differs from run to run.
[[nodiscard]] std::size_t salted_hash(const Uint256& value) noexcept;

}  // namespace dash

/// Salted at start, because strangers choose what goes into our sets and maps: nobody can prepare numbers that collide.
template <>
struct std::hash<dash::Uint256> {
    std::size_t operator()(const dash::Uint256& value) const noexcept { return dash::salted_hash(value); }
};
