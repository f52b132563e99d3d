#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dash/p2p/messages.h"

namespace dash::broadcaster {

/// Where a node of the Dash network listens.
struct PeerAddress {
    std::array<std::uint8_t, 16> ip{};  ///< IPv6, or IPv4 mapped into it
    std::uint16_t port = 0;

    friend auto operator<=>(const PeerAddress&, const PeerAddress&) = default;
};

[[nodiscard]] PeerAddress to_peer_address(const p2p::NetAddress& address);
/// Reads "1.2.3.4:9999" and "[2001:db8::1]:9999"; nullopt for anything else, names included.
[[nodiscard]] std::optional<PeerAddress> parse_peer_address(std::string_view text);
/// "1.2.3.4" or "2001:db8::1".
[[nodiscard]] std::string host_text(const PeerAddress& address);
/// What parse_peer_address() reads.
[[nodiscard]] std::string to_text(const PeerAddress& address);

/// Addresses of one /16 (IPv6: /32) have the same number: likely one operator, or one cable.
[[nodiscard]] std::uint64_t network_group(const PeerAddress& address);

/// Which addresses are worth an attempt.
struct AddressRules {
    std::uint16_t port = 0;       ///< the chain's own P2P port; no other is accepted
    bool local_ones_too = false;  ///< also loopback and private networks, as on regtest
};
[[nodiscard]] bool acceptable(const PeerAddress& address, const AddressRules& rules);

}  // namespace dash::broadcaster
