#pragma once

#include <cstdint>
#include <vector>

#include "share_chain/network.h"
#include "share_chain/share.h"
#include "tests/support/random.h"

namespace tests {

/// A line of `count` valid shares of a few finders, one a share period, the last one at `last_timestamp`; parents
/// first. For networks on which any hash is a share.
[[nodiscard]] std::vector<share_chain::SharePtr> made_chain(const share_chain::Network& network, std::uint32_t count,
                                                            std::uint32_t last_timestamp, Random& random);

}  // namespace tests
