#include "dash/broadcaster/sightings.h"

#include <algorithm>
#include <utility>

namespace dash::broadcaster {

BlockSightings::Sighting BlockSightings::announced(const Uint256& block, const PeerAddress& by) {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) { return each.block == block; });
    if (entry == entries_.end()) {
        limit_unconfirmed(by);
        entries_.push_back({block, {by}});
        if (entries_.size() > kMostBlocks) entries_.pop_front();
        return {.is_news = true, .winner = std::nullopt};
    }
    std::vector<PeerAddress>& announcers = entry->announcers;
    if (std::find(announcers.begin(), announcers.end(), by) != announcers.end()) return {};
    announcers.push_back(by);
    Sighting sighting{.is_news = true, .winner = std::nullopt};
    if (announcers.size() == 2) sighting.winner = announcers.front();
    return sighting;
}

void BlockSightings::limit_unconfirmed(const PeerAddress& by) {
    const auto alone = [&](const Entry& each) { return each.announcers.size() == 1 && each.announcers.front() == by; };
    if (static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), alone)) < kMostUnconfirmed) return;
    entries_.erase(std::find_if(entries_.begin(), entries_.end(), alone));
}

void TransactionSightings::announced(const Uint256& txid, SteadyTime now) {
    if (old_.count(txid) != 0) return;
    young_.emplace(txid, now);
    if (young_.size() < kGeneration) return;
    old_ = std::exchange(young_, {});
}

bool TransactionSightings::is_widespread(const Uint256& txid, SteadyTime now) const {
    for (const auto* generation : {&young_, &old_}) {
        const auto found = generation->find(txid);
        if (found != generation->end()) return now - found->second >= kSpreadTime;
    }
    return false;
}

}  // namespace dash::broadcaster
