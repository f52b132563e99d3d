#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "web/graphs/streams.h"
#include "web/openapi.h"
#include "web/site/bad_request.h"
#include "web/site/overview.h"
#include "web/site/route_table.h"
#include "web/site/threat.h"

/// /api/v1: the node itself, and what happens on it.
namespace web {
namespace {

Json stratum_page(const PageContext& context) {
    const auto& stratum = *context.model.now().stratum;
    Json connections = Json::array();
    std::set<std::string> workers;
    for (const auto& connection : stratum.connections) {
        if (!connection.worker.empty()) workers.insert(connection.worker);
        if (connections.size() >= kMostConnections) continue;
        connections.push_back(connection_json(connection, context.ip(connection.ip)));
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

Json broadcaster_history_page(const PageContext& context) {
    const std::string name = context.request.parameter("range").value_or("day");
    const auto& ranges = graphs::ranges();
    const auto range =
        std::find_if(ranges.begin(), ranges.end(), [&](const graphs::Range& each) { return each.name == name; });
    if (range == ranges.end()) throw BadRequest("the range must be hour, day, week, month or year");
    return context.model.broadcaster_trends(range->shape.seconds);
}

Json alerts_page(const PageContext& context) {
    Json alerts = active_alerts(context.model, context.sight.names, std::numeric_limits<std::size_t>::max());
    for (const Alert& alert : context.model.alerts().past()) {
        if (context.sight.names || !alert.rule->names_worker()) alerts.push_back(alert_json(alert));
    }
    Json rules = Json::array();
    for (const AlertRule& rule : alert_rules()) {
        rules.push_back({{"rule", rule.name},
                         {"text", rule.text},
                         {"level", to_string(rule.level)},
                         {"raise_after_seconds", rule.raise_after_seconds},
                         {"clear_after_seconds", rule.clear_after_seconds}});
    }
    return {{"alerts", std::move(alerts)}, {"rules", std::move(rules)}};
}

Response events(const PageContext& context) {
    Response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    response.events =
        context.events.subscribe(context.request.last_event_id,
                                 context.sight.names ? Audience::kNames : Audience::kEverybody, context.request.ip);
    if (response.events == nullptr) throw BadRequest("too many readers of events; ask for the pages instead", 503);
    return response;
}

}  // namespace

void add_api_node(RouteTable& table) {
    table.private_json("api/v1/stratum", stratum_page);
    table.private_json("api/v1/security", security_page);
    table.json("api/v1/peers", peers_page);
    table.json("api/v1/broadcaster", broadcaster_json);
    table.json("api/v1/broadcaster/history", broadcaster_history_page);
    table.json("api/v1/alerts", alerts_page);
    table.page("api/v1/openapi.json", [](const PageContext&) { return json_response(openapi_document()); });
    Route& stream = table.page("api/v1/events", events);
    stream.cacheable = false;
    stream.kind = PathKind::kFree;
}

void add_api_routes(Routes& routes) {
    RouteTable table(routes);
    add_api_overview(table);
    add_api_node(table);
    add_api_miners(table);
    add_api_session(table);
    add_api_chain(table);
    add_api_graphs(table);
}

}  // namespace web
