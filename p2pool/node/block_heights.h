#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "dash/primitives/uint256.h"

namespace p2pool::node {

/// Heights of Dash blocks that shares were built on, as far as dashd told them. Node thread only.
class BlockHeights {
  public:
    void learn(const dash::Uint256& block_hash, std::uint32_t height);

    /// Height minus the greatest height learnt; a block nobody told of counts as height 0, which makes chains on it
    /// look old (python p2pool.node get_height_rel_highest).
    [[nodiscard]] std::int64_t relative(const dash::Uint256& block_hash) const;

  private:
    /// The share chain's choice looks at the last sixteenth of a chain; this is many times more blocks than that spans.
    static constexpr std::size_t kMaxBlocks = 10000;

    std::unordered_map<dash::Uint256, std::uint32_t> heights_;
    std::deque<dash::Uint256> order_;
    std::uint32_t highest_ = 0;
};

}  // namespace p2pool::node
