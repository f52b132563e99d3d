#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "share_chain/network.h"
#include "share_chain/share.h"
#include "share_chain/tracker.h"
#include "tests/support/random.h"

/// Shares that nobody worked for, for tests of what the tracker does with them.
namespace tests {

struct FakeShare {
    dash::Uint256 hash{};
    dash::Uint256 previous{};
    std::uint64_t work = 1;  ///< average attempts; below 2^32, so that the target stands for exactly this number
    std::uint32_t timestamp = 0;
    std::uint8_t finder = 0;  ///< all bytes of the public key hash
    std::uint16_t donation = 0;
    std::uint8_t stale_info = 0;
    std::uint64_t desired_version = share_chain::kShareType;
    dash::Uint256 previous_block{};
    bool claims_block = false;
    std::uint32_t height = 0;
    std::size_t packed_bytes = 0;  ///< zeros
};

[[nodiscard]] share_chain::SharePtr fake_share(const FakeShare& fake);

/// Shares 1 … `count`, each on the one before, the first on 0.
[[nodiscard]] std::vector<share_chain::SharePtr> fake_line(std::uint64_t count);

/// A random tree of shares, parents before children, which grows mostly at its young end. Some lines begin at unknown
/// parents. Each share is one higher than its parent.
[[nodiscard]] std::vector<share_chain::SharePtr> fake_tree(Random& random, std::size_t count);

/// The shares of a tree that lead to `hash`, that one first, as far back as they are in `tree` and not in `gone`.
[[nodiscard]] std::vector<share_chain::SharePtr> line_of(const std::vector<share_chain::SharePtr>& tree,
                                                         dash::Uint256 hash, const std::set<dash::Uint256>& gone = {});

/// A mainnet with so short a chain that small trees reach every rule.
[[nodiscard]] share_chain::Network short_network(std::uint32_t chain_length);

/// An environment in which every share passes its check.
[[nodiscard]] share_chain::TrackerEnvironment trusting_environment();

}  // namespace tests
