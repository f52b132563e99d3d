#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "tests/simnet/faults.h"
#include "tests/simnet/rpc_table.h"

namespace simnet {

struct RpcServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: any free one, kept when the server is closed and opened again
    std::string user = "simnet";
    std::string password = "simnet";
};

/// JSON-RPC over HTTP/1.1 with the status codes, headers and bodies of Dash Core's (recorded from v23.1.2). Everything
/// on the executor's one thread.
class RpcServer {
  public:
    RpcServer(boost::asio::any_io_executor executor, RpcServerSettings settings, RpcTable& table, const Faults& faults);

    /// Begins to listen; throws boost::system::system_error when the port is taken.
    void open();
    /// Stops listening and ends all connections.
    void close();
    [[nodiscard]] bool is_open() const { return acceptor_.is_open(); }
    [[nodiscard]] std::uint16_t port() const { return settings_.port; }

  private:
    struct Session {
        Session(boost::asio::ip::tcp::socket from, const boost::asio::any_io_executor& executor)
            : socket(std::move(from)), pause(executor) {}
        boost::asio::ip::tcp::socket socket;
        boost::asio::steady_timer pause;  ///< what a hanging or slow answer waits for
    };
    struct Answer {
        unsigned status = 200;
        std::string body;
        bool json = true;
    };

    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> serve(std::shared_ptr<Session> session);
    boost::asio::awaitable<Answer> answer(Session& session, const std::string& target, const std::string& body);
    boost::asio::awaitable<Answer> answer_single(Json request);
    boost::asio::awaitable<Answer> answer_batch(Json requests);
    boost::asio::awaitable<Json> run(const Json& request, int& http_status);
    [[nodiscard]] bool is_authorized(const std::string& authorization) const;

    boost::asio::any_io_executor executor_;
    RpcServerSettings settings_;
    RpcTable& table_;
    const Faults& faults_;
    std::string expected_authorization_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::set<std::shared_ptr<Session>> sessions_;
};

}  // namespace simnet
