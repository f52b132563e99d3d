#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <set>

namespace simnet {

/// Wakes coroutines that wait for something to happen. On the executor's one thread.
class Wakeup {
  public:
    explicit Wakeup(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    /// Returns true when woken by notify(), false at the deadline.
    [[nodiscard]] boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);
    void notify();

  private:
    boost::asio::any_io_executor executor_;
    std::set<boost::asio::steady_timer*> waiting_;
};

}  // namespace simnet
