#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

namespace p2pool::stratum {

/// PROXY protocol, version 2 (HAProxy, doc/proxy-protocol.txt, section 2.2): what a balancer writes before a client's
/// first byte to tell where that one comes from.
namespace proxy_protocol {

constexpr std::size_t kHeadBytes = 16;
/// Addresses and what else is told; a balancer that writes more is not one that we know.
constexpr std::size_t kMostBodyBytes = 1024;

/// The length of what follows the head; nullopt when it is no head of this protocol, or one too large.
[[nodiscard]] std::optional<std::size_t> body_bytes(std::span<const std::uint8_t, kHeadBytes> head);

/// A connection of the balancer itself, as its health checks are.
struct Local {};

/// The client's address; std::monostate when the header is malformed, or of a protocol without addresses.
[[nodiscard]] std::variant<std::monostate, Local, boost::asio::ip::address> read(
    std::span<const std::uint8_t, kHeadBytes> head, std::span<const std::uint8_t> body);

}  // namespace proxy_protocol

/// Reads the header from the socket, and no byte more, within some seconds. The address to count the connection for:
/// the client's, or `balancer` for one of the balancer itself; nullopt when the connection is to be closed.
[[nodiscard]] boost::asio::awaitable<std::optional<boost::asio::ip::address>> read_proxy_header(
    boost::asio::ip::tcp::socket& socket, boost::asio::ip::address balancer);

}  // namespace p2pool::stratum
