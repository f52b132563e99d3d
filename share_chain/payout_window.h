#pragma once

#include <cstdint>
#include <deque>
#include <map>

#include "dash/primitives/hash160.h"
#include "dash/primitives/uint256.h"
#include "dash/primitives/wide.h"
#include "share_chain/share.h"
#include "share_chain/weights.h"

namespace share_chain {

class Tracker;

/// Payout weights of a stretch of a line, kept up to date while the stretch moves along the line or over to a fork.
class PayoutWindow {
  public:
    /// As share_chain::payout_weights.
    [[nodiscard]] PayoutWeights weights(const Tracker& tracker, const dash::Uint256& start, std::uint64_t max_shares,
                                        const dash::Wide& desired_weight);

  private:
    struct Part {
        SharePtr share;
        dash::Wide attempts;

        [[nodiscard]] const dash::Hash160& finder() const { return share->data().pubkey_hash; }
        [[nodiscard]] dash::Wide weight() const { return attempts * kWeightPerAttempt; }
        [[nodiscard]] dash::Wide donation() const { return attempts * share->data().donation; }
        [[nodiscard]] dash::Wide finders() const { return attempts * (kWeightPerAttempt - share->data().donation); }
    };

    void move_to(const Tracker& tracker, const dash::Uint256& start);
    void count(const Part& part);
    void discount(const Part& part);
    void pop_newest();
    void pop_oldest();
    void clear();
    [[nodiscard]] PayoutWeights result() const;

    std::deque<Part> parts_;  ///< newest first; only whole shares, at most as many as were asked for
    std::map<dash::Hash160, dash::Wide> finders_;  ///< those with any weight
    dash::Wide total_;
    dash::Wide donation_;
};

}  // namespace share_chain
