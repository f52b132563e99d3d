#include "web/site/overview.h"

#include <algorithm>
#include <set>

#include "dash/primitives/target.h"
#include "web/model/watch.h"
#include "web/site/luck_json.h"
#include "web/site/rates_json.h"
#include "web/site/route_table.h"

/// /api/v1/overview: what the first page shows.
namespace web {
namespace {

constexpr std::size_t kLastBlocks = 5;
/// The page of alerts has the others.
constexpr std::size_t kMostAlerts = 20;

Json state_json(const Model& model) {
    const StateLight light = state_light(model);
    Json sync = download_json(model.now().peers->download);
    if (sync.is_object()) {
        const double total = std::max(1.0, sync["estimated_total"].get<double>());
        sync["percent"] = 100 * sync["known_shares"].get<double>() / total;
    }
    return {{"level", light.ok ? "ok" : to_string(light.level)},
            {"code", light.code},
            {"text", light.text},
            {"sync", std::move(sync)}};
}

Json node_json(const Model& model) {
    const NodeFacts& facts = model.facts();
    const dash::ChainParams& chain = *facts.network->parent;
    return {{"version", facts.version},
            {"network", facts.network->name},
            {"symbol", chain.symbol},
            {"started_at", facts.started_at},
            {"uptime_seconds", model.uptime()},
            {"worker_port", facts.worker_port},
            {"p2p_port", facts.p2p_port},
            {"external_ip", facts.external_ip.empty() ? Json() : Json(facts.external_ip)},
            {"payout_address", facts.payout_address},
            {"fee_percent", facts.fee_percent},
            {"donation_percent", facts.donation_percent},
            {"block_explorer_url_prefix", chain.block_explorer_url_prefix},
            {"address_explorer_url_prefix", chain.address_explorer_url_prefix},
            {"tx_explorer_url_prefix", chain.tx_explorer_url_prefix}};
}

/// Where they are and what ails them is the operator's business.
Json backends_json(const Model& model, bool trusted) {
    Json all = Json::array();
    for (const DashdFacts& dashd : model.now().dashds) {
        all.push_back({{"number", all.size() + 1},
                       {"current", dashd.current},
                       {"usable", dashd.problem.empty()},
                       {"score", dashd.score},
                       {"p2p_connected", dashd.link_up},
                       {"height", optional_json(dashd.height)},
                       {"answer_seconds", optional_json(dashd.answer_seconds)},
                       {"address", trusted ? Json(dashd.address) : Json()},
                       {"problem", trusted && !dashd.problem.empty() ? Json(dashd.problem) : Json()}});
    }
    return all;
}

Json dashd_json(const Model& model, bool trusted) {
    const auto& block = model.now().template_facts;
    const auto difficulty = model.network_difficulty();
    Json dashd = {{"p2p_connected", model.now().dashd_link_up},
                  {"backends", backends_json(model, trusted)},
                  {"difficulty", optional_json(difficulty)},
                  {"network_hashes_per_second", difficulty ? Json(*difficulty * kHashesPerDifficulty /
                                                                  model.facts().network->parent->block_period_seconds)
                                                           : Json()}};
    const bool known = block != nullptr;
    dashd["height"] = known ? Json(block->height - 1) : Json();
    dashd["tip"] = known ? Json(block->previous_block.to_hex()) : Json();
    dashd["template_age_seconds"] = known ? Json(model.time() - block->confirmed_at) : Json();
    dashd["template_transactions"] = known ? Json(block->transactions) : Json();
    dashd["block_value_duffs"] = known ? Json(block->value_duffs) : Json();
    dashd["miners_value_duffs"] = known ? Json(block->value_duffs - block->payment_duffs) : Json();
    return dashd;
}

std::size_t online_workers(const Model& model) {
    std::set<std::string> online;
    for (const auto& connection : model.now().stratum->connections) {
        if (!connection.worker.empty()) online.insert(connection.worker);
    }
    return online.size();
}

Json own_miners_json(Model& model) {
    const auto rates = model.workers().rates(model.steady());
    std::set<dash::Hash160> addresses;
    double hashes = 0;
    double late = 0;
    for (const auto& [name, rate] : rates) {
        hashes += rate.hashes_per_second;
        late += rate.late_hashes_per_second;
        if (const WorkerFacts* worker = model.workers().find(name)) addresses.insert(worker->payout_hash);
    }
    const auto pool = model.pool_rate();
    const ChainFacts& chain = *model.now().chain;
    const bool can_tell = hashes > 0 && !chain.best.is_zero();
    const double attempts = dash::to_double(dash::average_attempts(chain.max_target));
    return {{"hash_rates", rates_json(read_rates(model, "local_hash_rate"), graphs::kPlainKey)},
            {"late_rates", rates_json(read_rates(model, "local_dead_hash_rate"), graphs::kPlainKey)},
            {"late_proportion", hashes > 0 ? Json(late / hashes) : Json()},
            {"workers", online_workers(model)},
            {"addresses", addresses.size()},
            {"connections", model.now().stratum->connections.size()},
            {"pool_fraction", pool.value_or(0) > 0 ? Json(std::min(1.0, hashes / *pool)) : Json()},
            {"expected_seconds_to_share", can_tell ? Json(attempts / hashes) : Json()}};
}

Json pool_json(const Model& model) {
    const Snapshot& now = model.now();
    const ChainFacts& chain = *now.chain;
    const auto rate = model.pool_rate();
    const auto difficulty = model.network_difficulty();
    const bool can_tell = rate.value_or(0) > 0 && difficulty;
    return {{"hashes_per_second", optional_json(rate)},
            {"stale_proportion", chain.last_hour ? Json(chain.last_hour->stale_proportion) : Json()},
            {"miners", chain.fractions.size()},
            {"peers", now.peers->peers.size()},
            {"chain_height", chain.height},
            {"shares_known", now.shares_known},
            {"shares_verified", now.shares_verified},
            {"share_difficulty", chain.best.is_zero() ? Json() : Json(dash::difficulty_from_target(chain.max_target))},
            {"expected_seconds_to_block", can_tell ? Json(*difficulty * kHashesPerDifficulty / *rate) : Json()}};
}

Json own_shares_json(const Model& model) {
    const OwnShareFacts& own = model.now().own_shares;
    const double lost = static_cast<double>(own.orphans + own.late);
    return {{"total", own.total},
            {"orphans", own.orphans},
            {"late", own.late},
            {"stale_proportion", own.total > 0 ? Json(lost / static_cast<double>(own.total)) : Json()},
            {"efficiency", optional_json(efficiency(model).with_late)}};
}

/// Of all that are paid for work of this node's miners now.
Json payout_now_json(Model& model) {
    if (model.now().template_facts == nullptr || model.now().chain->best.is_zero()) return nullptr;
    std::set<dash::Hash160> addresses;
    for (const auto& entry : model.workers().share_targets(model.steady()))
        addresses.insert(entry.first);
    for (const dash::Hash160& hash : model.own_payouts())
        addresses.insert(hash);
    std::uint64_t sum = 0;
    for (const dash::Hash160& address : addresses)
        sum += payout_now(model, address);
    return sum;
}

Json broadcaster_summary(const Model& model) {
    const Json status = model.broadcaster();
    const Json health = status.value("health", Json::object());
    return {{"enabled", status.value("enabled", false)},
            {"healthy", health.value("healthy", false)},
            {"peers", health.value("active_connections", 0)},
            {"target_peers", health.value("target_max_peers", 0)}};
}

Json overview(const PageContext& context) {
    Model& model = context.model;
    const std::vector<BlockLuck> luck = model.luck();
    Json blocks = Json::array();
    for (auto block = luck.rbegin(); block != luck.rend() && blocks.size() < kLastBlocks; ++block)
        blocks.push_back(block_json(model, *block));
    return {{"time", model.time()},
            {"node", node_json(model)},
            {"state", state_json(model)},
            {"dashd", dashd_json(model, context.sight.trusted)},
            {"miners", own_miners_json(model)},
            {"pool", pool_json(model)},
            {"luck", luck_json(model, luck)},
            {"shares", own_shares_json(model)},
            {"payout_now_duffs", payout_now_json(model)},
            {"last_blocks", std::move(blocks)},
            {"broadcaster", broadcaster_summary(model)},
            {"alerts", active_alerts(model, context.sight.names, kMostAlerts)},
            {"warnings", model.now().warnings}};
}

}  // namespace

Json download_json(const p2pool::peers::DownloadProgress& download) {
    if (!download.active) return nullptr;
    return {{"known_shares", download.known_shares},
            {"estimated_total", download.estimated_total},
            {"shares_per_second", download.shares_per_second},
            {"seconds_left", optional_json(download.seconds_left)}};
}

Json active_alerts(const Model& model, bool names, std::size_t most) {
    Json alerts = Json::array();
    for (const Alert& alert : model.alerts().active()) {
        if (alerts.size() >= most) break;
        if (names || !alert.rule->names_worker()) alerts.push_back(alert_json(alert));
    }
    return alerts;
}

Json status_event(Model& model) {
    const auto& facts = model.now().template_facts;
    const Json luck = luck_json(model, model.luck());
    const auto rates = read_rates(model, "local_hash_rate");
    const Json own = rates_json(rates, graphs::kPlainKey)["m15"];
    return {{"time", model.time()},
            {"state", state_json(model)},
            {"hashes_per_second", own.is_null() ? Json(0) : own},
            {"pool_hashes_per_second", optional_json(model.pool_rate())},
            {"workers", online_workers(model)},
            {"connections", model.now().stratum->connections.size()},
            {"peers", model.now().peers->peers.size()},
            {"template_age_seconds", facts ? Json(model.time() - facts->confirmed_at) : Json()},
            {"height", facts ? Json(facts->height - 1) : Json()},
            {"round_progress", luck["round_progress"]},
            {"payout_now_duffs", payout_now_json(model)}};
}

void add_api_overview(RouteTable& table) {
    table.json("api/v1/overview", overview);
}

}  // namespace web
