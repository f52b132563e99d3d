#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

/// What every thread with an io_context of its own, and every coroutine that nobody waits for, needs.
namespace dash {

/// For co_await: the error_code comes with the result instead of as an exception.
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Waits without holding the thread.
[[nodiscard]] boost::asio::awaitable<void> pause(std::chrono::steady_clock::duration duration);

/// Runs until the context is stopped. A handler that throws costs nobody else: the log tells it as an error of `who`.
void run_guarded(boost::asio::io_context& io, std::string_view who);

/// For co_spawn: logs `what` and the exception, if that is how the coroutine ended.
[[nodiscard]] std::function<void(const std::exception_ptr&)> log_failure(std::string what);

}  // namespace dash
