#include "tests/unit/rpc/fake_rpc_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <utility>

namespace tests {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

RpcRequest read_request(const http::request<http::string_body>& request, int connection) {
    RpcRequest call;
    const auto body = nlohmann::json::parse(request.body());
    call.method = body.at("method");
    call.params = body.at("params");
    call.id = body.at("id");
    call.authorization = std::string(request[http::field::authorization]);
    call.host = std::string(request[http::field::host]);
    call.connection = connection;
    return call;
}

}  // namespace

RpcReply rpc_result(const RpcRequest& request, const nlohmann::json& result) {
    RpcReply reply;
    reply.body = nlohmann::json{{"result", result}, {"error", nullptr}, {"id", request.id}}.dump() + "\n";
    return reply;
}

RpcReply rpc_error(const RpcRequest& request, int code, const std::string& message) {
    const nlohmann::json error{{"code", code}, {"message", message}};
    RpcReply reply;
    reply.status = code == -32601 ? 404 : 500;
    reply.body = nlohmann::json{{"result", nullptr}, {"error", error}, {"id", request.id}}.dump() + "\n";
    return reply;
}

FakeRpcServer::FakeRpcServer(Script script, std::uint16_t port)
    : script_(std::move(script)),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), port)),
      port_(acceptor_.local_endpoint().port()) {
    asio::co_spawn(io_, listen(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

FakeRpcServer::~FakeRpcServer() {
    io_.stop();
    thread_.join();
}

dash::rpc::ClientSettings FakeRpcServer::settings() const {
    dash::rpc::ClientSettings settings;
    settings.port = port_;
    settings.user = "user";
    settings.password = "password";
    settings.timeout = std::chrono::seconds(20);
    return settings;
}

int FakeRpcServer::calls(const std::string& method) const {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(method);
    return found == calls_.end() ? 0 : found->second;
}

asio::awaitable<void> FakeRpcServer::listen() {
    while (true) {
        tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
        const int number = ++connections_;
        asio::co_spawn(io_, serve(std::move(socket), number), asio::detached);
    }
}

asio::awaitable<void> FakeRpcServer::serve(tcp::socket socket, int number) {
    boost::beast::flat_buffer buffer;
    while (true) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(64U << 20);
        co_await http::async_read(socket, buffer, parser, asio::use_awaitable);
        const RpcRequest call = read_request(parser.get(), number);
        ++requests_;
        {
            const std::lock_guard lock(mutex_);
            ++calls_[call.method];
        }
        const RpcReply reply = script_(call);
        asio::steady_timer timer(io_, reply.delay);
        if (reply.then == RpcReply::Then::kHang) timer.expires_at(asio::steady_timer::time_point::max());
        co_await timer.async_wait(asio::use_awaitable);

        if (!reply.raw.empty()) {
            co_await asio::async_write(socket, asio::buffer(reply.raw), asio::use_awaitable);
        } else if (!reply.body.empty() || reply.status != 200) {
            http::response<http::string_body> response(static_cast<http::status>(reply.status), 11);
            response.set(http::field::content_type, "application/json");
            response.body() = reply.body;
            response.prepare_payload();
            co_await http::async_write(socket, response, asio::use_awaitable);
        }
        if (reply.then == RpcReply::Then::kClose) co_return;
    }
}

}  // namespace tests
