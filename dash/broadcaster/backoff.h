#pragma once

#include <chrono>
#include <cstdint>

namespace dash::broadcaster {

/// How an attempt to connect failed.
enum class Failure { kTimeout, kRefused, kError };

/// The attempts to connect to one peer since it was last connected: rounds of a few attempts, and a rest after each
/// round that doubles from round to round.
class AttemptHistory {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr int kAttemptsPerRound = 3;
    static constexpr std::chrono::seconds kFirstBackoff{300};
    static constexpr std::chrono::seconds kLongestBackoff{3600};
    /// Between the attempts of a round.
    static constexpr std::chrono::seconds kPause{5};
    static constexpr std::chrono::seconds kPauseAfterShortStay{60};

    [[nodiscard]] bool may_try(Time now) const { return now >= not_before_; }
    /// Returns which attempt of its round this is, from 1.
    int begin();
    /// True when the round is over: the peer rests.
    bool failed(Failure kind, Time now);
    /// For a peer that was dropped for what it did: as after a round of failures.
    void rest(Time now);
    /// For a peer that did not stay.
    void pause(Time now) { not_before_ = now + kPauseAfterShortStay; }
    /// After a success, or when dashd is connected to the peer: the next attempt is the first.
    void clear() { *this = AttemptHistory(); }

    [[nodiscard]] bool resting(Time now) const { return attempts_ == 0 && rounds_ > 0 && now < not_before_; }
    [[nodiscard]] std::chrono::seconds remaining(Time now) const;
    /// Length of the present or last rest.
    [[nodiscard]] std::chrono::seconds backoff() const;
    /// Since the history was cleared.
    [[nodiscard]] int failures() const { return timeouts_ + refused_ + errors_; }
    [[nodiscard]] int timeouts() const { return timeouts_; }
    [[nodiscard]] int refused() const { return refused_; }
    [[nodiscard]] int errors() const { return errors_; }

  private:
    int attempts_ = 0;  ///< of the present round
    int rounds_ = 0;    ///< that have ended
    int timeouts_ = 0;
    int refused_ = 0;
    int errors_ = 0;
    Time not_before_;
};

}  // namespace dash::broadcaster
