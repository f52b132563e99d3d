// The worker port's side of a connection: stratum and getwork over HTTP, told apart by the first byte; before them,
// when a balancer brings the connection, its PROXY protocol header.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <exception>
#include <optional>

#include "p2pool/stratum/connection.h"
#include "p2pool/stratum/proxy_protocol.h"
#include "p2pool/stratum/server_core.h"
#include "tests/fuzz/socket_pair.h"
#include "tests/fuzz/target.h"
#include "tests/support/manual_clock.h"
#include "tests/support/quiet_log.h"
#include "tests/unit/stratum/fake_work.h"

namespace {

using boost::asio::ip::tcp;

/// Whether the connection begins with a balancer's header.
bool read_header(boost::asio::io_context& io, fuzz::SocketPair& sockets, tcp::socket& socket) {
    bool ended = false;
    std::optional<boost::asio::ip::address> client;
    const auto balancer = boost::asio::ip::make_address("192.0.2.1");
    boost::asio::co_spawn(io, p2pool::stratum::read_proxy_header(socket, balancer),
                          [&](const std::exception_ptr& error, std::optional<boost::asio::ip::address> told) {
                              if (error) std::rethrow_exception(error);
                              ended = true;
                              client = std::move(told);
                          });
    static_cast<void>(sockets.run(io));
    fuzz::require(ended, "a header is awaited that cannot come any more");
    return client.has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using p2pool::stratum::Connection;
    using p2pool::stratum::ServerCore;
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.byte();
    tests::ManualClock clock;
    tests::FakeWork work(clock);
    boost::asio::io_context io;
    p2pool::stratum::ServerSettings settings;
    settings.network = share_chain::find_network("dash_regtest");
    const auto core = std::make_shared<ServerCore>(io, work, clock, settings);
    fuzz::SocketPair sockets(input.rest());
    tcp::socket socket(io, tcp::v4(), sockets.take());
    socket.non_blocking(true);
    if ((choice & 2U) != 0 && !read_header(io, sockets, socket)) return 0;
    const auto connection = std::make_shared<Connection>(core, std::move(socket), 1, "203.0.113.7");
    connection->start();
    static_cast<void>(sockets.run(io));
    if (choice % 2 == 1) {
        work.new_event();
        core->work_changed(true);
        static_cast<void>(sockets.run(io));
    }
    connection->close();
    core->stop();
    static_cast<void>(sockets.run(io));
    return 0;
}
