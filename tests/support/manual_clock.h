#pragma once

#include <chrono>

#include "dash/util/clock.h"

namespace tests {

/// A clock that stands still until the test moves it; both its times move together. Not thread-safe.
class ManualClock final : public dash::Clock {
  public:
    explicit ManualClock(double unix_seconds = 1700000000) : unix_seconds_(unix_seconds) {}

    [[nodiscard]] double unix_seconds() const override { return unix_seconds_; }
    [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const override { return steady_; }

    void advance(double seconds) {
        unix_seconds_ += seconds;
        steady_ +=
            std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
    }
    /// What an operator who sets the clock does: steady_now() does not notice.
    void set_unix_seconds(double unix_seconds) { unix_seconds_ = unix_seconds; }

  private:
    double unix_seconds_;
    std::chrono::steady_clock::time_point steady_{std::chrono::hours(1)};
};

}  // namespace tests
