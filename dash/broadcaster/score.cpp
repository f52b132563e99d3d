#include "dash/broadcaster/score.h"

#include <algorithm>

namespace dash::broadcaster {
namespace {

constexpr double kSecondsPerHour = 3600;

double success_part(const PeerRecord& peer) {
    const auto reached = static_cast<double>(peer.successful_broadcasts);
    const auto failed = static_cast<double>(peer.failed_broadcasts);
    return 100 * (reached + 1) / (reached + failed + 2);
}

double ping_part(const PeerRecord& peer) {
    constexpr double kUnknown = 20;
    return peer.ping_ms ? 60 * 50 / (50 + *peer.ping_ms) : kUnknown;
}

double first_part(const PeerRecord& peer) {
    return 60 * static_cast<double>(peer.blocks_first) / (static_cast<double>(peer.blocks_relayed) + 4);
}

}  // namespace

double score(const PeerRecord& peer, const Standing& standing) {
    constexpr std::size_t kMostOthers = 3;
    constexpr int kMostFailures = 3;
    const double hours_connected = (peer.uptime_seconds + standing.connected_seconds) / kSecondsPerHour;
    double sum = success_part(peer) + ping_part(peer) + first_part(peer);
    sum += 20 * std::min(1.0, hours_connected / 24);
    sum += 20 / (1 + std::max(0.0, standing.silent_seconds) / kSecondsPerHour);
    sum -= 25 * static_cast<double>(std::min(standing.others_of_group, kMostOthers));
    sum -= 20 * std::min(kMostFailures, peer.attempts.failures());
    if (peer.at_dashd) sum -= 30;
    if (peer.source == Source::kP2p) sum += 15;
    return std::max(0.0, sum);
}

}  // namespace dash::broadcaster
