#pragma once

#include <chrono>
#include <memory>

namespace p2pool::service {

/// Watches the thread that made it. When that one has not called alive() for `patience`, the log gets its stack, once a
/// stall: "Watchdog timer went off at:". One at a time in a process; it uses SIGALRM.
class Watchdog {
  public:
    explicit Watchdog(std::chrono::milliseconds patience);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    void alive();

    /// The program is about to end: if it has not done so in this time, it is ended as it is, with exit code 1, and the
    /// log gets the stack.
    void end_within(std::chrono::milliseconds time);
    /// As much time as it takes.
    void end_any_time();

    /// All is done, and what is left is cleared away: if that takes longer, as it does while a thread waits for a name
    /// server that is silent, the program ends with this exit code and without a word.
    void finish_within(std::chrono::milliseconds time, int exit_code);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::service
