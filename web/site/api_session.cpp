#include <algorithm>

#include "dash/util/error.h"
#include "dash/util/strange_json.h"
#include "web/site/bad_request.h"
#include "web/site/route_table.h"

/// /api/v1/session: a miner signs in with his payout address, sees what is his alone, and chooses labels and alerts.
namespace web {
namespace {

Json body_of(const PageContext& context) {
    Json body = dash::parse_strange_json(context.request.body);
    if (!body.is_object()) throw BadRequest("the body must be a JSON object");
    return body;
}

std::string text_of(const Json& body, const char* key) {
    const auto found = body.find(key);
    if (found == body.end() || !found->is_string()) throw BadRequest("'" + std::string(key) + "' must be a text");
    return found->get<std::string>();
}

dash::Hash160 signed_in(const PageContext& context) {
    if (!context.sight.miner) {
        throw BadRequest("sign in first: GET /api/v1/session/challenge, then POST /api/v1/session", 401);
    }
    return *context.sight.miner;
}

Json challenge(const PageContext& context) {
    const std::string address = context.request.parameter("address").value_or("");
    try {
        const MinerLogin::Challenge challenge = context.logins.challenge(address, context.request.host);
        return {{"address", address}, {"message", challenge.message}, {"expires_at", challenge.expires_at}};
    } catch (const LoginRefused& refusal) {
        throw BadRequest(refusal.what());
    }
}

Json sign_in(const PageContext& context) {
    const Json body = body_of(context);
    const std::string address = text_of(body, "address");
    try {
        const MinerLogin::Session session =
            context.logins.sign_in(address, text_of(body, "message"), text_of(body, "signature"));
        return {{"address", address}, {"token", session.token}, {"expires_at", session.expires_at}};
    } catch (const LoginRefused& refusal) {
        throw BadRequest(refusal.what(), 403);
    }
}

Json sign_out(const PageContext& context) {
    (void)signed_in(context);
    context.logins.sign_out(context.request.session);
    return {{"signed_in", false}};
}

Json connections_of(Model& model, const dash::Hash160& miner) {
    Json connections = Json::array();
    for (const auto& connection : model.now().stratum->connections) {
        if (connections.size() >= kMostConnections) break;
        if (connection.worker.empty() || payout_of(model, connection.worker) != miner) continue;
        connections.push_back(connection_json(connection, connection.ip));
    }
    return connections;
}

/// Who chose no alerts of his own sees what the operator is told of his workers.
Json alerts_of(Model& model, const dash::Hash160& miner) {
    Json alerts = Json::array();
    const AlertBook* own = model.alerts_of(miner);
    for (const Alert& alert : own != nullptr ? own->active() : model.alerts().active()) {
        const bool is_his = own != nullptr || (alert.rule->names_worker() && payout_of(model, alert.subject) == miner);
        if (is_his) alerts.push_back(alert_json(alert));
    }
    return alerts;
}

Json details(const PageContext& context) {
    Model& model = context.model;
    const dash::Hash160 miner = signed_in(context);
    const std::string address = model.address_of(miner);
    return {{"address", address},
            {"settings", settings_json(model.settings().of(miner))},
            {"connections", connections_of(model, miner)},
            {"alerts", alerts_of(model, miner)}};
}

/// Only who mines here may leave something on the node's disk.
void require_known(const PageContext& context, const dash::Hash160& miner) {
    const bool in_chain = context.model.now().chain->stale_proportions.count(miner) != 0;
    const auto& workers = context.model.now().stratum->workers;
    const bool works_here = std::any_of(workers.begin(), workers.end(), [&](const auto& worker) {
        return payout_of(context.model, worker.name) == miner;
    });
    if (!in_chain && !works_here) throw BadRequest("nobody with this address mines here; mine first, then choose", 403);
}

Json choose(const PageContext& context) {
    const dash::Hash160 miner = signed_in(context);
    require_known(context, miner);
    MinerSettings settings;
    try {
        settings = parse_settings(body_of(context));
    } catch (const dash::DecodeError& error) {
        throw BadRequest(error.what());
    }
    if (!context.model.choose_settings(miner, settings)) {
        throw BadRequest("too many miners have settings here; ask the operator", 503);
    }
    return settings_json(settings);
}

}  // namespace

void add_api_session(RouteTable& table) {
    table.json("api/v1/session/challenge", challenge).cacheable = false;
    table.json("api/v1/session", details).cacheable = false;
    table.action("POST", "api/v1/session", sign_in);
    table.action("DELETE", "api/v1/session", sign_out);
    table.action("PUT", "api/v1/session/settings", choose);
}

}  // namespace web
