#include "dash/rpc/client.h"

#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "dash/rpc/answer.h"
#include "dash/rpc/http_connection.h"

namespace dash::rpc {
namespace {

namespace asio = boost::asio;
using boost::system::system_error;
using nlohmann::json;
using Kind = RpcError::Kind;
using Deadline = HttpConnection::Deadline;

/// Connections kept open between calls; further ones are closed after their call.
constexpr std::size_t kMaxIdle = 4;
constexpr std::size_t kMaxCookieBytes = 1024;

/// "user:password", empty when the file cannot be read. One line of a local file, read when a connection is made: not
/// worth another thread, whose end would have to be waited for.
std::string read_cookie(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    std::string line(kMaxCookieBytes, '\0');
    stream.read(line.data(), static_cast<std::streamsize>(line.size()));
    line.resize(static_cast<std::size_t>(stream.gcount()));
    return line.substr(0, line.find_first_of("\r\n"));
}

}  // namespace

std::string ClientSettings::endpoint() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string ClientSettings::url() const {
    return (tls ? "https://" : "http://") + endpoint() + path;
}

/// Calls in flight share it, so that they may outlive the client.
struct Client::State {
    explicit State(ClientSettings given) : settings(std::move(given)) {
        if (settings.tls) tls = make_tls_context(settings);
    }

    [[nodiscard]] bool uses_cookie() const { return settings.password.empty() && !settings.cookie_file.empty(); }

    /// True when the credentials are others than before: a restarted dashd has a new cookie.
    bool refresh_authorization() {
        std::string fresh = uses_cookie() ? read_cookie(settings.cookie_file) : settings.user + ":" + settings.password;
        const bool changed = fresh != authorization;
        authorization = std::move(fresh);
        return changed;
    }

    asio::awaitable<std::unique_ptr<HttpConnection>> open(Deadline deadline) {
        std::unique_ptr<HttpConnection> connection;
        try {
            connection = co_await open_http(settings, tls.get(), deadline);
        } catch (const system_error& error) {
            throw connect_error(settings, error);
        }
        (void)refresh_authorization();
        if (authorization.empty()) {
            throw RpcError(Kind::kUnauthorized, "cannot read dashd's cookie " + settings.cookie_file.string() +
                                                    ": make it readable, or give rpcuser and rpcpassword");
        }
        co_return connection;
    }

    /// Over an open connection if there is one; nullopt when dashd had closed that meanwhile.
    asio::awaitable<std::optional<HttpAnswer>> exchange(const std::string& body, Deadline deadline) {
        std::unique_ptr<HttpConnection> connection;
        const bool fresh = idle.empty();
        if (fresh) {
            connection = co_await open(deadline);
        } else {
            connection = std::move(idle.back());
            idle.pop_back();
        }
        try {
            HttpAnswer answer = co_await connection->post(authorization, body, deadline);
            if (connection->reusable() && idle.size() < kMaxIdle) idle.push_back(std::move(connection));
            co_return answer;
        } catch (const system_error& error) {
            if (fresh || connection->answer_begun() || error.code() == asio::error::timed_out) {
                throw exchange_error(settings, error);
            }
        }
        idle.clear();  // the others will be as dead
        co_return std::nullopt;
    }

    asio::awaitable<HttpAnswer> post(const std::string& body, Deadline deadline) {
        auto answer = co_await exchange(body, deadline);
        if (!answer) answer = co_await exchange(body, deadline);
        if (answer && answer->status == 401 && uses_cookie() && refresh_authorization()) {
            answer = co_await exchange(body, deadline);
        }
        if (!answer) throw RpcError(Kind::kDisconnected, "dashd closes its RPC connections before it answers");
        co_return std::move(*answer);
    }

    static asio::awaitable<json> call(std::shared_ptr<State> self, std::string method, json params,
                                      std::chrono::milliseconds timeout) {
        return call_with_text(std::move(self), std::move(method),
                              params.dump(-1, ' ', false, json::error_handler_t::replace), timeout);
    }

    static asio::awaitable<json> call_with_text(std::shared_ptr<State> self, std::string method, std::string params,
                                                std::chrono::milliseconds timeout) {
        const auto deadline = std::chrono::steady_clock::now() + timeout;
        const std::uint64_t id = ++self->last_id;
        std::string body =
            R"({"jsonrpc":"1.0","id":)" + std::to_string(id) + R"(,"method":")" + method + R"(","params":)";
        body.append(params).append("}");
        const HttpAnswer answer = co_await self->post(body, deadline);
        co_return read_result(self->settings, answer, id);
    }

    ClientSettings settings;
    std::unique_ptr<asio::ssl::context> tls;
    std::vector<std::unique_ptr<HttpConnection>> idle;
    std::string authorization;
    std::uint64_t last_id = 0;
};

Client::Client(ClientSettings settings) : state_(std::make_shared<State>(std::move(settings))) {}

Client::~Client() = default;

asio::awaitable<json> Client::call(std::string method, json params) {
    return State::call(state_, std::move(method), std::move(params), state_->settings.timeout);
}

asio::awaitable<json> Client::call(std::string method, json params, std::chrono::milliseconds timeout) {
    return State::call(state_, std::move(method), std::move(params), timeout);
}

asio::awaitable<json> Client::call_with_text(std::string method, std::string params) {
    return State::call_with_text(state_, std::move(method), std::move(params), state_->settings.timeout);
}

const ClientSettings& Client::settings() const {
    return state_->settings;
}

}  // namespace dash::rpc
