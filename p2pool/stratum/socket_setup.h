#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace p2pool::stratum {

/// Non-blocking, without Nagle's delay; a peer that is gone is noticed by keepalive within minutes.
void prepare_miner_socket(boost::asio::ip::tcp::socket& socket);

/// Where a port of miners listens.
struct PortPlace {
    std::string host;        ///< an address; empty: on all, IPv6 included
    std::uint16_t port = 0;  ///< 0: any free one
    std::string option;      ///< of the command line, that names the port
};

[[nodiscard]] PortPlace worker_port_place(const std::string& host, std::uint16_t port);

/// Takes the port, on which nobody is let in yet, and which no other node can take then. (Of a run that ended a moment
/// ago connections may be left; until start_listening() another node can take the port, too.) Throws ConfigError.
[[nodiscard]] boost::asio::ip::tcp::acceptor bind_port(boost::asio::io_context& io_context, const PortPlace& place);
/// From now on connections come. Throws ConfigError.
void start_listening(boost::asio::ip::tcp::acceptor& acceptor, const PortPlace& place);

/// The address as limits count it: of IPv6 the /64 network, which one client has for himself.
[[nodiscard]] std::string client_key(const boost::asio::ip::address& address);

}  // namespace p2pool::stratum
