#include "p2pool/notify/http_post.h"

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <cstdint>

namespace p2pool::notify {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace asio::experimental::awaitable_operators;
using tcp = asio::ip::tcp;

constexpr std::size_t kMostAnswerBytes = 64 * 1024;

template <typename Stream>
asio::awaitable<HttpReply> exchange(Stream& stream, const HttpUrl& url, const std::string& content_type,
                                    std::string body) {
    http::request<http::string_body> request(http::verb::post, url.path, 11);
    request.set(http::field::host, url.host);
    request.set(http::field::user_agent, "p2pool-dash");
    request.set(http::field::content_type, content_type);
    request.body() = std::move(body);
    request.prepare_payload();
    request.keep_alive(false);
    co_await http::async_write(stream, request, asio::use_awaitable);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMostAnswerBytes);
    co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
    co_return HttpReply{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

asio::awaitable<HttpReply> post(const HttpUrl& url, const std::string& content_type, std::string body) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    const auto places = co_await resolver.async_resolve(url.host, url.port, asio::use_awaitable);
    tcp::socket socket(executor);
    co_await asio::async_connect(socket, places, asio::use_awaitable);
    if (!url.tls) co_return co_await exchange(socket, url, content_type, std::move(body));
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_default_verify_paths();
    asio::ssl::stream<tcp::socket> stream(std::move(socket), context);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(url.host));
    SSL_set_tlsext_host_name(stream.native_handle(), url.host.c_str());
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    co_return co_await exchange(stream, url, content_type, std::move(body));
}

/// An exception would wait for the timer.
asio::awaitable<std::pair<HttpReply, std::exception_ptr>> attempt(const HttpUrl& url, const std::string& content_type,
                                                                  std::string body) {
    try {
        co_return std::pair(co_await post(url, content_type, std::move(body)), std::exception_ptr());
    } catch (const boost::system::system_error&) {
        co_return std::pair(HttpReply(), std::current_exception());
    }
}

bool is_port(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port != 0;
}

/// "host" and "[::1]".
std::string unbracketed(const std::string& host) {
    if (host.find_first_of("[]") == std::string::npos) return host;
    if (host.front() != '[' || host.find(']') != host.size() - 1) return {};
    return host.substr(1, host.size() - 2);
}

}  // namespace

std::optional<HttpUrl> parse_url(const std::string& text) {
    HttpUrl url;
    const std::size_t scheme = text.find("://");
    if (scheme == std::string::npos) return std::nullopt;
    url.tls = text.substr(0, scheme) == "https";
    if (!url.tls && text.substr(0, scheme) != "http") return std::nullopt;
    const std::size_t begin = scheme + 3;
    const std::size_t slash = text.find('/', begin);
    const std::string place = text.substr(begin, slash == std::string::npos ? slash : slash - begin);
    url.path = slash == std::string::npos ? "/" : text.substr(slash);
    const std::size_t colon = place.rfind(':');
    const bool has_port = colon != std::string::npos && place.find(']', colon) == std::string::npos;
    url.host = unbracketed(place.substr(0, has_port ? colon : std::string::npos));
    url.port = has_port ? place.substr(colon + 1) : (url.tls ? "443" : "80");
    const bool is_clean = std::all_of(text.begin(), text.end(),
                                      [](char each) { return static_cast<unsigned char>(each) > ' ' && each != 0x7f; });
    if (url.host.empty() || !is_port(url.port) || !is_clean) return std::nullopt;
    return url;
}

asio::awaitable<HttpReply> http_post(HttpUrl url, std::string content_type, std::string body,
                                     std::chrono::seconds patience) {
    asio::steady_timer timer(co_await asio::this_coro::executor, patience);
    auto result = co_await (attempt(url, content_type, std::move(body)) || timer.async_wait(asio::use_awaitable));
    if (result.index() == 1) throw boost::system::system_error(asio::error::timed_out);
    auto& [reply, failure] = std::get<0>(result);
    if (failure) std::rethrow_exception(failure);
    co_return std::move(reply);
}

}  // namespace p2pool::notify
