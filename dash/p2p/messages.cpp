#include "dash/p2p/messages.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "dash/primitives/serialize.h"
#include "dash/util/error.h"

namespace dash::p2p {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kMaxInvItems = 50'000;
constexpr std::size_t kMaxHeaders = 2000;
constexpr std::size_t kMaxLocator = 101;
constexpr std::size_t kMaxAddresses = 1000;
constexpr std::size_t kInvItemBytes = 36;
constexpr std::size_t kTimedAddressBytes = 30;
/// Time, services, network, an empty address, port.
constexpr std::size_t kSmallestAddressV2 = 9;
constexpr std::size_t kMaxAddressV2Bytes = 512;
constexpr std::uint8_t kNetworkIpv4 = 1;
constexpr std::uint8_t kNetworkIpv6 = 2;
constexpr std::size_t kIpv4Bytes = 4;
/// An IPv4 address inside an IPv6 one follows these bytes.
constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
/// Dash Core's MAX_SUBVERSION_LENGTH.
constexpr std::size_t kMaxUserAgentBytes = 256;

void write_address(Writer& writer, const NetAddress& address) {
    writer.u64(address.services).raw(address.ip).u16_big_endian(address.port);
}

NetAddress read_address(Reader& reader) {
    NetAddress address;
    address.services = reader.u64();
    const ByteSpan bytes = reader.fixed(address.ip.size());
    std::copy(bytes.begin(), bytes.end(), address.ip.begin());
    address.port = reader.u16_big_endian();
    return address;
}

bool is_mapped(const NetAddress& address) {
    return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.ip.begin());
}

/// False for an address that cannot be held in a NetAddress, or must not come in this form (BIP 155).
bool take_address(NetAddress& address, std::uint8_t network, ByteSpan bytes) {
    if (network == kNetworkIpv4 && bytes.size() == kIpv4Bytes) {
        std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.ip.begin());
        std::copy(bytes.begin(), bytes.end(), address.ip.begin() + kMappedPrefix.size());
        return true;
    }
    if (network != kNetworkIpv6 || bytes.size() != address.ip.size()) return false;
    std::copy(bytes.begin(), bytes.end(), address.ip.begin());
    return !is_mapped(address);
}

}  // namespace

NetAddress make_net_address(const std::string& ip, std::uint16_t port, std::uint64_t services) {
    NetAddress address;
    address.services = services;
    address.port = port;
    boost::system::error_code not_numeric;
    const auto parsed = ip::make_address(ip, not_numeric);
    if (not_numeric) return address;
    address.ip =
        parsed.is_v4() ? ip::make_address_v6(ip::v4_mapped, parsed.to_v4()).to_bytes() : parsed.to_v6().to_bytes();
    return address;
}

std::string ip_text(const NetAddress& address) {
    const ip::address_v6 v6(address.ip);
    return v6.is_v4_mapped() ? ip::make_address_v4(ip::v4_mapped, v6).to_string() : v6.to_string();
}

Bytes encode(const VersionMessage& message) {
    Writer writer;
    writer.u32(message.version).u64(message.services).u64(static_cast<std::uint64_t>(message.time));
    write_address(writer, message.to);
    write_address(writer, message.from);
    writer.u64(message.nonce).varstr(message.user_agent).u32(message.start_height);
    writer.u8(message.relay_transactions ? 1 : 0);
    return std::move(writer).take();
}

VersionMessage decode_version(ByteSpan payload) {
    Reader reader(payload);
    VersionMessage message;
    message.version = reader.u32();
    message.services = reader.u64();
    message.time = static_cast<std::int64_t>(reader.u64());
    message.to = read_address(reader);
    message.from = read_address(reader);
    message.nonce = reader.u64();
    const ByteSpan user_agent = reader.varstr();
    message.user_agent = as_text(user_agent.first(std::min(user_agent.size(), kMaxUserAgentBytes)));
    message.start_height = reader.u32();
    if (!reader.at_end()) message.relay_transactions = reader.u8() != 0;
    return message;
}

Bytes encode_inv(const std::vector<InvItem>& items) {
    Writer writer;
    writer.varint(items.size());
    for (const InvItem& item : items)
        writer.u32(item.type).uint256(item.hash);
    return std::move(writer).take();
}

