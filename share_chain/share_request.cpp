#include "share_chain/share_request.h"

#include <algorithm>
#include <unordered_set>

#include "dash/util/error.h"

namespace share_chain {
namespace {

constexpr std::uint64_t kMostParents = 1000;

}  // namespace

std::vector<SharePtr> answer_share_request(const Tracker& tracker, std::span<const dash::Uint256> hashes,
                                           std::uint64_t parents, std::span<const dash::Uint256> stops) {
    if (hashes.empty()) throw dash::DecodeError("request for shares names no share");
    const std::uint64_t from_each = std::min(parents, kMostParents / hashes.size()) + 1;
    const std::unordered_set<dash::Uint256> ends(stops.begin(), stops.end());
    std::vector<SharePtr> answer;
    for (const dash::Uint256& hash : hashes) {
        SharePtr share = tracker.find(hash);
        for (std::uint64_t i = 0; i < from_each && share && ends.count(share->hash) == 0; ++i) {
            answer.push_back(share);
            share = tracker.find(share->previous_hash());
        }
    }
    return answer;
}

}  // namespace share_chain
