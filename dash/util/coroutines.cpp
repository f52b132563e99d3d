#include "dash/util/coroutines.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "dash/util/log.h"

namespace dash {

boost::asio::awaitable<void> pause(std::chrono::steady_clock::duration duration) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

void run_guarded(boost::asio::io_context& io, std::string_view who) {
    while (true) {
        try {
            io.run();
            return;
        } catch (const std::exception& error) {
            log::error(who, ": an error of this program, please report it: ", error.what());
        }
    }
}

std::function<void(const std::exception_ptr&)> log_failure(std::string what) {
    return [what = std::move(what)](const std::exception_ptr& failure) {
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            log::error(what, ": ", error.what());
        }
    };
}

}  // namespace dash
