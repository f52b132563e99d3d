#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "share_chain/network.h"
#include "share_chain/share.h"
#include "share_chain/tracker.h"

namespace tests {

/// What a test wants of a share that stands every check. Its blocks are nothing that dashd would know.
struct ShareWish {
    dash::Uint256 previous;  ///< zero: begins a chain
    std::uint8_t finder = 1;
    std::uint32_t timestamp = 1700000000;             ///< clipped to what the parent allows
    std::vector<dash::Uint256> transaction_hashes{};  ///< of its block, without the coinbase
    dash::Uint256 previous_block{1};
    std::uint32_t block_bits = 0x1b00ffff;  ///< as hard as Dash: no share of a test is a block by chance
    dash::Bytes coinbase_payload{};
    std::vector<share_chain::Payment> payments{};
    std::uint8_t stale_info = 0;
};

/// Builds and mines it: a few hashes on a network whose target is easy (dash_regtest). `tracker` knows the parent.
[[nodiscard]] share_chain::SharePtr mine_share(const share_chain::Tracker& tracker, const ShareWish& wish,
                                               std::mt19937_64& random);

/// Like the model, but on a parent that nobody has: stands every check that needs no ancestor.
[[nodiscard]] share_chain::SharePtr mine_orphan(const share_chain::Network& network, const share_chain::Share& model,
                                                std::mt19937_64& random);

/// dash_regtest with another chain length: all rules of a long chain in a short one.
[[nodiscard]] share_chain::Network easy_network(std::uint32_t chain_length);

/// `count` shares on each other from a chain's beginning, one each share period, which end at `last_timestamp`.
[[nodiscard]] std::vector<share_chain::SharePtr> mine_chain(const share_chain::Network& network, std::size_t count,
                                                            std::uint32_t last_timestamp, std::mt19937_64& random);

}  // namespace tests
