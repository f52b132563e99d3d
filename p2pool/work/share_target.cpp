#include "p2pool/work/share_target.h"

#include <algorithm>

#include "dash/primitives/target.h"

namespace p2pool::work {
namespace {

/// One address should not make more than this part of the pool's shares.
constexpr double kMaxPartOfShares = 0.0167;

bool payout_is_dust(const ShareTargetInputs& inputs, const share_chain::Network& network) {
    if (!inputs.pool_hashes_per_second.has_value() || *inputs.pool_hashes_per_second <= 0) return false;
    const double expected_duffs = inputs.local_hashes_per_second / *inputs.pool_hashes_per_second *
                                  static_cast<double>(inputs.subsidy_duffs) * (1 - inputs.donation);
    return expected_duffs < static_cast<double>(network.parent->dust_threshold_duffs);
}

}  // namespace

dash::Uint256 desired_share_target(const ShareTargetInputs& inputs, const share_chain::Network& network) {
    if (inputs.wished_difficulty.has_value()) return dash::target_from_difficulty(*inputs.wished_difficulty);
    dash::Uint256 target = dash::Uint256::max();
    if (inputs.local_hashes_per_second > 0) {
        target = std::min(target, dash::target_from_average_attempts(inputs.local_hashes_per_second *
                                                                     network.share_period_seconds / kMaxPartOfShares));
    }
    if (payout_is_dust(inputs, network) && inputs.subsidy_duffs > 0) {
        const double block_attempts = dash::to_double(dash::average_attempts(inputs.block_target));
        target = std::min(target,
                          dash::target_from_average_attempts(block_attempts * network.spread *
                                                             static_cast<double>(network.parent->dust_threshold_duffs) /
                                                             static_cast<double>(inputs.subsidy_duffs)));
    }
    return target;
}

}  // namespace p2pool::work
