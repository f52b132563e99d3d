#pragma once

#include <cstddef>

#include "dash/util/token_bucket.h"

namespace dash::broadcaster {

/// How many blocks one peer may announce: each is hashed, looked up and noted on the thread that sends won blocks.
/// There is one about every 150 seconds, and some hundred in a row from a peer that was cut off for most of a day.
class AnnouncementLimit {
  public:
    static constexpr double kAtOnce = 64;
    static constexpr double kPerSecond = 0.5;
    /// More than a peer can have missed while Dash Core still tells of each block.
    static constexpr std::size_t kMostPassedOver = 2000;

    /// Whether to look at one more; else it is passed over. Throws PeerMisbehaving when those are too many. `now` in
    /// seconds that never go back.
    [[nodiscard]] bool admits(double now);
    /// So many were not looked at. Throws PeerMisbehaving as admits() does.
    void passed_over(std::size_t count);

  private:
    TokenBucket allowed_{kPerSecond, kAtOnce};
    std::size_t passed_over_ = 0;
};

}  // namespace dash::broadcaster
