#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dash/util/log.h"

namespace dash::log {

/// Lines on their way to a console or disk that may take nothing for a while (Ctrl-S in a terminal, a hanging disk):
/// whoever logs goes on. Thread-safe.
class Queue {
  public:
    /// Lines that wait take at most this much; further ones are lost, and a line says how many.
    static constexpr std::size_t kMostBytes = 8 << 20;

    struct Entry {
        Level level = Level::kInfo;
        std::chrono::system_clock::time_point time;
        std::string text;
        bool reopen = false;  ///< no line: the file is to be opened anew
    };
    /// Writes what came together. On the queue's thread, one call at a time.
    using Write = std::function<void(const std::deque<Entry>&)>;

    explicit Queue(Write write);
    /// Waits for what is left, but not for a console that takes nothing.
    ~Queue();
    Queue(const Queue&) = delete;
    Queue& operator=(const Queue&) = delete;

    /// No other line comes between these.
    void post(std::vector<Entry> entries);
    /// Waits until all that was posted before is written; false when that takes longer.
    bool wait(std::chrono::milliseconds patience);

  private:
    struct State;
    static void run(const std::shared_ptr<State>& state);

    std::shared_ptr<State> state_;
    std::thread thread_;
};

}  // namespace dash::log
