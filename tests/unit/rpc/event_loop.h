#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <utility>

#include "tests/support/spawn_future.h"

namespace tests {

/// The thread under test: runs coroutines, or everything until something has happened.
class EventLoop {
  public:
    [[nodiscard]] boost::asio::io_context& io() { return io_; }

    template <typename T>
    T run(boost::asio::awaitable<T> work) {
        auto result = spawn_future(io_, std::move(work));
        while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            io_.restart();
            io_.run_one();
        }
        return result.get();
    }

    /// False when it did not happen in time.
    template <typename Happened>
    bool run_until(Happened happened, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (!happened()) {
            if (std::chrono::steady_clock::now() > end) return false;
            io_.restart();
            io_.run_one_for(std::chrono::milliseconds(5));
        }
        return true;
    }

  private:
    boost::asio::io_context io_;
};

}  // namespace tests
