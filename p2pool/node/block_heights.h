#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "dash/primitives/uint256.h"

namespace p2pool::node {

/// Heights of Dash blocks that shares were built on, as far as dashd told them. Node thread only.
class BlockHeights {
  public:
    void learn(const dash::Uint256& block_hash, std::uint32_t height);

    /// Height minus the greatest height learnt; a block nobody told of counts as height 0, which makes chains on it
    /// look old, and is wanted from now on (python p2pool.node get_height_rel_highest).
    [[nodiscard]] std::int64_t relative(const dash::Uint256& block_hash);
    [[nodiscard]] std::optional<std::uint32_t> height(const dash::Uint256& block_hash) const;

    /// A block whose height somebody wanted to know; each is given out once until the chain grows.
    [[nodiscard]] std::optional<dash::Uint256> take_wanted();

  private:
    /// The share chain's choice looks at the last sixteenth of a chain; this is many times more blocks than that spans.
    static constexpr std::size_t kMaxBlocks = 10000;
    /// Shares may name any number of blocks that do not exist.
    static constexpr std::size_t kMaxWanted = 2000;

    std::unordered_map<dash::Uint256, std::uint32_t> heights_;
    std::deque<dash::Uint256> order_;
    std::uint32_t highest_ = 0;
    std::deque<dash::Uint256> wanted_;
    std::unordered_set<dash::Uint256> asked_;  ///< wanted_, and what was given out
};

}  // namespace p2pool::node
