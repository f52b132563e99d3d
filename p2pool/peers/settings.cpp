#include "p2pool/peers/settings.h"

#include <charconv>

namespace p2pool::peers {
namespace {

/// 0: not a port.
std::uint16_t parse_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return problem == std::errc() && end == digits.data() + digits.size() ? port : std::uint16_t{0};
}

}  // namespace

std::string HostPort::text() const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::optional<HostPort> parse_host_port(const std::string& text, std::uint16_t default_port) {
    std::string host = text;
    std::uint16_t port = default_port;
    if (!text.empty() && text.front() == '[') {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string::npos) return std::nullopt;
        host = text.substr(1, bracket - 1);
        if (!parse_peer_address(host, 0)) return std::nullopt;
        const std::string rest = text.substr(bracket + 1);
        if (!rest.empty()) port = rest.front() == ':' ? parse_port(std::string_view(rest).substr(1)) : std::uint16_t{0};
    } else if (const std::size_t colon = text.find(':'); colon != std::string::npos && !parse_peer_address(text, 0)) {
        host = text.substr(0, colon);
        port = parse_port(std::string_view(text).substr(colon + 1));
    }
    if (host.empty() || host.find_first_of(" \t/@") != std::string::npos || port == 0) return std::nullopt;
    return HostPort{std::move(host), port};
}

}  // namespace p2pool::peers
