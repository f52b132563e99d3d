#pragma once

#include <cstdint>
#include <optional>

#include "dash/primitives/uint256.h"
#include "share_chain/network.h"

namespace p2pool::work {

/// What decides how hard a payout group's shares should be.
struct ShareTargetInputs {
    std::optional<double> wished_difficulty;       ///< "/N" of the user name
    double local_hashes_per_second = 0;            ///< of this payout address at this node
    std::optional<double> pool_hashes_per_second;  ///< over the last hour; none while the chain is shorter than that
    std::uint64_t subsidy_duffs = 0;
    double donation = 0;  ///< 0…1
    dash::Uint256 block_target;
};

/// The share target to ask for; the share chain clips it to what it allows. Without a wish: at most about 1.67 % of the
/// pool's shares for one address, and shares large enough that the payout is not dust (python p2pool.work get_work).
[[nodiscard]] dash::Uint256 desired_share_target(const ShareTargetInputs& inputs, const share_chain::Network& network);

}  // namespace p2pool::work
