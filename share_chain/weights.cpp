#include "share_chain/weights.h"

#include <algorithm>

#include "dash/primitives/target.h"
#include "share_chain/payout_window.h"
#include "share_chain/tracker.h"

namespace share_chain {

PayoutWeights payout_weights(const Tracker& tracker, const dash::Uint256& start, std::uint64_t max_shares,
                             const dash::Wide& desired_weight) {
    return tracker.payout_window().weights(tracker, start, max_shares, desired_weight);
}

std::map<dash::Bytes, std::uint64_t> expected_payouts(const Tracker& tracker, const dash::Uint256& best,
                                                      const dash::Uint256& block_target, std::uint64_t subsidy_duffs) {
    const Network& network = tracker.network();
    const std::uint64_t shares = std::min<std::uint64_t>(tracker.line(best).height, network.chain_length);
    const dash::Wide desired = dash::Wide(kWeightPerAttempt) * network.spread * dash::average_attempts(block_target);
    const PayoutWeights weights = payout_weights(tracker, best, shares, desired);
    std::map<dash::Bytes, std::uint64_t> payouts;
    std::uint64_t left = subsidy_duffs;
    for (const auto& [script, weight] : weights.by_script) {
        const auto amount = static_cast<std::uint64_t>(dash::Wide(weight * subsidy_duffs / weights.total));
        payouts[script] = amount;
        left -= amount;
    }
    const dash::ByteSpan donation = donation_script();
    payouts[dash::Bytes(donation.begin(), donation.end())] += left;
    return payouts;
}

}  // namespace share_chain
