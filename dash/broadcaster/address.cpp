#include "dash/broadcaster/address.h"

#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "dash/util/ip_reach.h"

namespace dash::broadcaster {
namespace {

namespace ip = boost::asio::ip;

std::uint32_t leading_word(const ip::address_v6::bytes_type& bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
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
    const IpReach reach = reach_of(address.ip);
    return reach == IpReach::kInternet || (reach == IpReach::kLocal && rules.local_ones_too);
}

}  // namespace dash::broadcaster
