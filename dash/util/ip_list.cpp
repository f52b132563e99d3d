#include "dash/util/ip_list.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace dash {
namespace {

namespace ip = boost::asio::ip;

constexpr unsigned kMappedBits = 96;
constexpr unsigned kSubnetBitsV4 = 24;
constexpr unsigned kSubnetBitsV6 = 48;

bool is_v4(const IpNetwork& network) {
    return ip::address_v6(network.bytes).is_v4_mapped() && network.bits >= kMappedBits;
}

std::string to_text(const IpNetwork& network) {
    const ip::address_v6 address(network.bytes);
    if (!is_v4(network)) return address.to_string() + "/" + std::to_string(network.bits);
    return ip::make_address_v4(ip::v4_mapped, address).to_string() + "/" + std::to_string(network.bits - kMappedBits);
}

void clear_bits_behind(IpNetwork& network) {
    for (unsigned bit = network.bits; bit < 128; ++bit)
        network.bytes[bit / 8] = static_cast<std::uint8_t>(network.bytes[bit / 8] & ~(0x80U >> bit % 8));
}

}  // namespace

bool IpNetwork::overlaps(const IpNetwork& other) const {
    const unsigned common = std::min(bits, other.bits);
    for (unsigned bit = 0; bit < common; ++bit) {
        if (((bytes[bit / 8] ^ other.bytes[bit / 8]) & (0x80U >> bit % 8)) != 0) return false;
    }
    return true;
}

std::optional<IpNetwork> parse_ip_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    boost::system::error_code error;
    const ip::address address = ip::make_address(std::string(text.substr(0, slash)), error);
    if (error) return std::nullopt;
    const unsigned most = address.is_v4() ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (problem != std::errc() || end != digits.data() + digits.size() || bits > most) return std::nullopt;
    }
    IpNetwork network;
    network.bytes =
        address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes() : address.to_v6().to_bytes();
    network.bits = address.is_v4() ? bits + kMappedBits : bits;
    clear_bits_behind(network);
    return network;
}

std::string subnet_of(const std::string& ip) {
    auto network = parse_ip_network(ip);
    if (!network) return ip;
    network->bits = std::min(network->bits, is_v4(*network) ? kMappedBits + kSubnetBitsV4 : kSubnetBitsV6);
    clear_bits_behind(*network);
    return to_text(*network);
}

IpList::IpList(const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) {
        if (const auto network = parse_ip_network(entry)) networks_.push_back(*network);
    }
}

bool IpList::contains(const std::string& client) const {
    if (networks_.empty()) return false;
    const auto network = parse_ip_network(client);
    return network && std::any_of(networks_.begin(), networks_.end(),
                                  [&network](const IpNetwork& listed) { return listed.overlaps(*network); });
}

}  // namespace dash
