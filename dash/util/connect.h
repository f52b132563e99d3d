#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace dash {

/// The host's addresses; a numeric one is itself. Throws boost::system::system_error; asio::error::timed_out when the
/// deadline passes first.
[[nodiscard]] boost::asio::awaitable<std::vector<boost::asio::ip::tcp::endpoint>> resolve_tcp(
    std::string host, std::uint16_t port, std::chrono::steady_clock::time_point deadline);

/// Resolves the host, connects to the first of its addresses that answers and switches Nagle's delay off. Throws
/// boost::system::system_error; asio::error::timed_out when the deadline passes first, also while the resolver hangs.
[[nodiscard]] boost::asio::awaitable<boost::asio::ip::tcp::socket> connect_tcp(
    std::string host, std::uint16_t port, std::chrono::steady_clock::time_point deadline);

}  // namespace dash
