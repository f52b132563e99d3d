#include "p2pool/node/block_heights.h"

#include <algorithm>

namespace p2pool::node {

void BlockHeights::learn(const dash::Uint256& block_hash, std::uint32_t height) {
    highest_ = std::max(highest_, height);
    if (!heights_.emplace(block_hash, height).second) return;
    order_.push_back(block_hash);
    if (order_.size() <= kMaxBlocks) return;
    heights_.erase(order_.front());
    order_.pop_front();
}

std::int64_t BlockHeights::relative(const dash::Uint256& block_hash) const {
    const auto found = heights_.find(block_hash);
    const std::int64_t height = found == heights_.end() ? 0 : found->second;
    return height - static_cast<std::int64_t>(highest_);
}

}  // namespace p2pool::node
