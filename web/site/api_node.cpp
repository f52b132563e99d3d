#include <algorithm>
#include <set>
#include <sstream>

#include "dash/primitives/address.h"
#include "dash/primitives/target.h"
#include "web/model/watch.h"
#include "web/openapi.h"
#include "web/site/bad_request.h"
#include "web/site/luck_json.h"
#include "web/site/rates_json.h"
#include "web/site/route_table.h"
#include "web/site/threat.h"

/// /api/v1: the overview and the node itself.
namespace web {
namespace {

constexpr std::size_t kLastBlocks = 5;
constexpr std::size_t kMostConnections = 1000;
constexpr double kHashesPerDifficulty = 4294967296.0;

Json download_json(const p2pool::peers::DownloadProgress& download) {
    if (!download.active) return nullptr;
    return {{"known_shares", download.known_shares},
            {"estimated_total", download.estimated_total},
            {"shares_per_second", download.shares_per_second},
            {"seconds_left", optional_json(download.seconds_left)}};
}

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
            {"uptime_seconds", model.time() - facts.started_at},
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

Json dashd_json(const Model& model) {
    const auto& block = model.now().template_facts;
    const auto difficulty = model.network_difficulty();
    Json dashd = {{"p2p_connected", model.now().dashd_link_up},
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

Json own_miners_json(Model& model) {
    const auto rates = model.workers().rates(model.time());
    std::set<dash::Hash160> addresses;
    double hashes = 0;
    double late = 0;
    for (const auto& [name, rate] : rates) {
        hashes += rate.hashes_per_second;
        late += rate.late_hashes_per_second;
        if (const WorkerFacts* worker = model.workers().find(name)) addresses.insert(worker->payout_hash);
    }
    std::set<std::string> online;
    for (const auto& connection : model.now().stratum->connections) {
        if (!connection.worker.empty()) online.insert(connection.worker);
    }
    const auto pool = model.pool_rate();
    const ChainFacts& chain = *model.now().chain;
    const bool can_tell = hashes > 0 && !chain.best.is_zero();
    const double attempts = dash::to_double(dash::average_attempts(chain.max_target));
    return {{"hash_rates", rates_json(read_rates(model, "local_hash_rate"), graphs::kPlainKey)},
            {"late_rates", rates_json(read_rates(model, "local_dead_hash_rate"), graphs::kPlainKey)},
            {"late_proportion", hashes > 0 ? Json(late / hashes) : Json()},
            {"workers", online.size()},
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
    for (const auto& entry : model.workers().share_targets(model.time()))
        addresses.insert(entry.first);
    addresses.insert(dash::parse_address(model.facts().payout_address, *model.facts().network->parent).hash);
    std::uint64_t sum = 0;
    for (const dash::Hash160& address : addresses)
        sum += payout_now(model, address);
    return sum;
}

Json alert_json(const Alert& alert) {
    return {{"id", alert.id},
            {"rule", alert.rule->name},
            {"level", to_string(alert.rule->level)},
            {"text", alert.text},
            {"since", alert.since},
            {"until", alert.until > 0 ? Json(alert.until) : Json()},
            {"active", alert.until <= 0}};
}

Json active_alerts(const Model& model) {
    Json alerts = Json::array();
    for (const Alert& alert : model.alerts().active())
        alerts.push_back(alert_json(alert));
    return alerts;
}

Json broadcaster_summary(const Model& model) {
    const Json status = model.broadcaster();
    const Json health = status.value("health", Json::object());
    return {{"enabled", status.value("enabled", false)},
            {"healthy", health.value("healthy", false)},
            {"peers", health.value("total_connections", 0)},
            {"target_peers", health.value("target_max_peers", 0)}};
}

Json overview(const PageContext& context) {
    Model& model = context.model;
    const std::vector<BlockLuck> luck = model.luck();
    Json blocks = Json::array();
    for (auto block = luck.rbegin(); block != luck.rend() && blocks.size() < kLastBlocks; ++block)
        blocks.push_back(block_json(model, *block));
    return {{"time", model.now().time},
            {"node", node_json(model)},
            {"state", state_json(model)},
            {"dashd", dashd_json(model)},
            {"miners", own_miners_json(model)},
            {"pool", pool_json(model)},
            {"luck", luck_json(model, luck)},
            {"shares", own_shares_json(model)},
            {"payout_now_duffs", payout_now_json(model)},
            {"last_blocks", std::move(blocks)},
            {"broadcaster", broadcaster_summary(model)},
            {"alerts", active_alerts(model)},
            {"warnings", model.now().warnings}};
}

Json stratum_page(const PageContext& context) {
    const auto& stratum = *context.model.now().stratum;
    Json connections = Json::array();
    std::set<std::string> workers;
    for (const auto& connection : stratum.connections) {
        if (!connection.worker.empty()) workers.insert(connection.worker);
        if (connections.size() >= kMostConnections) continue;
        connections.push_back({{"ip", context.ip(connection.ip)},
                               {"worker", connection.worker},
                               {"difficulty", connection.difficulty},
                               {"connected_seconds", connection.connected_seconds},
                               {"silent_seconds", connection.silent_seconds},
                               {"submitted", connection.submitted},
                               {"accepted", connection.accepted}});
    }
    std::map<std::string, std::size_t> by_ip;
    for (const auto& [ip, count] : stratum.connections_by_ip)
        by_ip[context.ip(ip)] += count;
    return {{"connections", stratum.connections.size()},
            {"max_connections", stratum.max_connections},
            {"workers", workers.size()},
            {"accepted", stratum.totals.accepted},
            {"rejected", stratum.totals.rejected},
            {"late", stratum.totals.late},
            {"submits_per_second_10s", stratum.totals.submits_per_second_10s},
            {"submits_per_second_60s", stratum.totals.submits_per_second_60s},
            {"uptime_seconds", stratum.totals.uptime_seconds},
            {"connection_list", std::move(connections)},
            {"connections_by_ip", by_ip}};
}

Json security_page(const PageContext& context) {
    const auto& stratum = *context.model.now().stratum;
    const auto& config = context.gate.config();
    const Threat threat = assess_threat(context.model, config);
    const Gate::Figures web = context.gate.figures();
    Json bans = Json::array();
    for (const auto& ban : stratum.bans) {
        bans.push_back({{"ip", context.ip(ban.ip)},
                        {"banned_at", ban.banned_at},
                        {"expires_at", ban.expires_at},
                        {"reason", ban.reason}});
    }
    Json offenders = Json::array();
    for (const auto& offender : stratum.offenders)
        offenders.push_back({{"ip", context.ip(offender.ip)}, {"violations", offender.violations}});
    return {{"threat_level", threat.level},
            {"reasons", threat.reasons},
            {"bans", std::move(bans)},
            {"offenders", std::move(offenders)},
            {"limits",
             {{"max_connections", stratum.max_connections},
              {"max_connections_per_ip", config.max_connections_per_ip},
              {"max_violations_before_ban", config.max_violations_before_ban},
              {"ban_duration_seconds", config.ban_duration_seconds}}},
            {"web",
             {{"authentication", config.web_auth_enabled},
              {"requests_per_minute", web.limit_per_minute},
              {"burst", web.burst_limit},
              {"clients", web.clients},
              {"requests_last_minute", web.requests_last_minute}}}};
}

Json peers_page(const PageContext& context) {
    const auto& network = *context.model.now().peers;
    Json peers = Json::array();
    for (const auto& peer : network.peers) {
        peers.push_back({{"address", peer.address.text()},
                         {"version", peer.sub_version},
                         {"protocol", peer.version},
                         {"incoming", peer.incoming},
                         {"permanent", peer.permanent},
                         {"connected_since", peer.connected_since},
                         {"ping_seconds", optional_json(peer.ping_seconds)},
                         {"transactions_remembered", peer.transactions_remembered},
                         {"transaction_bytes_remembered", peer.transaction_bytes_remembered},
                         {"bytes_received", peer.bytes_received},
                         {"bytes_sent", peer.bytes_sent}});
    }
    return {{"peers", std::move(peers)},
            {"incoming", network.incoming},
            {"outgoing", network.peers.size() - network.incoming},
            {"addresses_known", network.addresses_known},
            {"hosts_banned", network.hosts_banned},
            {"download", download_json(network.download)}};
}

Json alerts_page(const PageContext& context) {
    Json alerts = active_alerts(context.model);
    for (const Alert& alert : context.model.alerts().past())
        alerts.push_back(alert_json(alert));
    Json rules = Json::array();
    for (const AlertRule& rule : alert_rules())
        rules.push_back({{"rule", rule.name}, {"text", rule.text}});
    return {{"alerts", std::move(alerts)}, {"rules", std::move(rules)}};
}

Response events(const PageContext& context) {
    Response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    response.events = context.events.subscribe(context.request.last_event_id);
    if (response.events == nullptr) throw BadRequest("too many readers of events; ask for the pages instead", 503);
    return response;
}

}  // namespace

void add_api_node(RouteTable& table) {
    table.json("api/v1/overview", overview);
    table.private_json("api/v1/stratum", stratum_page);
    table.private_json("api/v1/security", security_page);
    table.json("api/v1/peers", peers_page);
    table.json("api/v1/broadcaster", [](const PageContext& context) { return context.model.broadcaster(); });
    table.json("api/v1/alerts", alerts_page);
    table.page("api/v1/openapi.json", [](const PageContext&) { return json_response(openapi_document()); });
    Route& stream = table.page("api/v1/events", events);
    stream.cacheable = false;
    stream.kind = PathKind::kFree;
}

void add_api_routes(Routes& routes) {
    RouteTable table(routes);
    add_api_node(table);
    add_api_miners(table);
    add_api_chain(table);
    add_api_graphs(table);
}

}  // namespace web
