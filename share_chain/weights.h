#pragma once

#include <cstdint>
#include <map>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "dash/primitives/wide.h"

namespace share_chain {

class Tracker;

/// A share weighs its average attempts times this: so much of it as its finder's donation says (of 65535) is the
/// authors'.
constexpr unsigned kWeightPerAttempt = 65535;

/// Who is paid how much of a block: weight by payout script.
struct PayoutWeights {
    std::map<dash::Bytes, dash::Wide> by_script;  ///< without the donation; no zeros
    dash::Wide total;                             ///< including the donation
    dash::Wide donation;
};

/// Weights of the line that starts at `start` (counted) and goes to older shares: of at most `max_shares`, until
/// `desired_weight` (a multiple of kWeightPerAttempt) is reached, of which the last share may count in part. Fewer
/// shares where the line ends before (python p2pool.data WeightsSkipList).
///
/// The tracker remembers the window that was asked for last. Asking about a share near the last one, with similar
/// bounds, costs a few steps for each share between them and the copy of the result; anything else one step for each
/// share counted.
[[nodiscard]] PayoutWeights payout_weights(const Tracker& tracker, const dash::Uint256& start, std::uint64_t max_shares,
                                           const dash::Wide& desired_weight);

/// Expected payout of each script if a block were found on top of `best` now: {script: duffs}, donation included
/// (python p2pool.data get_expected_payouts).
[[nodiscard]] std::map<dash::Bytes, std::uint64_t> expected_payouts(const Tracker& tracker, const dash::Uint256& best,
                                                                    const dash::Uint256& block_target,
                                                                    std::uint64_t subsidy_duffs);

}  // namespace share_chain
