#include "share_chain/store/usable_lines.h"

#include <unordered_map>

#include "share_chain/forest.h"

namespace share_chain::store {

std::unordered_set<dash::Uint256> usable_lines(const std::vector<SharePtr>& shares, std::uint64_t chain_length) {
    Forest forest;
    std::unordered_map<dash::Uint256, dash::Uint256> previous;
    for (const SharePtr& share : shares) {
        forest.add(share->hash, share->previous_hash(), {});
        previous.emplace(share->hash, share->previous_hash());
    }
    std::unordered_set<dash::Uint256> usable;
    for (const dash::Uint256& head : forest.heads()) {
        const Forest::Line line = forest.line(head);
        if (!line.tail.is_zero() && line.height <= chain_length) continue;
        for (auto at = previous.find(head); at != previous.end(); at = previous.find(at->second)) {
            if (!usable.insert(at->first).second) break;  // from here on down it is another head's line too
        }
    }
    return usable;
}

}  // namespace share_chain::store
