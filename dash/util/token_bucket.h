#pragma once

#include <algorithm>

namespace dash {

/// Limits a rate and still lets a burst through. Times are seconds that never go back.
class TokenBucket {
  public:
    TokenBucket(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}

    /// Whether take() would succeed.
    [[nodiscard]] bool has(double now, double cost = 1) {
        refill(now);
        return tokens_ >= cost;
    }

    /// False when fewer than `cost` tokens are left; nothing is taken then.
    [[nodiscard]] bool take(double now, double cost = 1) {
        if (!has(now, cost)) return false;
        tokens_ -= cost;
        return true;
    }

    /// Takes `cost` in any case; the debt is worked off before anything else is granted.
    void charge(double now, double cost) {
        refill(now);
        tokens_ -= cost;
    }

    /// Time until the debt is paid; 0 without debt.
    [[nodiscard]] double seconds_in_debt(double now) {
        refill(now);
        return tokens_ >= 0 ? 0 : -tokens_ / per_second_;
    }

    /// As if nobody had ever taken anything.
    [[nodiscard]] bool is_full(double now) {
        refill(now);
        return tokens_ >= burst_;
    }

  private:
    void refill(double now) {
        if (now > last_) tokens_ = std::min(burst_, tokens_ + (now - last_) * per_second_);
        last_ = std::max(last_, now);
    }

    double per_second_;
    double burst_;
    double tokens_;
    double last_ = 0;
};

}  // namespace dash
