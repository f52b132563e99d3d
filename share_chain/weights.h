#pragma once

#include <cstdint>
#include <map>

#include "dash/primitives/bytes.h"
#include "dash/primitives/wide.h"
#include "share_chain/tracker.h"

namespace share_chain {

/// Who is paid how much of a block: weight by payout script. Weights are average attempts times 65535.
struct PayoutWeights {
    std::map<dash::Bytes, dash::Wide> by_script;  ///< without the donation
    dash::Wide total;                             ///< including the donation
    dash::Wide donation;
};

/// Weights of the line that starts at `start` (counted), at most `max_shares` of them and until `desired_weight` is reached, of which
/// the last share may count in part (python p2pool.data WeightsSkipList).
[[nodiscard]] PayoutWeights payout_weights(const Tracker& tracker, const dash::Uint256& start, std::uint64_t max_shares,
                                           const dash::Wide& desired_weight);

/// Expected payout of each script if a block were found on top of `best` now: {script: duffs}, donation included
/// (python p2pool.data get_expected_payouts).
[[nodiscard]] std::map<dash::Bytes, std::uint64_t> expected_payouts(const Tracker& tracker, const dash::Uint256& best,
                                                                    const dash::Uint256& block_target, std::uint64_t subsidy_duffs);

}  // namespace share_chain
