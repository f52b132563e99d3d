#pragma once

#include "dash/util/clock.h"

namespace p2pool::node {

/// How long a node without a share chain waits for that of its peers, while miners have no work. Then it begins one of
/// its own: should the peers' come after all, the better one counts, as always. Node thread only.
class ChainWait {
  public:
    /// Since the start, or since the last share that came.
    static constexpr double kLongestSilenceSeconds = 600;
    /// In all, whatever comes: shares that never become a chain are easily sent.
    static constexpr double kLongestSeconds = 3600;

    /// The wait begins now.
    explicit ChainWait(const dash::Clock& clock);

    void shares_came();
    /// Once true, it stays so; the log is told why.
    [[nodiscard]] bool is_over();

  private:
    const dash::Clock& clock_;
    double began_at_;       ///< steady seconds
    double last_share_at_;  ///< steady seconds
    bool over_ = false;
};

}  // namespace p2pool::node
