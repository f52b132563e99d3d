#include "dash/rpc/http_connection.h"

#include <openssl/ssl.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <utility>

#include "dash/primitives/base64.h"
#include "dash/util/connect.h"

namespace dash::rpc {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::system_error;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// dashd's own headers are a few hundred bytes; a proxy may add some.
constexpr std::uint32_t kMaxHeaderBytes = 16U << 10;

/// Beast has its own word for a passed deadline.
[[noreturn]] void rethrow(const system_error& error) {
    if (error.code() == beast::error::timeout) throw system_error(asio::error::timed_out);
    throw error;
}

template <typename Stream>
class StreamConnection final : public HttpConnection {
  public:
    StreamConnection(Stream stream, const ClientSettings& settings)
        : stream_(std::move(stream)),
          path_(settings.path),
          host_(settings.endpoint()),
          max_answer_bytes_(settings.max_answer_bytes) {}

    asio::awaitable<HttpAnswer> post(const std::string& authorization, std::string body, Deadline deadline) override {
        http::request<http::string_body> request(http::verb::post, path_, 11);
        request.set(http::field::host, host_);
        request.set(http::field::content_type, "application/json");
        if (!authorization.empty())
            request.set(http::field::authorization, "Basic " + base64_encode(as_bytes(authorization)));
        request.body() = std::move(body);
        request.prepare_payload();

        http::response_parser<http::string_body> parser;
        parser.header_limit(kMaxHeaderBytes);
        parser.body_limit(max_answer_bytes_);
        reusable_ = false;
        answer_begun_ = false;
        beast::get_lowest_layer(stream_).expires_at(deadline);
        try {
            co_await http::async_write(stream_, request, asio::use_awaitable);
            co_await http::async_read(stream_, buffer_, parser, asio::use_awaitable);
        } catch (const system_error& error) {
            answer_begun_ = parser.got_some();
            rethrow(error);
        }
        answer_begun_ = true;
        reusable_ = parser.get().keep_alive();
        beast::get_lowest_layer(stream_).expires_never();
        HttpAnswer answer;
        answer.status = parser.get().result_int() > 999 ? 999 : static_cast<int>(parser.get().result_int());
        answer.body = std::move(parser.get().body());
        co_return answer;
    }

  private:
    Stream stream_;
    beast::flat_buffer buffer_;
    std::string path_;
    std::string host_;
    std::size_t max_answer_bytes_;
};

bool is_this_machine(const std::string& host) {
    boost::system::error_code not_numeric;
    const auto address = asio::ip::make_address(host, not_numeric);
    return host == "localhost" || (!not_numeric && address.is_loopback());
}

}  // namespace

std::unique_ptr<asio::ssl::context> make_tls_context(const ClientSettings& settings) {
    auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
    if (is_this_machine(settings.host)) {
        context->set_verify_mode(asio::ssl::verify_none);
    } else {
        context->set_default_verify_paths();
        context->set_verify_mode(asio::ssl::verify_peer);
        context->set_verify_callback(asio::ssl::host_name_verification(settings.host));
    }
    return context;
}

asio::awaitable<std::unique_ptr<HttpConnection>> open_http(const ClientSettings& settings, asio::ssl::context* tls,
                                                           HttpConnection::Deadline deadline) {
    PlainStream plain(co_await connect_tcp(settings.host, settings.port, deadline));
    if (tls == nullptr) co_return std::make_unique<StreamConnection<PlainStream>>(std::move(plain), settings);

    TlsStream secured(std::move(plain), *tls);
    if (SSL_set_tlsext_host_name(secured.native_handle(), settings.host.c_str()) != 1) {
        throw system_error(asio::error::invalid_argument);
    }
    beast::get_lowest_layer(secured).expires_at(deadline);
    try {
        co_await secured.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    } catch (const system_error& error) {
        rethrow(error);
    }
    co_return std::make_unique<StreamConnection<TlsStream>>(std::move(secured), settings);
}

}  // namespace dash::rpc
