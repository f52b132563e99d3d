#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <future>
#include <memory>
#include <utility>

namespace tests {

/// Runs a coroutine on the context and tells its result. Unlike asio::use_future, which ends the coroutine on a thread
/// of the system executor, nothing of it runs elsewhere, so the context may be destroyed as soon as the result is
/// there.
template <typename T>
[[nodiscard]] std::future<T> spawn_future(boost::asio::io_context& context, boost::asio::awaitable<T> task) {
    auto promise = std::make_shared<std::promise<T>>();
    std::future<T> result = promise->get_future();
    boost::asio::co_spawn(context, std::move(task), [promise](const std::exception_ptr& error, T value) {
        if (error) {
            promise->set_exception(error);
        } else {
            promise->set_value(std::move(value));
        }
    });
    return result;
}

[[nodiscard]] inline std::future<void> spawn_future(boost::asio::io_context& context,
                                                    boost::asio::awaitable<void> task) {
    auto promise = std::make_shared<std::promise<void>>();
    std::future<void> result = promise->get_future();
    boost::asio::co_spawn(context, std::move(task), [promise](const std::exception_ptr& error) {
        if (error) {
            promise->set_exception(error);
        } else {
            promise->set_value();
        }
    });
    return result;
}

}  // namespace tests
