#include "share_chain/weights.h"

#include <algorithm>

#include "dash/primitives/target.h"

namespace share_chain {
namespace {

constexpr unsigned kWeightsPerAttempt = 65535;

}  // namespace

PayoutWeights payout_weights(const Tracker& tracker, const dash::Uint256& start, std::uint64_t max_shares,
                             const dash::Wide& desired_weight) {
    PayoutWeights weights;
    SharePtr share = tracker.find(start);
    for (std::uint64_t i = 0; share && i < max_shares && weights.total < desired_weight; ++i) {
        const dash::Wide attempts = dash::average_attempts(share->target);
        const dash::Wide counted =
            std::min<dash::Wide>(attempts, (desired_weight - weights.total) / kWeightsPerAttempt);
        const std::uint16_t donation = share->data().donation;
        weights.by_script[share->payout_script()] += counted * (attempts * (kWeightsPerAttempt - donation)) / attempts;
        weights.donation += counted * (attempts * donation) / attempts;
        weights.total = std::min<dash::Wide>(weights.total + attempts * kWeightsPerAttempt, desired_weight);
        share = tracker.find(share->previous_hash());
    }
    return weights;
}

std::map<dash::Bytes, std::uint64_t> expected_payouts(const Tracker& tracker, const dash::Uint256& best,
                                                      const dash::Uint256& block_target, std::uint64_t subsidy_duffs) {
    const Network& network = tracker.network();
    const std::uint64_t shares = std::min<std::uint64_t>(tracker.line(best).height, network.chain_length);
    const dash::Wide desired = dash::Wide(kWeightsPerAttempt) * network.spread * dash::average_attempts(block_target);
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
