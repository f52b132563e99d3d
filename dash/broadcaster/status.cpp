#include "dash/broadcaster/status.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dash::broadcaster {
namespace {

using nlohmann::json;

template <typename Value>
json or_null(const std::optional<Value>& value) {
    return value ? json(*value) : json();
}

json health_json(const PeerManager& manager, const std::vector<LocalDashd>& dashds) {
    const std::size_t active = manager.connections().size();
    const auto guarded =
        std::count_if(dashds.begin(), dashds.end(), [](const LocalDashd& dashd) { return dashd.connected; });
    return {{"active_connections", active},
            {"protected_connections", guarded},
            {"total_connections", active + static_cast<std::size_t>(guarded)},
            {"target_max_peers", manager.limits().max_peers},
            {"target_min_peers", manager.limits().min_peers},
            {"healthy", active >= manager.limits().min_peers},
            {"local_dashd_connected", dashds.front().connected}};
}

json statistics_json(const Statistics& statistics, const BlockTotals& blocks) {
    const std::uint64_t total = statistics.successful_broadcasts + statistics.failed_broadcasts;
    const double rate =
        total == 0 ? 0 : 100 * static_cast<double>(statistics.successful_broadcasts) / static_cast<double>(total);
    return {{"blocks_broadcast", statistics.blocks_broadcast},
            {"total_peer_broadcasts", total},
            {"successful_broadcasts", statistics.successful_broadcasts},
            {"failed_broadcasts", statistics.failed_broadcasts},
            {"success_rate_percent", rate},
            {"connection_attempts", statistics.connection_attempts},
            {"successful_connections", statistics.successful_connections},
            {"failed_connections", statistics.failed_connections()},
            {"timeouts", statistics.timeouts},
            {"refused", statistics.refused},
            {"errors", statistics.errors},
            {"dashd_refreshes", statistics.dashd_refreshes},
            {"blocks_won", blocks.won},
            {"blocks_accepted", blocks.accepted},
            {"blocks_orphaned", blocks.orphaned},
            {"blocks_rejected", blocks.rejected},
            {"orphan_rate_percent", blocks.orphan_rate_percent()}};
}

json database_json(const PeerManager& manager, std::size_t dashds, double now) {
    json sources = {{"local_dashd", dashds}};
    for (const auto& [address, record] : manager.book().records()) {
        json& count = sources[std::string(to_string(record.source))];
        count = count.is_null() ? 1 : count.get<int>() + 1;
    }
    const double last = manager.last_refresh();
    return {{"total_peers", manager.book().size() + dashds},
            {"sources", std::move(sources)},
            {"last_dashd_refresh", last},
            {"seconds_since_refresh", static_cast<std::int64_t>(last > 0 ? std::max(0.0, now - last) : 0)}};
}

json dashd_json(const LocalDashd& dashd, double now) {
    return {{"host", dashd.host},
            {"port", dashd.port},
            {"protected", true},
            {"connected", dashd.connected},
            {"connected_since", dashd.connected_since},
            {"uptime_seconds", dashd.connected ? static_cast<std::int64_t>(now - dashd.connected_since) : 0},
            {"score", kLocalDashdScore},
            {"source", "local_dashd"},
            {"successful_broadcasts", dashd.successful_broadcasts},
            {"failed_broadcasts", dashd.failed_broadcasts},
            {"blocks_relayed", dashd.blocks_relayed},
            {"txs_relayed", dashd.txs_relayed},
            {"connection_attempts", dashd.connection_attempts},
            {"last_seen", dashd.last_seen},
            {"ping_ms", or_null(dashd.ping_ms)}};
}

json score_json(const ScoreParts& parts) {
    return {{"success", parts.success}, {"ping", parts.ping},         {"first", parts.first},
            {"uptime", parts.uptime},   {"liveness", parts.liveness}, {"source", parts.source},
            {"group", parts.group},     {"at_dashd", parts.at_dashd}, {"failures", parts.failures}};
}

json peer_json(const PeerRecord& peer, const Connected& connection, const ScoreParts& score, SteadyTime now) {
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now - connection.since_steady);
    return {{"host", host_text(peer.address)},
            {"port", peer.address.port},
            {"protected", false},
            {"connected_since", connection.since},
            {"uptime_seconds", uptime.count()},
            {"score", score.sum()},
            {"score_parts", score_json(score)},
            {"source", to_string(peer.source)},
            {"successful_broadcasts", peer.successful_broadcasts},
            {"failed_broadcasts", peer.failed_broadcasts},
            {"blocks_relayed", peer.blocks_relayed},
            {"blocks_first", peer.blocks_first},
            {"txs_relayed", peer.txs_relayed},
            {"connection_attempts", peer.connection_attempts},
            {"last_seen", peer.last_seen},
            {"ping_ms", or_null(peer.ping_ms)},
            {"recent_pings_ms", peer.recent_pings_ms},
            {"connected_to_dashd", peer.at_dashd}};
}

