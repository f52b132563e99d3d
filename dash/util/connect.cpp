#include "dash/util/connect.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <utility>

namespace dash {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using boost::system::system_error;
using Deadline = std::chrono::steady_clock::time_point;

/// A lookup that hangs cannot be interrupted: it is left to end by itself, and its answer is then nobody's.
struct Lookup {
    Lookup(const asio::any_io_executor& executor, Deadline deadline) : resolver(executor), ended(executor, deadline) {}

    tcp::resolver resolver;
    asio::steady_timer ended;
    error_code error = asio::error::timed_out;
    std::vector<tcp::endpoint> endpoints;
};

}  // namespace

asio::awaitable<std::vector<tcp::endpoint>> resolve_tcp(std::string host, std::uint16_t port, Deadline deadline) {
    error_code not_numeric;
    const auto address = asio::ip::make_address(host, not_numeric);
    if (!not_numeric) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};

    auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor, deadline);
    lookup->resolver.async_resolve(host, std::to_string(port),
                                   [lookup](error_code error, const tcp::resolver::results_type& results) {
                                       lookup->error = error;
                                       lookup->endpoints.assign(results.begin(), results.end());
                                       lookup->ended.cancel();
                                   });
    co_await lookup->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    if (lookup->error) throw system_error(lookup->error);
    co_return lookup->endpoints;
}

asio::awaitable<tcp::socket> connect_tcp(std::string host, std::uint16_t port, Deadline deadline) {
    const auto endpoints = co_await resolve_tcp(std::move(host), port, deadline);
    boost::beast::tcp_stream stream(co_await asio::this_coro::executor);
    stream.expires_at(deadline);
    try {
        co_await stream.async_connect(endpoints, asio::use_awaitable);
    } catch (const system_error& error) {
        if (error.code() == boost::beast::error::timeout) throw system_error(asio::error::timed_out);
        throw;
    }
    stream.socket().set_option(tcp::no_delay(true));
    co_return stream.release_socket();
}

}  // namespace dash
