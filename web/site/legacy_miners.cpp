#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "dash/primitives/address.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "p2pool/work/worker_name.h"
#include "web/site/route_table.h"
#include "web/site/threat.h"

/// The python node's pages about miners and the worker port.
namespace web {
namespace {

using p2pool::stratum::ServerStatus;

constexpr std::size_t kMostBlocks = 50;
constexpr std::size_t kMostWorkers = 1000;
constexpr const char* kNoAddress = "No address provided";

Json ip_connections(const PageContext& context) {
    std::map<std::string, std::size_t> masked;
    for (const auto& [ip, count] : context.model.now().stratum->connections_by_ip)
        masked[context.ip(ip)] += count;
    return masked;
}

Json ip_workers(const PageContext& context) {
    std::map<std::string, std::set<std::string>> workers;
    for (const auto& connection : context.model.now().stratum->connections) {
        if (!connection.worker.empty()) workers[context.ip(connection.ip)].insert(connection.worker);
    }
    Json counts = Json::object();
    for (const auto& [ip, names] : workers)
        counts[ip] = names.size();
    return counts;
}

struct OfWorker {
    std::size_t active = 0;
    Json difficulties = Json::array();
    std::size_t backups = 0;
};

/// A connection that never submitted, of a worker with others, stands by.
std::map<std::string, OfWorker> connections_by_worker(const ServerStatus& stratum) {
    std::map<std::string, OfWorker> workers;
    for (const auto& connection : stratum.connections) {
        if (connection.worker.empty()) continue;
        OfWorker& worker = workers[connection.worker];
        ++(connection.submitted > 0 ? worker.active : worker.backups);
        worker.difficulties.push_back(connection.difficulty);
    }
    return workers;
}

/// A farm's ten thousand would be megabytes at each request; /api/v1/workers has all, in pieces.
std::vector<p2pool::stratum::PoolStatistics::Worker> strongest(
    std::vector<p2pool::stratum::PoolStatistics::Worker> workers) {
    const std::size_t count = std::min(workers.size(), kMostWorkers);
    std::partial_sort(workers.begin(), workers.begin() + static_cast<std::ptrdiff_t>(count), workers.end(),
                      [](const auto& a, const auto& b) { return a.hashes_per_second > b.hashes_per_second; });
    workers.resize(count);
    return workers;
}

Json stratum_stats(const PageContext& context) {
    const ServerStatus& stratum = *context.model.now().stratum;
    const auto connections = connections_by_worker(stratum);
    const auto& network = *context.model.facts().network;
    Json workers = Json::object();
    for (const auto& worker : strongest(stratum.workers)) {
        const auto found = connections.find(worker.name);
        const OfWorker own = found == connections.end() ? OfWorker{} : found->second;
        workers[worker.name] = {{"shares", worker.accepted + worker.late},
                                {"accepted", worker.accepted},
                                {"rejected", worker.rejected},
                                {"hash_rate", worker.hashes_per_second},
                                {"last_seen", worker.last_seen},
                                {"first_seen", worker.first_seen},
                                {"connections", own.active + own.backups},
                                {"active_connections", own.active},
                                {"backup_connections", own.backups},
                                {"connection_difficulties", own.difficulties}};
    }
    return {{"pool",
             {{"connections", stratum.connections.size()},
              {"workers", stratum.workers.size()},
              {"total_accepted", stratum.totals.accepted},
              {"total_rejected", stratum.totals.rejected},
              {"submission_rate", stratum.totals.submits_per_second_60s},
              {"uptime", stratum.totals.uptime_seconds},
              {"ip_connections", ip_connections(context)},
              {"ip_workers", ip_workers(context)},
              {"threat_thresholds",
               {{"connection_worker_elevated", network.connection_worker_elevated},
                {"connection_worker_warning", network.connection_worker_warning}}}}},
            {"workers", std::move(workers)}};
}

Json stratum_security(const PageContext& context) {
    const ServerStatus& stratum = *context.model.now().stratum;
    const Threat threat = assess_threat(context.model, context.gate.config());
    Json suspicious = Json::array();
    for (const auto& [name, rate] : threat.suspicious_workers)
        suspicious.push_back({{"name", name}, {"rate", rate}});
    return {{"rate_10s", stratum.totals.submits_per_second_10s},
            {"rate_60s", stratum.totals.submits_per_second_60s},
            {"burst_ratio", threat.burst_ratio},
            {"conn_worker_ratio", threat.connections_per_worker},
            {"reject_rate", threat.rejected_proportion},
            {"suspicious_workers", std::move(suspicious)},
            {"threat_level", threat.level},
            {"threat_reasons", threat.reasons},
            {"banned_ips_count", stratum.bans.size()},
            {"banned_workers_count", 0},
            {"limits",
             {{"max_submissions_per_sec", 1000},
              {"max_connections", stratum.max_connections},
              {"min_difficulty", context.model.facts().network->stratum_difficulty_floor},
              {"max_connections_per_ip", context.gate.config().max_connections_per_ip}}}};
}

Json ban_stats(const PageContext& context) {
    const ServerStatus& stratum = *context.model.now().stratum;
    Json bans = Json::array();
    for (const auto& ban : stratum.bans) {
        bans.push_back({{"ip", context.ip(ban.ip)},
                        {"banned_at", ban.banned_at},
                        {"expires_at", ban.expires_at},
                        {"remaining_seconds", std::max(0.0, ban.expires_at - context.model.time())},
                        {"reason", ban.reason}});
    }
    Json violations = Json::array();
    for (const auto& offender : stratum.offenders)
        violations.push_back({{"ip", context.ip(offender.ip)}, {"violations", offender.violations}});
    return {{"banned_ips_count", stratum.bans.size()},
            {"banned_workers_count", 0},
            {"banned_ips", std::move(bans)},
            {"banned_workers", Json::array()},
            {"ip_violations", std::move(violations)},
            {"ip_connections", ip_connections(context)},
            {"ban_duration", std::llround(context.gate.config().ban_duration_seconds)},
            {"max_violations", context.gate.config().max_violations_before_ban}};
}

Json web_rate_stats(const PageContext& context) {
    const Gate::Figures figures = context.gate.figures();
    return {{"active_ips", figures.clients},
            {"requests_last_minute", figures.requests_last_minute},
            {"limit_per_minute", figures.limit_per_minute},
            {"burst_limit", figures.burst_limit}};
}

Json security_config(const PageContext& context) {
    const auto& config = context.gate.config();
    return {{"web_auth_enabled", config.web_auth_enabled},
            {"web_auth_username", config.web_auth_enabled ? Json(config.web_auth_username) : Json()},
            {"web_rate_limit_enabled", config.web_rate_limit_enabled},
            {"web_requests_per_minute", config.web_requests_per_minute},
            {"web_burst_limit", config.web_burst_limit},
            {"ban_enabled", config.ban_enabled},
            {"ban_duration_seconds", std::llround(config.ban_duration_seconds)},
            {"max_violations_before_ban", config.max_violations_before_ban},
            {"max_connections_per_ip", config.max_connections_per_ip},
            {"max_share_rate_per_worker", config.max_share_rate_per_worker},
            {"ip_whitelist_count", config.ip_whitelist.size()},
            {"worker_whitelist_count", config.worker_whitelist.size()}};
}

Json miner_stats(const PageContext& context) {
    if (context.arguments.empty()) return {{"error", kNoAddress}};
    Model& model = context.model;
    const std::string& address = context.arguments[0];
    double hashes = 0;
    double late = 0;
    bool active = false;
    dash::Hash160 payout{};
    dash::Uint256 share_target;
    for (const auto& [name, rate] : model.workers().rates(model.steady())) {
        if (p2pool::work::address_part(name) != address) continue;
        active = true;
        hashes += rate.hashes_per_second;
        late += rate.late_hashes_per_second;
        if (const WorkerFacts* worker = model.workers().find(name)) {
            payout = worker->payout_hash;
            share_target = worker->share_target;
        }
    }
    if (!active) return {{"error", "Miner not found"}, {"active", false}};
    const auto& pool = model.now().chain->last_hour;
    const double attempts = share_target.is_zero() ? 0 : dash::to_double(dash::average_attempts(share_target));
    return {{"address", address},
            {"active", true},
            {"hashrate", hashes},
            {"dead_hashrate", late},
            {"doa_rate", hashes > 0 ? late / hashes : 0},
            {"share_difficulty", share_target.is_zero() ? 0 : dash::difficulty_from_target(share_target)},
            {"time_to_share", hashes > 0 ? Json(attempts / hashes) : Json()},
            {"current_payout", coins(payout_now(model, payout))},
            {"global_stale_prop", pool ? pool->stale_proportion : 0}};
}

std::uint64_t paid_to(const FoundBlock& block, const Model& model, const std::string& address) {
    std::uint64_t duffs = 0;
    for (const BlockPayout& payout : block.payouts) {
        if (payout.kind == BlockPayout::Kind::kMiner && model.address_of(payout.script) == address)
            duffs += payout.duffs;
    }
    return duffs;
}

/// Every block that paid the address or was found by it, with what the block's coinbase really pays.
Json miner_payouts(const PageContext& context) {
    if (context.arguments.empty()) return {{"error", kNoAddress}};
    Model& model = context.model;
    const std::string& address = context.arguments[0];
    Json blocks = Json::array();
    std::uint64_t confirmed = 0;
    std::uint64_t maturing = 0;
    std::size_t found = 0;
    for (const FoundBlock* block : model.blocks().newest(model.blocks().size())) {
        const std::uint64_t due = paid_to(*block, model, address);
        if (block->miner == address) ++found;
        if (block->miner != address && due == 0) continue;
        const bool orphaned = block->fate == BlockFate::kOrphaned;
        const std::uint64_t paid = orphaned ? 0 : due;
        (block->fate == BlockFate::kConfirmed ? confirmed : maturing) += paid;
        if (blocks.size() >= kMostBlocks) continue;
        blocks.push_back({{"timestamp", block->found_at},
                          {"block_hash", block->hash.to_hex()},
                          {"block_height", block->height},
                          {"block_reward", orphaned ? 0 : coins(block->reward_duffs.value_or(0))},
                          {"estimated_payout", coins(paid)},
                          {"status", to_string(block->fate)},
                          {"explorer_url", explorer_url(model, *block)}});
    }
    return {{"address", address},
            {"blocks_found", found},
            {"total_estimated_rewards", coins(confirmed + maturing)},
            {"confirmed_rewards", coins(confirmed)},
            {"maturing_rewards", coins(maturing)},
            {"blocks", std::move(blocks)}};
}

}  // namespace

void add_legacy_miners(RouteTable& table) {
    table.private_json("stratum_stats", stratum_stats);
    table.private_json("stratum_security", stratum_security);
    table.private_json("ban_stats", ban_stats);
    table.json("web_rate_stats", web_rate_stats).kind = PathKind::kFree;
    table.private_json("security_config", security_config);
    takes(table.private_json("miner_stats", miner_stats), 0, 1);
    takes(table.private_json("miner_payouts", miner_payouts), 0, 1);
}

}  // namespace web
