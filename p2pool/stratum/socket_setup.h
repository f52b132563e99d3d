#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace p2pool::stratum {

/// Non-blocking, without Nagle's delay; a peer that is gone is noticed by keepalive within minutes.
void prepare_miner_socket(boost::asio::ip::tcp::socket& socket);

/// Opens the acceptor and listens; `host`: an address; empty: on all, IPv6 included. `option` is the one of the command
/// line that named the port. Throws ConfigError.
void listen_on(boost::asio::ip::tcp::acceptor& acceptor, const std::string& host, std::uint16_t port,
               const std::string& option);

/// The address as limits count it: of IPv6 the /64 network, which one client has for himself.
[[nodiscard]] std::string client_key(const boost::asio::ip::address& address);

}  // namespace p2pool::stratum
