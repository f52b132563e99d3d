#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace tests {

/// The node thread of a test: its events happen while the test waits for something.
class EventLoop {
  public:
    [[nodiscard]] boost::asio::io_context::executor_type executor() { return io_.get_executor(); }

    /// Throws when `done` does not come true in a time that is more than enough.
    template <typename Done>
    void run_until(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!done()) {
            if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("it did not happen in 60 s");
            io_.restart();
            if (io_.poll() == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
        }
    }
    /// Gives what should not happen the time to happen.
    void run_for(std::chrono::milliseconds duration) {
        io_.restart();
        io_.run_for(duration);
    }

  private:
    boost::asio::io_context io_;
};

}  // namespace tests
