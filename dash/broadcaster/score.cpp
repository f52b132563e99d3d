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

double ScoreParts::sum() const {
    return std::max(0.0, success + ping + first + uptime + liveness + source + group + at_dashd + failures);
}

ScoreParts score_parts(const PeerRecord& peer, const Standing& standing) {
    constexpr std::size_t kMostOthers = 3;
    constexpr int kMostFailures = 3;
    const double hours_connected = (peer.uptime_seconds + standing.connected_seconds) / kSecondsPerHour;
    ScoreParts parts;
    parts.success = success_part(peer);
    parts.ping = ping_part(peer);
    parts.first = first_part(peer);
    parts.uptime = 20 * std::min(1.0, hours_connected / 24);
    parts.liveness = 20 / (1 + std::max(0.0, standing.silent_seconds) / kSecondsPerHour);
    parts.source = peer.source == Source::kP2p ? 15 : 0;
    parts.group = -25 * static_cast<double>(std::min(standing.others_of_group, kMostOthers));
    parts.at_dashd = peer.at_dashd ? -30 : 0;
    parts.failures = -20 * std::min(kMostFailures, peer.attempts.failures());
    return parts;
}

double score(const PeerRecord& peer, const Standing& standing) {
    return score_parts(peer, standing).sum();
}

}  // namespace dash::broadcaster
