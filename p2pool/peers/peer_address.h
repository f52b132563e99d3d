#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace p2pool::peers {

/// Where a node of the p2pool network listens: an IPv6 address, or an IPv4 address mapped into it, and a port.
struct PeerAddress {
    std::array<std::uint8_t, 16> ip{};
    std::uint16_t port = 0;

    [[nodiscard]] bool is_ipv4() const;
    [[nodiscard]] bool is_loopback() const;  ///< 127.0.0.0/8 or ::1
    /// "1.2.3.4" or "2001:db8::1", without brackets.
    [[nodiscard]] std::string host() const;
    /// "1.2.3.4:8999" or "[2001:db8::1]:8999".
    [[nodiscard]] std::string text() const;
    /// What is likely one owner's or one provider's: the /16 of an IPv4, the /32 of an IPv6 address.
    [[nodiscard]] std::string group() const { return neighbourhood().host(); }
    /// The same as its lowest address, with port 0: none of the group sorts before it.
    [[nodiscard]] PeerAddress neighbourhood() const;
    /// What one customer of a provider has for himself: an IPv4 address, or the /64 of an IPv6 address.
    [[nodiscard]] std::string subscriber() const;

    friend auto operator<=>(const PeerAddress&, const PeerAddress&) = default;
};

/// `host` is an address in digits, not a name; nullopt for anything else.
[[nodiscard]] std::optional<PeerAddress> parse_peer_address(std::string_view host, std::uint16_t port);

}  // namespace p2pool::peers
