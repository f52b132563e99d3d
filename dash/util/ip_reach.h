#pragma once

#include <array>
#include <cstdint>

namespace dash {

/// From where an IP address can be reached (RFC 6890).
enum class IpReach {
    kInternet,
    kLocal,  ///< within the operator's own network or machine: private ranges, loopback
    kNone,   ///< not at all, or not as what it is: documentation, link-local, multicast, tunnels of IPv4 in IPv6
};

/// `ip`: an IPv6 address, or an IPv4 address mapped into it.
[[nodiscard]] IpReach reach_of(const std::array<std::uint8_t, 16>& ip);

}  // namespace dash
