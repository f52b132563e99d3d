#include "p2pool/peers/messages.h"

#include <algorithm>
#include <span>

#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/transaction.h"
#include "dash/util/error.h"

namespace p2pool::peers {
namespace {

using dash::Reader;
using dash::Writer;

constexpr std::size_t kTimedAddressBytes = 8 + 8 + 16 + 2;
/// A type and an empty string.
constexpr std::size_t kSmallestShareBytes = 2;
/// Version, two empty lists, lock time.
constexpr std::size_t kSmallestTransactionBytes = 10;
constexpr std::uint8_t kLastShareResult = 6;

void write_address(Writer& writer, const NetworkAddress& address) {
    writer.u64(address.services).raw(address.address.ip).u16_big_endian(address.address.port);
}

NetworkAddress read_address(Reader& reader) {
    NetworkAddress address;
    address.services = reader.u64();
    const dash::ByteSpan ip = reader.fixed(address.address.ip.size());
    std::copy(ip.begin(), ip.end(), address.address.ip.begin());
    address.address.port = reader.u16_big_endian();
    return address;
}

void write_hashes(Writer& writer, std::span<const dash::Uint256> hashes) {
    writer.varint(hashes.size());
    for (const dash::Uint256& hash : hashes)
        writer.uint256(hash);
}

std::vector<dash::Uint256> read_hashes(Reader& reader) {
    std::vector<dash::Uint256> hashes(reader.count(dash::Uint256::kBytes));
    for (dash::Uint256& hash : hashes)
        hash = reader.uint256();
    return hashes;
}

dash::Bytes encode_hashes(std::span<const dash::Uint256> hashes) {
    Writer writer(9 + hashes.size() * dash::Uint256::kBytes);
    write_hashes(writer, hashes);
    return std::move(writer).take();
}

void write_shares(Writer& writer, std::span<const share_chain::TypedContents> shares) {
    writer.varint(shares.size());
    for (const share_chain::TypedContents& share : shares)
        share_chain::write_typed_contents(writer, share.type, share.contents);
}

std::vector<share_chain::TypedContents> read_shares(Reader& reader) {
    std::vector<share_chain::TypedContents> shares;
    for (std::size_t left = reader.count(kSmallestShareBytes); left > 0; --left)
        shares.push_back(share_chain::read_typed_contents(reader));
    return shares;
}

KnownTransaction read_known_transaction(Reader& reader) {
    KnownTransaction transaction;
    dash::Bytes bytes = dash::read_transaction(reader).serialize();
    transaction.txid = dash::sha256d(bytes);
    transaction.bytes = std::make_shared<const dash::Bytes>(std::move(bytes));
    return transaction;
}

void finish(const Reader& reader, Trailing trailing) {
    if (trailing == Trailing::kReject) reader.expect_end();
}

Reader reader_of(dash::ByteSpan payload) {
    return Reader(payload, dash::Truncation::kAccept);
}

bool fits(const dash::Bytes& payload) {
    return payload.size() <= dash::p2p::kMaxPayloadBytes;
}

template <typename Element>
std::vector<Element> half(const std::vector<Element>& list, bool first) {
    const auto middle = list.begin() + static_cast<std::ptrdiff_t>(list.size() / 2);
    return first ? std::vector<Element>(list.begin(), middle) : std::vector<Element>(middle, list.end());
}

Shares half(const Shares& message, bool first) {
    return {half(message.shares, first)};
}

RememberTx half(const RememberTx& message, bool first) {
    return {half(message.hashes, first), half(message.transactions, first)};
}

template <typename HashList>
HashList half(const HashList& message, bool first) {
    return {half(message.hashes, first)};
}

template <typename Message>
void append_frames(std::vector<dash::p2p::SharedFrame>& frames, dash::ByteSpan prefix, const Message& message,
                   std::size_t elements) {
    const dash::Bytes payload = encode(message);
    if (fits(payload) || elements < 2) {
        frames.push_back(dash::p2p::encode_frame(prefix, Message::kCommand, payload));
        return;
    }
    append_frames(frames, prefix, half(message, true), elements / 2);
    append_frames(frames, prefix, half(message, false), elements - elements / 2);
}

template <typename Message>
std::vector<dash::p2p::SharedFrame> frames_of(dash::ByteSpan prefix, const Message& message, std::size_t elements) {
    std::vector<dash::p2p::SharedFrame> frames;
    append_frames(frames, prefix, message, elements);
    return frames;
}

}  // namespace

dash::Bytes encode(const Version& message) {
    Writer writer;
    writer.u32(message.version).u64(message.services);
    write_address(writer, message.to);
    write_address(writer, message.from);
    writer.u64(message.nonce).varstr(message.sub_version).u32(message.mode).uint256(message.best_share_hash);
    return std::move(writer).take();
}

dash::Bytes encode(const Ping&) {
    return {};
}

dash::Bytes encode(const AddrMe& message) {
    return Writer().u16(message.port).bytes();
}

dash::Bytes encode(const Addrs& message) {
    Writer writer(9 + message.addresses.size() * kTimedAddressBytes);
    writer.varint(message.addresses.size());
    for (const TimedAddress& entry : message.addresses) {
        writer.u64(entry.timestamp);
        write_address(writer, entry.address);
    }
    return std::move(writer).take();
}

dash::Bytes encode(const GetAddrs& message) {
    return Writer().u32(message.count).bytes();
}

dash::Bytes encode(const Shares& message) {
    Writer writer;
    write_shares(writer, message.shares);
    return std::move(writer).take();
}

dash::Bytes encode(const ShareRequest& message) {
    Writer writer;
    writer.uint256(message.id);
    write_hashes(writer, message.hashes);
    writer.varint(message.parents);
    write_hashes(writer, message.stops);
    return std::move(writer).take();
}

dash::Bytes encode(const ShareReply& message) {
    Writer writer;
    writer.uint256(message.id).varint(static_cast<std::uint64_t>(message.result));
    write_shares(writer, message.shares);
    return std::move(writer).take();
}

dash::Bytes encode(const BestBlock& message) {
    const auto bytes = message.header.serialize();
    return {bytes.begin(), bytes.end()};
}

dash::Bytes encode(const HaveTx& message) {
    return encode_hashes(message.hashes);
}

dash::Bytes encode(const LosingTx& message) {
    return encode_hashes(message.hashes);
}

dash::Bytes encode(const RememberTx& message) {
    Writer writer;
    write_hashes(writer, message.hashes);
    writer.varint(message.transactions.size());
    for (const KnownTransaction& transaction : message.transactions)
        writer.raw(*transaction.bytes);
    return std::move(writer).take();
}

dash::Bytes encode(const ForgetTx& message) {
    return encode_hashes(message.hashes);
}

Version decode_version(dash::ByteSpan payload) {
    Reader reader = reader_of(payload);
    Version message;
    message.version = reader.u32();
    message.services = reader.u64();
    message.to = read_address(reader);
    message.from = read_address(reader);
    message.nonce = reader.u64();
    message.sub_version = dash::as_text(reader.varstr());
    message.mode = reader.u32();
    message.best_share_hash = reader.uint256();
    finish(reader, message.version > kProtocolVersion ? Trailing::kIgnore : Trailing::kReject);
    return message;
}

void decode_ping(dash::ByteSpan payload, Trailing trailing) {
    finish(reader_of(payload), trailing);
}

AddrMe decode_addrme(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    AddrMe message{reader.u16()};
    finish(reader, trailing);
    return message;
}

Addrs decode_addrs(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    Addrs message;
    message.addresses.resize(reader.count(kTimedAddressBytes));
    for (TimedAddress& entry : message.addresses) {
        entry.timestamp = reader.u64();
        entry.address = read_address(reader);
    }
    finish(reader, trailing);
    return message;
}

GetAddrs decode_getaddrs(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    GetAddrs message{reader.u32()};
    finish(reader, trailing);
    return message;
}

Shares decode_shares(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    Shares message{read_shares(reader)};
    finish(reader, trailing);
    return message;
}

ShareRequest decode_sharereq(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    ShareRequest message;
    message.id = reader.uint256();
    message.hashes = read_hashes(reader);
    message.parents = reader.varint();
    message.stops = read_hashes(reader);
    finish(reader, trailing);
    return message;
}

ShareReply decode_sharereply(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    ShareReply message;
    message.id = reader.uint256();
    const std::uint64_t result = reader.varint();
    if (result > kLastShareResult) throw dash::DecodeError("answer with the unknown result " + std::to_string(result));
    message.result = static_cast<ShareResult>(result);
    message.shares = read_shares(reader);
    finish(reader, trailing);
    return message;
}

BestBlock decode_bestblock(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    BestBlock message{dash::read_header(reader)};
    finish(reader, trailing);
    return message;
}

std::vector<dash::Uint256> decode_hashes(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    std::vector<dash::Uint256> hashes = read_hashes(reader);
    finish(reader, trailing);
    return hashes;
}

RememberTx decode_remember_tx(dash::ByteSpan payload, Trailing trailing) {
    Reader reader = reader_of(payload);
    RememberTx message;
    message.hashes = read_hashes(reader);
    for (std::size_t left = reader.count(kSmallestTransactionBytes, RememberTx::kMost); left > 0; --left)
        message.transactions.push_back(read_known_transaction(reader));
    finish(reader, trailing);
    return message;
}

std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const Shares& message) {
    return frames_of(prefix, message, message.shares.size());
}

std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const HaveTx& message) {
    return frames_of(prefix, message, message.hashes.size());
}

std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const LosingTx& message) {
    return frames_of(prefix, message, message.hashes.size());
}

std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const RememberTx& message) {
    return frames_of(prefix, message, message.hashes.size() + message.transactions.size());
}

std::vector<dash::p2p::SharedFrame> make_frames(dash::ByteSpan prefix, const ForgetTx& message) {
    return frames_of(prefix, message, message.hashes.size());
}

dash::p2p::SharedFrame make_reply_frame(dash::ByteSpan prefix, const ShareReply& reply) {
    const dash::Bytes payload = encode(reply);
    if (fits(payload)) return dash::p2p::encode_frame(prefix, ShareReply::kCommand, payload);
    return make_frame(prefix, ShareReply{reply.id, ShareResult::kTooLong, {}});
}

}  // namespace p2pool::peers
