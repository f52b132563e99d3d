#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "dash/primitives/block.h"
#include "dash/submission/won_block.h"

namespace tests {

/// A transaction of about `bytes`, different for each `number`.
[[nodiscard]] dash::Transaction test_transaction(std::uint64_t number, std::size_t bytes);

/// A block with a coinbase and these transactions, on `previous`; it has the work of regtest's easiest target.
[[nodiscard]] dash::Block test_block(const std::vector<dash::Transaction>& transactions,
                                     const dash::Uint256& previous = dash::Uint256(1));
[[nodiscard]] dash::submission::WonBlock won(const dash::Block& block, std::uint32_t height = 100);

/// A block of about `bytes` in transactions of about 300 bytes each.
[[nodiscard]] dash::Block block_of_size(std::size_t bytes);

}  // namespace tests
