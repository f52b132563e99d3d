#include "p2pool/node/block_heights.h"

#include <algorithm>

namespace p2pool::node {

void BlockHeights::learn(const dash::Uint256& block_hash, std::uint32_t height) {
    if (height > highest_) {
        highest_ = height;
        asked_ = {wanted_.begin(), wanted_.end()};  // dashd may know more blocks now
    }
    if (!heights_.emplace(block_hash, height).second) return;
    order_.push_back(block_hash);
    if (order_.size() <= kMaxBlocks) return;
    heights_.erase(order_.front());
    order_.pop_front();
}

std::int64_t BlockHeights::relative(const dash::Uint256& block_hash) {
    const std::optional<std::uint32_t> known = height(block_hash);
    if (!known && asked_.size() < kMaxWanted && asked_.insert(block_hash).second) wanted_.push_back(block_hash);
    return std::int64_t{known.value_or(0)} - std::int64_t{highest_};
}

std::optional<std::uint32_t> BlockHeights::height(const dash::Uint256& block_hash) const {
    const auto found = heights_.find(block_hash);
    if (found == heights_.end()) return std::nullopt;
    return found->second;
}

std::optional<dash::Uint256> BlockHeights::take_wanted() {
    if (wanted_.empty()) return std::nullopt;
    const dash::Uint256 hash = wanted_.front();
    wanted_.pop_front();
    return hash;
}

}  // namespace p2pool::node
