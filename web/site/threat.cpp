#include "web/site/threat.h"

#include <algorithm>

namespace web {
namespace {

constexpr double kManyRejects = 0.3;
constexpr double kMostlyRejects = 0.7;
constexpr std::uint64_t kFewestSubmits = 100;
constexpr double kBurst = 5;
constexpr double kBurstMatters = 50;  ///< submits a second
constexpr double kNearlyFull = 0.9;
constexpr std::size_t kSuspiciousShown = 20;

void note(Threat& threat, int level, std::string reason) {
    threat.level = std::max(threat.level, level);
    threat.reasons.push_back(std::move(reason));
}

}  // namespace

Threat assess_threat(const Model& model, const p2pool::options::SecurityConfig& config) {
    const auto& stratum = *model.now().stratum;
    const auto& network = *model.facts().network;
    const auto& totals = stratum.totals;
    const auto connections = static_cast<double>(stratum.connections.size());
    Threat threat;
    if (totals.submits_per_second_60s > 0) {
        threat.burst_ratio = totals.submits_per_second_10s / totals.submits_per_second_60s;
    }
    if (!stratum.workers.empty())
        threat.connections_per_worker = connections / static_cast<double>(stratum.workers.size());
    const std::uint64_t submits = totals.accepted + totals.rejected;
    if (submits > 0) threat.rejected_proportion = static_cast<double>(totals.rejected) / static_cast<double>(submits);

    if (threat.connections_per_worker > network.connection_worker_warning) {
        note(threat, 2, "very many connections for each worker");
    } else if (threat.connections_per_worker > network.connection_worker_elevated) {
        note(threat, 1, "many connections for each worker");
    }
    if (submits >= kFewestSubmits && threat.rejected_proportion > kManyRejects) {
        note(threat, threat.rejected_proportion > kMostlyRejects ? 2 : 1, "many submits are refused");
    }
    if (threat.burst_ratio > kBurst && totals.submits_per_second_10s > kBurstMatters) {
        note(threat, 1, "a burst of submits");
    }
    if (connections > kNearlyFull * static_cast<double>(stratum.max_connections) && stratum.max_connections > 0) {
        note(threat, 3, "nearly every connection that the port can take is taken");
    }
    for (const auto& worker : stratum.workers) {
        if (worker.submits_per_second > config.ddos_high_share_rate_threshold) {
            threat.suspicious_workers.emplace_back(worker.name, worker.submits_per_second);
        }
    }
    std::sort(threat.suspicious_workers.begin(), threat.suspicious_workers.end(),
              [](const auto& a, const auto& b) { return a.second > b.second; });
    if (threat.suspicious_workers.size() > kSuspiciousShown) threat.suspicious_workers.resize(kSuspiciousShown);
    if (!threat.suspicious_workers.empty()) note(threat, 1, "workers submit more often than they should");
    return threat;
}

}  // namespace web
