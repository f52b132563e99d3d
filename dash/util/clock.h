#pragma once

#include <chrono>

namespace dash {

/// Where all time comes from, so that tests move it by hand. Thread-safe.
class Clock {
  public:
    virtual ~Clock() = default;

    /// Seconds since the Unix epoch, with fraction; may step when the operator sets the clock.
    [[nodiscard]] virtual double unix_seconds() const = 0;

    /// Never goes back; for intervals, deadlines and latencies.
    [[nodiscard]] virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

/// The machine's clocks.
[[nodiscard]] const Clock& system_clock();

}  // namespace dash
