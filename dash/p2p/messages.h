#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

namespace dash::p2p {

/// Payloads of the Dash network's messages (Dash Core src/protocol.h, net_processing.cpp). Decoders throw DecodeError;
/// bytes behind the last field are ignored, as later protocol versions add fields there.

constexpr std::uint32_t kProtocolVersion = 70238;

struct NetAddress {
    std::uint64_t services = 0;
    /// IPv6, or IPv4 mapped into it.
    std::array<std::uint8_t, 16> ip{};
    std::uint16_t port = 0;

    friend bool operator==(const NetAddress&, const NetAddress&) = default;
};

/// Takes "1.2.3.4" and IPv6 text; anything else gives the unspecified address.
[[nodiscard]] NetAddress make_net_address(const std::string& ip, std::uint16_t port, std::uint64_t services = 0);
/// "1.2.3.4" for a mapped address, else IPv6 text.
[[nodiscard]] std::string ip_text(const NetAddress& address);

struct VersionMessage {
    std::uint32_t version = kProtocolVersion;
    std::uint64_t services = 0;
    std::int64_t time = 0;
    NetAddress to;
    NetAddress from;
    std::uint64_t nonce = 0;
    std::string user_agent;
    std::uint32_t start_height = 0;
    bool relay_transactions = true;  ///< last field; true when it is missing (BIP 37)
};
/// Ends after the relay byte: without the masternode fields that may follow, dashd takes us for an ordinary peer.
[[nodiscard]] Bytes encode(const VersionMessage& message);
[[nodiscard]] VersionMessage decode_version(ByteSpan payload);

/// Kinds of inventory this project acts on; others travel as their numbers.
constexpr std::uint32_t kInvTransaction = 1;
constexpr std::uint32_t kInvBlock = 2;
constexpr std::uint32_t kInvCompactBlock = 20;

struct InvItem {
    std::uint32_t type = 0;
    Uint256 hash;

    friend bool operator==(const InvItem&, const InvItem&) = default;
};
/// `inv`, `getdata` and `notfound`; at most 50,000 items.
[[nodiscard]] Bytes encode_inv(const std::vector<InvItem>& items);
[[nodiscard]] std::vector<InvItem> decode_inv(ByteSpan payload);

/// `getheaders` and `getblocks`. An empty locator asks for the one header `stop`.
struct GetHeaders {
    std::uint32_t version = kProtocolVersion;
    std::vector<Uint256> locator;  ///< at most 101
    Uint256 stop;
};
[[nodiscard]] Bytes encode(const GetHeaders& message);
[[nodiscard]] GetHeaders decode_getheaders(ByteSpan payload);

/// At most 2000, each followed by an empty list of transactions.
[[nodiscard]] Bytes encode_headers(const std::vector<BlockHeader>& headers);
[[nodiscard]] std::vector<BlockHeader> decode_headers(ByteSpan payload);

struct TimedAddress {
    std::uint32_t time = 0;
    NetAddress address;

    friend bool operator==(const TimedAddress&, const TimedAddress&) = default;
};
/// `addr`; at most 1000.
[[nodiscard]] Bytes encode_addr(const std::vector<TimedAddress>& addresses);
[[nodiscard]] std::vector<TimedAddress> decode_addr(ByteSpan payload);

/// `addrv2` (BIP 155); at most 1000. Only IPv4 and IPv6 are read and written: addresses of other networks are skipped.
[[nodiscard]] Bytes encode_addrv2(const std::vector<TimedAddress>& addresses);
[[nodiscard]] std::vector<TimedAddress> decode_addrv2(ByteSpan payload);

/// BIP 152.
struct SendCompact {
    bool announce = false;
    std::uint64_t version = 1;
};
[[nodiscard]] Bytes encode(const SendCompact& message);
[[nodiscard]] SendCompact decode_sendcmpct(ByteSpan payload);

/// `ping` and `pong`.
[[nodiscard]] Bytes encode_nonce(std::uint64_t nonce);
[[nodiscard]] std::uint64_t decode_nonce(ByteSpan payload);

}  // namespace dash::p2p
