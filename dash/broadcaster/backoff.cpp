#include "dash/broadcaster/backoff.h"

#include <algorithm>

namespace dash::broadcaster {

int AttemptHistory::begin() {
    return ++attempts_;
}

bool AttemptHistory::failed(Failure kind, Time now) {
    ++(kind == Failure::kTimeout ? timeouts_ : kind == Failure::kRefused ? refused_ : errors_);
    if (attempts_ < kAttemptsPerRound) {
        not_before_ = now + kPause;
        return false;
    }
    rest(now);
    return true;
}

void AttemptHistory::rest(Time now) {
    attempts_ = 0;
    ++rounds_;
    not_before_ = now + backoff();
}

std::chrono::seconds AttemptHistory::remaining(Time now) const {
    if (now >= not_before_) return std::chrono::seconds(0);
    return std::chrono::ceil<std::chrono::seconds>(not_before_ - now);
}

std::chrono::seconds AttemptHistory::backoff() const {
    if (rounds_ == 0) return std::chrono::seconds(0);
    constexpr int kDoublingsToLongest = 4;
    return std::min(kFirstBackoff * (1 << std::min(rounds_ - 1, kDoublingsToLongest)), kLongestBackoff);
}

}  // namespace dash::broadcaster
