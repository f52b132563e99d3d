#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dash/rpc/error.h"

namespace dash::rpc {

struct ClientSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    /// https, as a TLS proxy before dashd speaks it. The proxy's certificate must be one the system trusts, unless host
    /// is a loopback address, where nobody can come between.
    bool tls = false;
    std::string path = "/";
    std::string user;
    std::string password;
    /// Used when the password is empty: dashd writes "user:password" there at each of its starts.
    std::filesystem::path cookie_file;
    /// For one call, waiting for a connection included.
    std::chrono::milliseconds timeout{30'000};
    /// A template of full 2 MB blocks is about 5 MB; anything larger than this is refused before it is held in memory.
    std::size_t max_answer_bytes = 64U << 20;

    /// "127.0.0.1:9998", "[::1]:9998".
    [[nodiscard]] std::string endpoint() const;
    /// "http://127.0.0.1:9998/", without the credentials.
    [[nodiscard]] std::string url() const;
};

/// JSON-RPC over HTTP/1.1 as Dash Core speaks it (JSON-RPC 1.0 answers, errors with HTTP 404 or 500). Keeps connections
/// open between calls; one that dashd closed meanwhile is replaced and the call sent again, so only calls that may
/// safely reach dashd twice belong here. All calls on one thread; calls in flight may outlive the client.
class Client {
  public:
    explicit Client(ClientSettings settings);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// The `result` of the answer, which may be null. `params` is an array or an object. Throws RpcError and nothing
    /// else.
    [[nodiscard]] boost::asio::awaitable<nlohmann::json> call(std::string method, nlohmann::json params);
    [[nodiscard]] boost::asio::awaitable<nlohmann::json> call(std::string method, nlohmann::json params,
                                                              std::chrono::milliseconds timeout);

    /// The same, with the parameters as JSON text, which for long ones saves the time of making it.
    [[nodiscard]] boost::asio::awaitable<nlohmann::json> call_with_text(std::string method, std::string params);

    [[nodiscard]] const ClientSettings& settings() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dash::rpc
