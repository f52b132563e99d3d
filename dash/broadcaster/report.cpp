#include "dash/broadcaster/report.h"

#include <algorithm>

namespace dash::broadcaster {

std::size_t BroadcastReport::confirmed() const {
    const auto count = [](const std::vector<Broadcast::Peer>& list) {
        return std::count_if(list.begin(), list.end(),
                             [](const Broadcast::Peer& peer) { return peer.confirmed_ms.has_value(); });
    };
    return announcements.size() + static_cast<std::size_t>(count(peers) + count(latecomers));
}

std::optional<double> BroadcastReport::first_confirmed_ms() const {
    std::optional<double> first;
    const auto take = [&](double ms) { first = std::min(first.value_or(ms), ms); };
    for (const auto* list : {&peers, &latecomers}) {
        for (const Broadcast::Peer& peer : *list) {
            if (peer.confirmed_ms) take(*peer.confirmed_ms);
        }
    }
    for (const Announcement& announcement : announcements)
        take(announcement.ms);
    return first;
}

double BlockTotals::orphan_rate_percent() const {
    const std::uint64_t decided = accepted + orphaned;
    return decided == 0 ? 0 : 100 * static_cast<double>(orphaned) / static_cast<double>(decided);
}

}  // namespace dash::broadcaster
