#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "dash/rpc/client.h"

namespace tests {

struct RpcRequest {
    std::string method;
    nlohmann::json params;
    nlohmann::json id;
    std::string authorization;  ///< the header's value
    std::string host;           ///< the header's value
    int connection = 0;         ///< 1 for the server's first
};

/// What a server that means well, or does not, does about a request.
struct RpcReply {
    enum class Then { kKeepOpen, kClose, kHang };
    int status = 200;
    std::string body;
    std::string raw;  ///< sent as it is instead of an HTTP answer
    std::chrono::milliseconds delay{0};
    Then then = Then::kKeepOpen;
};

/// {"result": …, "error": null, "id": …}.
[[nodiscard]] RpcReply rpc_result(const RpcRequest& request, const nlohmann::json& result);
/// As Dash Core answers: HTTP 404 for an unknown method, 500 for all else.
[[nodiscard]] RpcReply rpc_error(const RpcRequest& request, int code, const std::string& message);

/// An HTTP server on a loopback port of its own, with its own thread, that answers as its script says.
class FakeRpcServer {
  public:
    using Script = std::function<RpcReply(const RpcRequest&)>;

    /// The script runs on the server's thread. Port 0: any free one.
    explicit FakeRpcServer(Script script, std::uint16_t port = 0);
    ~FakeRpcServer();
    FakeRpcServer(const FakeRpcServer&) = delete;
    FakeRpcServer& operator=(const FakeRpcServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] dash::rpc::ClientSettings settings() const;
    [[nodiscard]] int connections() const { return connections_; }
    [[nodiscard]] int requests() const { return requests_; }
    /// How often a method was called.
    [[nodiscard]] int calls(const std::string& method) const;

  private:
    boost::asio::awaitable<void> listen();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket, int number);

    Script script_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    std::atomic<int> connections_ = 0;
    std::atomic<int> requests_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, int> calls_;
    std::thread thread_;
};

}  // namespace tests
