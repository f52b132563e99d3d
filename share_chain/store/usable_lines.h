#pragma once

#include <unordered_set>
#include <vector>

#include "share_chain/share.h"

namespace share_chain::store {

/// The shares of lines on which the chain can go on: those that reach genesis, or have more than `chain_length` shares
/// (what the check of the next one looks at). A store with a gap, after damage, has others too: their marks as verified
/// must not count, or the node would stand on a share that it can neither mine on nor leave.
[[nodiscard]] std::unordered_set<dash::Uint256> usable_lines(const std::vector<SharePtr>& shares,
                                                             std::uint64_t chain_length);

}  // namespace share_chain::store