std::vector<InvItem> decode_inv(ByteSpan payload) {
    Reader reader(payload);
    std::vector<InvItem> items(reader.count(kInvItemBytes, kMaxInvItems));
    for (InvItem& item : items) {
        item.type = reader.u32();
        item.hash = reader.uint256();
    }
    return items;
}

Bytes encode(const GetHeaders& message) {
    Writer writer;
    writer.u32(message.version).varint(message.locator.size());
    for (const Uint256& hash : message.locator)
        writer.uint256(hash);
    writer.uint256(message.stop);
    return std::move(writer).take();
}

GetHeaders decode_getheaders(ByteSpan payload) {
    Reader reader(payload);
    GetHeaders message;
    message.version = reader.u32();
    message.locator.resize(reader.count(Uint256::kBytes, kMaxLocator));
    for (Uint256& hash : message.locator)
        hash = reader.uint256();
    message.stop = reader.uint256();
    return message;
}

Bytes encode_headers(const std::vector<BlockHeader>& headers) {
    Writer writer;
    writer.varint(headers.size());
    for (const BlockHeader& header : headers)
        writer.raw(header.serialize()).varint(0);
    return std::move(writer).take();
}

std::vector<BlockHeader> decode_headers(ByteSpan payload) {
    Reader reader(payload);
    std::vector<BlockHeader> headers(reader.count(BlockHeader::kBytes + 1, kMaxHeaders));
    for (BlockHeader& header : headers) {
        header = read_header(reader);
        if (reader.varint() != 0) throw DecodeError("a headers message with transactions");
    }
    return headers;
}

Bytes encode_addr(const std::vector<TimedAddress>& addresses) {
    Writer writer;
    writer.varint(addresses.size());
    for (const TimedAddress& entry : addresses) {
        writer.u32(entry.time);
        write_address(writer, entry.address);
    }
    return std::move(writer).take();
}

std::vector<TimedAddress> decode_addr(ByteSpan payload) {
    Reader reader(payload);
    std::vector<TimedAddress> addresses(reader.count(kTimedAddressBytes, kMaxAddresses));
    for (TimedAddress& entry : addresses) {
        entry.time = reader.u32();
        entry.address = read_address(reader);
    }
    return addresses;
}

Bytes encode_addrv2(const std::vector<TimedAddress>& addresses) {
    Writer writer;
    writer.varint(addresses.size());
    for (const auto& [time, address] : addresses) {
        const bool mapped = is_mapped(address);
        writer.u32(time).varint(address.services).u8(mapped ? kNetworkIpv4 : kNetworkIpv6);
        writer.varstr(ByteSpan(address.ip).subspan(mapped ? kMappedPrefix.size() : 0));
        writer.u16_big_endian(address.port);
    }
    return std::move(writer).take();
}

std::vector<TimedAddress> decode_addrv2(ByteSpan payload) {
    Reader reader(payload);
    const std::size_t count = reader.count(kSmallestAddressV2, kMaxAddresses);
    std::vector<TimedAddress> addresses;
    for (std::size_t i = 0; i < count; ++i) {
        TimedAddress entry;
        entry.time = reader.u32();
        entry.address.services = reader.varint();
        const std::uint8_t network = reader.u8();
        const ByteSpan bytes = reader.varstr();
        if (bytes.size() > kMaxAddressV2Bytes) throw DecodeError("an address of more than 512 bytes");
        entry.address.port = reader.u16_big_endian();
        if (take_address(entry.address, network, bytes)) addresses.push_back(entry);
    }
    return addresses;
}

Bytes encode(const SendCompact& message) {
    Writer writer;
    writer.u8(message.announce ? 1 : 0).u64(message.version);
    return std::move(writer).take();
}

SendCompact decode_sendcmpct(ByteSpan payload) {
    Reader reader(payload);
    SendCompact message;
    message.announce = reader.u8() != 0;
    message.version = reader.u64();
    return message;
}

Bytes encode_nonce(std::uint64_t nonce) {
    Writer writer;
    writer.u64(nonce);
    return std::move(writer).take();
}

std::uint64_t decode_nonce(ByteSpan payload) {
    return Reader(payload).u64();
}

}  // namespace dash::p2p