json active_json(const PeerManager& manager, SteadyTime now) {
    std::vector<std::pair<double, json>> active;
    for (const auto& [address, connection] : manager.connections()) {
        const auto record = manager.book().records().find(address);
        if (record == manager.book().records().end()) continue;
        const ScoreParts score = manager.score_parts_of(address);
        active.emplace_back(score.sum(), peer_json(record->second, connection, score, now));
    }
    std::stable_sort(active.begin(), active.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    json list = json::array();
    for (auto& [score, peer] : active)
        list.push_back(std::move(peer));
    return list;
}

json resting_json(const PeerManager& manager, SteadyTime now) {
    json list = json::array();
    for (const PeerRecord* peer : manager.resting()) {
        const AttemptHistory& attempts = peer->attempts;
        list.push_back({{"host", host_text(peer->address)},
                        {"port", peer->address.port},
                        {"backoff_remaining_seconds", attempts.remaining(now).count()},
                        {"backoff_total_seconds", attempts.backoff().count()},
                        {"attempts", attempts.failures()},
                        {"timeouts", attempts.timeouts()},
                        {"refused", attempts.refused()},
                        {"errors", attempts.errors()},
                        {"connection_attempts", peer->connection_attempts},
                        {"last_seen", peer->last_seen},
                        {"ping_ms", or_null(peer->ping_ms)}});
    }
    return list;
}

json configuration_json(const PeerManager& manager) {
    return {{"max_peers", manager.limits().max_peers},
            {"min_peers", manager.limits().min_peers},
            {"max_connection_attempts", AttemptHistory::kAttemptsPerRound},
            {"max_concurrent_attempts", PeerManager::kMostDials},
            {"connection_timeout_seconds", PeerManager::kDialTimeout.count()},
            {"backoff_seconds", AttemptHistory::kFirstBackoff.count()},
            {"longest_backoff_seconds", AttemptHistory::kLongestBackoff.count()},
            {"dashd_refresh_interval_seconds", Upkeep::kScheduledInterval.count()},
            {"rotation_interval_seconds", Upkeep::kRotationInterval.count()}};
}

json last_broadcast_json(const BroadcastReport& report) {
    return {{"hash", report.hash.to_hex()},
            {"height", report.height},
            {"time", report.started_at},
            {"block_bytes", report.block_bytes},
            {"compact_bytes", report.compact_bytes},
            {"transactions", report.transactions},
            {"prefilled", report.prefilled},
            {"peers", report.peers.size()},
            {"reached", report.reached},
            {"confirmed", report.confirmed()},
            {"first_confirmed_ms", or_null(report.first_confirmed_ms())},
            {"ms_50_percent", or_null(report.ms_50)},
            {"ms_90_percent", or_null(report.ms_90)},
            {"ms_all", or_null(report.ms_all)}};
}

}  // namespace

json status_json(const PeerManager& manager, const std::vector<LocalDashd>& dashds, const BlockTotals& blocks,
                 const std::optional<BroadcastReport>& last, const Clock& clock) {
    const double now = clock.unix_seconds();
    const SteadyTime steady = clock.steady_now();
    json guarded = json::array();
    for (const LocalDashd& dashd : dashds)
        guarded.push_back(dashd_json(dashd, now));
    return {{"enabled", true},
            {"bootstrapped", manager.bootstrapped()},
            {"health", health_json(manager, dashds)},
            {"statistics", statistics_json(manager.statistics(), blocks)},
            {"database", database_json(manager, dashds.size(), now)},
            {"peers",
             {{"protected", std::move(guarded)},
              {"active", active_json(manager, steady)},
              {"in_backoff", resting_json(manager, steady)}}},
            {"configuration", configuration_json(manager)},
            {"last_broadcast", last ? last_broadcast_json(*last) : json()}};
}

json disabled_status_json() {
    return {{"enabled", false},
            {"health", {{"healthy", false}, {"active_connections", 0}}},
            {"message", "Multi-peer broadcaster disabled"}};
}

void StatusBoard::publish(json status) {
    const std::lock_guard lock(mutex_);
    status_ = std::move(status);
}

json StatusBoard::read() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

}  // namespace dash::broadcaster
