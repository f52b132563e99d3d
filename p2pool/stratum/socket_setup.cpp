#include "p2pool/stratum/socket_setup.h"

#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>

#include "dash/util/error.h"

namespace p2pool::stratum {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr int kSendBufferBytes = 128 * 1024;
constexpr int kKeepaliveIdleSeconds = 60;
constexpr int kKeepaliveIntervalSeconds = 10;
constexpr int kKeepaliveProbes = 3;
constexpr int kUnacknowledgedMilliseconds = 90'000;

void set_tcp_option(tcp::socket& socket, int option, int value) {
    // A connection does without, so that failure does not matter.
    static_cast<void>(setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value));
}

/// The kernel lets sockets that reuse addresses share a port while none listens, so that two nodes would both hold it
/// until they have work. Only where connections of an earlier run are left, the port cannot be had otherwise.
void open(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    error_code ignored;
    acceptor.close(ignored);
    acceptor.open(endpoint.protocol());
    if (endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false));
    error_code error;
    acceptor.bind(endpoint, error);
    if (error == asio::error::address_in_use) {
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(endpoint);
    } else if (error) {
        throw boost::system::system_error(error);
    }
}

void open_everywhere(tcp::acceptor& acceptor, std::uint16_t port) {
    try {
        open(acceptor, {asio::ip::address_v6::any(), port});
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::address_in_use) throw;
        open(acceptor, {asio::ip::address_v4::any(), port});  // a system without IPv6
    }
}

/// What can be done about a port that cannot be had.
std::string advice(const error_code& error, const std::string& option) {
    if (error == asio::error::address_in_use) {
        return "Stop the program that uses it, or choose another with " + option;
    }
    if (error == boost::system::errc::address_not_available) {
        return "This computer does not have that address (`ip address` shows those it has): choose another with " +
               option;
    }
    if (error == asio::error::access_denied) {
        return "Ports below 1024 need a right that the node does not have: choose another with " + option;
    }
    return "Choose another with " + option;
}

[[noreturn]] void refuse(const boost::system::system_error& error, const PortPlace& place) {
    throw dash::ConfigError("cannot listen for workers on '" + place.host + "' port " + std::to_string(place.port) +
                            ": " + error.code().message() + ". " + advice(error.code(), place.option));
}

}  // namespace

void prepare_miner_socket(tcp::socket& socket) {
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    socket.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
    set_tcp_option(socket, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
    set_tcp_option(socket, TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
    set_tcp_option(socket, TCP_KEEPCNT, kKeepaliveProbes);
    set_tcp_option(socket, TCP_USER_TIMEOUT, kUnacknowledgedMilliseconds);
}

PortPlace worker_port_place(const std::string& host, std::uint16_t port) {
    return {host, port, "--worker-port"};
}

tcp::acceptor bind_port(asio::io_context& io_context, const PortPlace& place) {
    tcp::acceptor acceptor(io_context);
    try {
        if (place.host.empty()) {
            open_everywhere(acceptor, place.port);
        } else {
            open(acceptor, {asio::ip::make_address(place.host), place.port});
        }
    } catch (const boost::system::system_error& error) {
        refuse(error, place);
    }
    return acceptor;
}

void start_listening(tcp::acceptor& acceptor, const PortPlace& place) {
    try {
        // Connections inherit it: the next run finds the port free whatever is left of them.
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.listen();
    } catch (const boost::system::system_error& error) {
        refuse(error, place);
    }
}

std::string client_key(const asio::ip::address& address) {
    if (address.is_v4()) return address.to_string();
    const asio::ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
    if (v6.is_loopback()) return v6.to_string();
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6(bytes).to_string() + "/64";
}

}  // namespace p2pool::stratum
