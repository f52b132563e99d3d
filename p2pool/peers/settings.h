#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "p2pool/peers/address_book.h"
#include "p2pool/peers/peer_address.h"
#include "share_chain/network.h"

namespace p2pool::peers {

/// A name or an address in digits, and a port.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;

    [[nodiscard]] std::string text() const;  ///< "host:port", "[2001:db8::1]:port"
    friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// "host", "host:port", "2001:db8::1" or "[2001:db8::1]:port"; nullopt when it is none of them.
[[nodiscard]] std::optional<HostPort> parse_host_port(const std::string& text, std::uint16_t default_port);

/// How the node takes part in the p2pool network. Numbers are those of python p2pool.p2p where not said otherwise.
struct Settings {
    const share_chain::Network* network = nullptr;
    std::string sub_version;  ///< what we call ourselves
    std::uint64_t random_seed = 0;

    bool listening = true;                  ///< somebody accepts connections for us
    std::uint16_t listen_port = 0;          ///< told in `addrme`
    bool advertise = true;                  ///< false: never tells others where we are (--disable-advertise)
    std::optional<PeerAddress> external;    ///< --external-ip: told in `addrs` instead of `addrme`
    std::vector<HostPort> permanent;        ///< -n: always connected, neither counted nor banned
    std::vector<HostPort> bootstrap;        ///< asked like any address we know of
    std::size_t desired_outgoing = 6;       ///< --outgoing-conns
    std::size_t most_incoming = 40;         ///< --max-conns
    std::size_t most_incoming_a_group = 3;  ///< from one /16 (IPv6: /32)
    std::size_t most_attempts = 30;         ///< connections under way to addresses that we know of

    double connect_timeout_seconds = 5;
    double handshake_timeout_seconds = 10;
    double silence_timeout_seconds = 100;
    /// Each is a question that gets an answer: keeps the link alive in both directions, though the python node itself
    /// pings too rarely for its own silence timeout.
    double ping_interval_seconds = 35;
    double request_timeout_seconds = 15;
    double ban_seconds = 3600;
    /// On average, after so long one of a full set of outgoing peers is exchanged for another.
    double renewal_seconds = 300;
    double failed_connect_seconds = 60;  ///< an address that did not answer is left alone so long
    double first_reconnect_seconds = 1;  ///< of permanent peers; doubled at each failure …
    double longest_reconnect_seconds = 120;

    std::size_t most_addresses = 10000;
    /// Whose addresses are learned and told on, but for those that the operator names.
    AddressBook::Scope scope = AddressBook::Scope::kPrivate;
    /// A peer for whom more waits than this is gone: it asks, and does not read.
    std::size_t most_unsent_bytes = 16U << 20;
    /// Shares that wait for their hash: above this, peers are not asked for more.
    std::size_t most_loading_bytes = 16U << 20;
};

}  // namespace p2pool::peers
