#include "tests/simnet/rpc_server.h"

#include <openssl/evp.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace simnet {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint64_t kMaxRequestBytes = 64U << 20;
constexpr std::string_view kControlPrefix = "simnet_";
constexpr const char* kNoWallet = "Requested wallet does not exist or is not loaded";

std::string base64(const std::string& text) {
    std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

/// Whether the answer to a method must come whatever else is wrong: the way out of a fault.
bool is_control(const Json& request) {
    const auto method = request.is_object() ? request.find("method") : request.end();
    return request.is_object() && method != request.end() && method->is_string() &&
           method->get<std::string>().rfind(kControlPrefix, 0) == 0;
}

Json error_answer(int code, const std::string& message, const Json& id) {
    return Json{{"result", nullptr}, {"error", {{"code", code}, {"message", message}}}, {"id", id}};
}

}  // namespace

RpcServer::RpcServer(asio::any_io_executor executor, RpcServerSettings settings, RpcTable& table, const Faults& faults)
    : executor_(executor),
      settings_(std::move(settings)),
      table_(table),
      faults_(faults),
      expected_authorization_("Basic " + base64(settings_.user + ":" + settings_.password)),
      acceptor_(executor) {}

void RpcServer::open() {
    const tcp::endpoint endpoint(asio::ip::make_address(settings_.address), settings_.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    settings_.port = acceptor_.local_endpoint().port();
    asio::co_spawn(executor_, listen(), asio::detached);
}

void RpcServer::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    for (const std::shared_ptr<Session>& session : sessions_) {
        session->socket.close(ignored);
        session->pause.cancel();
    }
}

asio::awaitable<void> RpcServer::listen() {
    while (acceptor_.is_open()) {
        boost::system::error_code failure;
        tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failure));
        if (failure) continue;
        socket.set_option(tcp::no_delay(true), failure);
        const auto session = std::make_shared<Session>(std::move(socket), executor_);
        sessions_.insert(session);
        asio::co_spawn(executor_, serve(session), asio::detached);
    }
}

asio::awaitable<void> RpcServer::serve(std::shared_ptr<Session> session) {
    try {
        boost::beast::flat_buffer buffer;
        for (bool keep_alive = true; keep_alive;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(kMaxRequestBytes);
            co_await http::async_read(session->socket, buffer, parser, asio::use_awaitable);
            const auto& request = parser.get();
            keep_alive = request.keep_alive();

            http::response<http::string_body> response;
            response.version(request.version());
            Answer answered{200, {}, false};
            const std::string authorization(request[http::field::authorization]);
            const std::string target(request.target());
            if (request.method() != http::verb::post) {
                answered = {405, "JSONRPC server handles only POST requests", false};
            } else if (target != "/" && target.rfind("/wallet/", 0) != 0) {
                answered.status = 404;
            } else if (!is_authorized(authorization)) {
                answered.status = 401;
                response.set(http::field::www_authenticate, "Basic realm=\"jsonrpc\"");
            } else {
                answered = co_await answer(*session, target, request.body());
            }
            response.result(answered.status);
            response.set(http::field::content_type,
                         answered.json ? "application/json" : "text/html; charset=ISO-8859-1");
            response.keep_alive(keep_alive);
            response.body() = std::move(answered.body);
            response.prepare_payload();
            co_await http::async_write(session->socket, response, asio::use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        // The other side went away, or close() ended the session.
    }
    sessions_.erase(session);
}

bool RpcServer::is_authorized(const std::string& authorization) const {
    return !faults_.reject_credentials && authorization == expected_authorization_;
}

asio::awaitable<RpcServer::Answer> RpcServer::answer(Session& session, const std::string& target,
                                                     const std::string& body) {
    const Json request = Json::parse(body, nullptr, false);
    if (!is_control(request)) {
        if (faults_.busy_rpc) co_return Answer{503, "Work queue depth exceeded", false};
        if (faults_.rpc_delay.count() > 0) {
            session.pause.expires_after(faults_.rpc_delay);
            co_await session.pause.async_wait(asio::use_awaitable);
        }
        if (faults_.hang_rpc) {
            session.pause.expires_at(asio::steady_timer::time_point::max());
            co_await session.pause.async_wait(asio::use_awaitable);
        }
        if (faults_.garbled_rpc) co_return Answer{200, "<html><body>It works!</body></html>", false};
    }
    if (request.is_discarded()) {
        co_return Answer{500, error_answer(RpcFailure::kParse, "Parse error", nullptr).dump() + "\n", true};
    }
    if (target != "/") {
        const Json id = request.is_object() ? request.value("id", Json()) : Json();
        co_return Answer{500, error_answer(RpcFailure::kWalletNotFound, kNoWallet, id).dump() + "\n", true};
    }
    if (request.is_array()) co_return co_await answer_batch(request);
    co_return co_await answer_single(request);
}

asio::awaitable<RpcServer::Answer> RpcServer::answer_single(Json request) {
    int status = 200;
    const Json result = co_await run(request, status);
    co_return Answer{static_cast<unsigned>(status), result.dump() + "\n", true};
}

asio::awaitable<RpcServer::Answer> RpcServer::answer_batch(Json requests) {
    Json results = Json::array();
    for (const Json& request : requests) {
        int ignored = 200;
        results.push_back(co_await run(request, ignored));
    }
    co_return Answer{200, results.dump() + "\n", true};
}

asio::awaitable<Json> RpcServer::run(const Json& request, int& http_status) {
    Json id;
    try {
        if (!request.is_object()) throw RpcFailure(RpcFailure::kInvalidRequest, "Invalid Request object");
        id = request.value("id", Json());
        const auto method = request.find("method");
        if (method == request.end()) throw RpcFailure(RpcFailure::kInvalidRequest, "Missing method");
        if (!method->is_string()) throw RpcFailure(RpcFailure::kInvalidRequest, "Method must be a string");
        if (faults_.warming_up && !is_control(request)) {
            throw RpcFailure(RpcFailure::kWarmup, "Loading block index\u2026");
        }
        Json result = co_await table_.call(method->get<std::string>(), request.value("params", Json()));
        co_return Json{{"result", std::move(result)}, {"error", nullptr}, {"id", id}};
    } catch (const RpcFailure& failure) {
        http_status = failure.http_status();
        co_return error_answer(failure.code(), failure.what(), id);
    } catch (const dash::Error& error) {
        http_status = 500;
        co_return error_answer(RpcFailure::kMisc, error.what(), id);
    }
}

}  // namespace simnet
