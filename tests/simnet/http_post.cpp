#include "tests/simnet/http_post.h"
#include "tests/support/spawn_future.h"

#include <openssl/evp.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <future>

namespace simnet {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

std::string base64(const std::string& text) {
    std::string encoded(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return encoded;
}

asio::awaitable<HttpResult> exchange(asio::io_context& context, HttpCall call) {
    tcp::socket socket(context);
    co_await socket.async_connect({asio::ip::make_address("127.0.0.1"), call.port}, asio::use_awaitable);
    http::request<http::string_body> request(call.body ? http::verb::post : http::verb::get, call.target, 11);
    request.set(http::field::host, "127.0.0.1");
    if (!call.credentials.empty()) request.set(http::field::authorization, "Basic " + base64(call.credentials));
    request.body() = call.body.value_or("");
    request.prepare_payload();
    co_await http::async_write(socket, request, asio::use_awaitable);

    boost::beast::flat_buffer buffer;
    http::response<http::string_body> response;
    co_await http::async_read(socket, buffer, response, asio::use_awaitable);
    HttpResult result;
    result.status = response.result_int();
    for (const auto& field : response)
        result.headers[std::string(field.name_string())] = std::string(field.value());
    result.body = response.body();
    co_return result;
}

}  // namespace

std::optional<HttpResult> http_call(const HttpCall& call) {
    asio::io_context context(1);
    std::future<HttpResult> result = tests::spawn_future(context, exchange(context, call));
    context.run_for(call.timeout);
    if (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return std::nullopt;
    return result.get();
}

std::optional<HttpResult> rpc_call(std::uint16_t port, const std::string& method, const Json& params,
                                   std::chrono::milliseconds timeout) {
    HttpCall call;
    call.port = port;
    call.body = Json{{"id", "rig"}, {"method", method}, {"params", params}}.dump();
    call.timeout = timeout;
    return http_call(call);
}

}  // namespace simnet
