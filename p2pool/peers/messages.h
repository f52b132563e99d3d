#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dash/p2p/framing.h"
#include "dash/primitives/block.h"
#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "p2pool/peers/known_transactions.h"
#include "p2pool/peers/peer_address.h"
#include "share_chain/codec.h"

/// Payloads of the p2pool network's messages, protocol version 1700 (python p2pool.p2p Protocol.message_*). Decoders
/// throw DecodeError; a byte string or big integer that the end cuts off is taken as it is, as the python node does.
namespace p2pool::peers {

constexpr std::uint32_t kProtocolVersion = 1700;

/// Bytes behind the last field: an error in the protocol we speak; of later versions we ignore the fields we do not
/// know.
enum class Trailing { kReject, kIgnore };

struct NetworkAddress {
    std::uint64_t services = 0;
    PeerAddress address;

    friend bool operator==(const NetworkAddress&, const NetworkAddress&) = default;
};

struct Version {
    static constexpr std::string_view kCommand = "version";
    std::uint32_t version = kProtocolVersion;
    std::uint64_t services = 0;
    NetworkAddress to;
    NetworkAddress from;
    std::uint64_t nonce = 0;
    std::string sub_version;  ///< any bytes
    std::uint32_t mode = 1;
    dash::Uint256 best_share_hash;  ///< zero = none
};

struct Ping {
    static constexpr std::string_view kCommand = "ping";
};

/// "I listen at the address you see me at, and this port."
struct AddrMe {
    static constexpr std::string_view kCommand = "addrme";
    std::uint16_t port = 0;
};

struct TimedAddress {
    std::uint64_t timestamp = 0;  ///< unix seconds
    NetworkAddress address;
};

struct Addrs {
    static constexpr std::string_view kCommand = "addrs";
    std::vector<TimedAddress> addresses;
};

struct GetAddrs {
    static constexpr std::string_view kCommand = "getaddrs";
    std::uint32_t count = 0;
};

struct Shares {
    static constexpr std::string_view kCommand = "shares";
    std::vector<share_chain::TypedContents> shares;
};

struct ShareRequest {
    static constexpr std::string_view kCommand = "sharereq";
    dash::Uint256 id;
    std::vector<dash::Uint256> hashes;
    std::uint64_t parents = 0;
    std::vector<dash::Uint256> stops;
};

enum class ShareResult : std::uint8_t { kGood = 0, kTooLong = 1 };

struct ShareReply {
    static constexpr std::string_view kCommand = "sharereply";
    dash::Uint256 id;
    ShareResult result = ShareResult::kGood;  ///< or another number up to 6, which has no meaning yet
    std::vector<share_chain::TypedContents> shares;
};

struct BestBlock {
    static constexpr std::string_view kCommand = "bestblock";
    dash::BlockHeader header;
};

struct HaveTx {
    static constexpr std::string_view kCommand = "have_tx";
    std::vector<dash::Uint256> hashes;
};

struct LosingTx {
    static constexpr std::string_view kCommand = "losing_tx";
    std::vector<dash::Uint256> hashes;
};

/// Transactions to be kept for the sender: by name what the receiver said that it has, in full what it has not.
struct RememberTx {
    static constexpr std::string_view kCommand = "remember_tx";
    /// Nobody remembers more for a peer, in one message or in many: a small transaction takes more memory than is
    /// counted by bytes. A usual block has fewer.
    static constexpr std::size_t kMost = 10'000;
    std::vector<dash::Uint256> hashes;
    std::vector<KnownTransaction> transactions;
};

struct ForgetTx {
    static constexpr std::string_view kCommand = "forget_tx";
    std::vector<dash::Uint256> hashes;
};

[[nodiscard]] dash::Bytes encode(const Version& message);
[[nodiscard]] dash::Bytes encode(const Ping& message);
[[nodiscard]] dash::Bytes encode(const AddrMe& message);
[[nodiscard]] dash::Bytes encode(const Addrs& message);
[[nodiscard]] dash::Bytes encode(const GetAddrs& message);
[[nodiscard]] dash::Bytes encode(const Shares& message);
[[nodiscard]] dash::Bytes encode(const ShareRequest& message);
[[nodiscard]] dash::Bytes encode(const ShareReply& message);
[[nodiscard]] dash::Bytes encode(const BestBlock& message);
[[nodiscard]] dash::Bytes encode(const HaveTx& message);
[[nodiscard]] dash::Bytes encode(const LosingTx& message);
[[nodiscard]] dash::Bytes encode(const RememberTx& message);
[[nodiscard]] dash::Bytes encode(const ForgetTx& message);

/// Which protocol version the rest follows is in the message itself: trailing bytes are for later ones only.
[[nodiscard]] Version decode_version(dash::ByteSpan payload);
void decode_ping(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] AddrMe decode_addrme(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] Addrs decode_addrs(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] GetAddrs decode_getaddrs(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] Shares decode_shares(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] ShareRequest decode_sharereq(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] ShareReply decode_sharereply(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] BestBlock decode_bestblock(dash::ByteSpan payload, Trailing trailing);
/// The payload of have_tx, losing_tx and forget_tx.
[[nodiscard]] std::vector<dash::Uint256> decode_hashes(dash::ByteSpan payload, Trailing trailing);
[[nodiscard]] RememberTx decode_remember_tx(dash::ByteSpan payload, Trailing trailing);

/// A message in one frame, for those that always fit.
template <typename Message>
[[nodiscard]] dash::p2p::SharedFrame make_frame(dash::ByteSpan prefix, const Message& message) {
    return dash::p2p::encode_frame(prefix, Message::kCommand, encode(message));
}

/// Any message; a list that is too long for one frame goes in several, halved as often as needed. Throws DecodeError
/// when one element alone is too long.
template <typename Message>
[[nodiscard]] std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const Message& message) {
    return {make_frame(prefix, message)};
}
[[nodiscard]] std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const Shares& message);
[[nodiscard]] std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const HaveTx& message);
[[nodiscard]] std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const LosingTx& message);
[[nodiscard]] std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const RememberTx& message);
[[nodiscard]] std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const ForgetTx& message);

/// An answer that is too long for a frame says so instead.
[[nodiscard]] dash::p2p::SharedFrame make_reply_frame(dash::ByteSpan prefix, const ShareReply& reply);

}  // namespace p2pool::peers
