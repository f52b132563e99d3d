#include "p2pool/peers/peer_address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace p2pool::peers {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedIpv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

bool PeerAddress::is_ipv4() const {
    return std::equal(kMappedIpv4.begin(), kMappedIpv4.end(), ip.begin());
}

bool PeerAddress::is_loopback() const {
    if (is_ipv4()) return ip[12] == 127;
    return std::all_of(ip.begin(), ip.end() - 1, [](std::uint8_t byte) { return byte == 0; }) && ip[15] == 1;
}

std::string PeerAddress::host() const {
    char text[INET6_ADDRSTRLEN] = "";
    if (is_ipv4()) {
        inet_ntop(AF_INET, ip.data() + kMappedIpv4.size(), text, sizeof(text));
    } else {
        inet_ntop(AF_INET6, ip.data(), text, sizeof(text));
    }
    return text;
}

std::string PeerAddress::text() const {
    return (is_ipv4() ? host() : "[" + host() + "]") + ":" + std::to_string(port);
}

PeerAddress PeerAddress::neighbourhood() const {
    PeerAddress network;
    const std::ptrdiff_t kept = is_ipv4() ? 14 : 4;
    std::copy_n(ip.begin(), kept, network.ip.begin());
    return network;
}

std::string PeerAddress::subscriber() const {
    if (is_ipv4()) return host();
    PeerAddress network;
    std::copy_n(ip.begin(), 8, network.ip.begin());
    return network.host() + "/64";
}

std::optional<PeerAddress> parse_peer_address(std::string_view host, std::uint16_t port) {
    const std::string text(host);
    PeerAddress address;
    address.port = port;
    std::copy(kMappedIpv4.begin(), kMappedIpv4.end(), address.ip.begin());
    if (inet_pton(AF_INET, text.c_str(), address.ip.data() + kMappedIpv4.size()) == 1) return address;
    if (inet_pton(AF_INET6, text.c_str(), address.ip.data()) == 1) return address;
    return std::nullopt;
}

}  // namespace p2pool::peers
