#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace bench {

/// Browsers that ask for pages at a fixed rate, from construction until stop(). A request is timed from the moment at
/// which it was due, so that a server that is late with one answer is charged for those that wait behind it.
class WebLoad {
  public:
    /// `targets` are asked for in turn.
    WebLoad(std::uint16_t port, std::vector<std::string> targets, double requests_per_second);
    ~WebLoad();
    WebLoad(const WebLoad&) = delete;
    WebLoad& operator=(const WebLoad&) = delete;

    struct Result {
        /// Of each target, ascending.
        std::vector<std::vector<double>> milliseconds;
        std::size_t failed = 0;  ///< answers that were not 200
    };
    /// Ends the load; throws std::runtime_error when nothing was answered.
    [[nodiscard]] Result stop();

  private:
    /// Each asks on its own connection, as a browser that stays open does.
    static constexpr std::size_t kBrowsers = 8;

    struct Browser {
        std::vector<std::vector<double>> milliseconds;
        std::size_t failed = 0;
        std::thread thread;
    };

    void run(Browser& browser, std::size_t number);

    std::uint16_t port_;
    std::vector<std::string> targets_;
    double requests_per_second_;
    std::chrono::steady_clock::time_point start_;
    std::vector<Browser> browsers_;
    std::atomic<bool> stopping_{false};
};

/// Of ascending values; `part` 0.99: the 99th percentile.
[[nodiscard]] double percentile(const std::vector<double>& sorted, double part);

}  // namespace bench
