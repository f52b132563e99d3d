#include "tests/simnet/wakeup.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace simnet {

namespace asio = boost::asio;

asio::awaitable<bool> Wakeup::wait_until(std::chrono::steady_clock::time_point deadline) {
    asio::steady_timer timer(executor_, deadline);
    waiting_.insert(&timer);
    boost::system::error_code result;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, result));
    waiting_.erase(&timer);
    co_return result == asio::error::operation_aborted;
}

void Wakeup::notify() {
    for (asio::steady_timer* timer : waiting_)
        timer->cancel();
}

}  // namespace simnet
