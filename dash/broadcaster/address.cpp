#include "dash/broadcaster/address.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace dash::broadcaster {
namespace {

namespace ip = boost::asio::ip;

/// The first `bits` of an address.
struct Range {
    std::uint32_t address;
    int bits;
};

/// Not routable on the Internet (RFC 6890); what a node may be reached at in the operator's own network comes apart.
constexpr Range kReservedV4[] = {{0x00000000, 8},  {0x64400000, 10}, {0xa9fe0000, 16},
                                 {0xc0000000, 24}, {0xc0000200, 24}, {0xc6120000, 15},
                                 {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 3}};
constexpr Range kLocalV4[] = {{0x0a000000, 8}, {0x7f000000, 8}, {0xac100000, 12}, {0xc0a80000, 16}};

template <std::size_t Count>
bool in_any(std::uint32_t address, const Range (&ranges)[Count]) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const Range& range) { return (address ^ range.address) >> (32 - range.bits) == 0; });
}

std::uint32_t leading_word(const ip::address_v6::bytes_type& bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

/// Global unicast without documentation, ORCHID, and addresses that stand for IPv4 ones (Teredo, 6to4).
bool is_routable_v6(const ip::address_v6::bytes_type& bytes) {
    constexpr Range kGlobal[] = {{0x20000000, 3}};
    constexpr Range kSpecial[] = {{0x20010000, 23}, {0x20010db8, 32}, {0x20020000, 16}};
    const std::uint32_t word = leading_word(bytes);
    return in_any(word, kGlobal) && !in_any(word, kSpecial);
}

}  // namespace

PeerAddress to_peer_address(const p2p::NetAddress& address) {
    return {address.ip, address.port};
}

std::optional<PeerAddress> parse_peer_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string host(text.substr(0, colon));
    const std::string_view port_text = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    boost::system::error_code not_numeric;
    const auto parsed = ip::make_address(host, not_numeric);
    if (not_numeric || parsed.is_v6() != bracketed) return std::nullopt;
    PeerAddress address;
    const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), address.port);
    if (error != std::errc() || end != port_text.data() + port_text.size() || address.port == 0) return std::nullopt;
    address.ip = p2p::make_net_address(host, address.port).ip;
    return address;
}

std::string host_text(const PeerAddress& address) {
    p2p::NetAddress net;
    net.ip = address.ip;
    return p2p::ip_text(net);
}

std::string to_text(const PeerAddress& address) {
    const std::string host = host_text(address);
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(address.port);
}

std::uint64_t network_group(const PeerAddress& address) {
    const ip::address_v6 v6(address.ip);
    if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_uint() >> 16;
    return std::uint64_t{1} << 32 | leading_word(address.ip);
}

bool acceptable(const PeerAddress& address, const AddressRules& rules) {
    if (address.port != rules.port) return false;
    const ip::address_v6 v6(address.ip);
    if (!v6.is_v4_mapped()) {
        const bool unique_local = (address.ip[0] & 0xfe) == 0xfc;
        const bool local = v6.is_loopback() || unique_local;
        return local ? rules.local_ones_too : is_routable_v6(address.ip);
    }
    const std::uint32_t v4 = ip::make_address_v4(ip::v4_mapped, v6).to_uint();
    return in_any(v4, kLocalV4) ? rules.local_ones_too : !in_any(v4, kReservedV4);
}

}  // namespace dash::broadcaster
