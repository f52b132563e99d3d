#include "p2pool/peers/bans.h"

#include <algorithm>

#include "dash/util/steady_seconds.h"

namespace p2pool::peers {

void Bans::ban(const PeerAddress& address, double seconds) {
    if (address.is_loopback()) return;
    const double present = dash::steady_seconds(clock_);
    std::erase_if(until_, [present](const auto& entry) { return entry.second <= present; });
    double& until = until_[address.subscriber()];
    until = std::max(until, present + seconds);
    if (until_.size() <= kMostBans) return;
    until_.erase(std::min_element(until_.begin(), until_.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
}

bool Bans::is_banned(const PeerAddress& address) const {
    const auto found = until_.find(address.subscriber());
    return found != until_.end() && found->second > dash::steady_seconds(clock_);
}

std::size_t Bans::size() const {
    const double present = dash::steady_seconds(clock_);
    return static_cast<std::size_t>(
        std::count_if(until_.begin(), until_.end(), [present](const auto& entry) { return entry.second > present; }));
}

}  // namespace p2pool::peers
