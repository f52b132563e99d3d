#include <algorithm>
#include <charconv>
#include <cmath>

#include "dash/primitives/address.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "p2pool/peers/messages.h"
#include "web/site/bad_request.h"
#include "web/site/route_table.h"

/// The python node's pages about the pool and this node's part in it (p2pool.web).
namespace web {
namespace {

/// Of a chain that is too short statistics are null.
bool is_too_short(const PageContext& context) {
    return !context.model.now().chain->last_hour;
}

Json rate(const PageContext& context) {
    return context.model.now().chain->hashes_per_second;
}

Json difficulty(const PageContext& context) {
    const ChainFacts& chain = *context.model.now().chain;
    return chain.best.is_zero() ? 0.0 : dash::difficulty_from_target(chain.max_target);
}

Json users(const PageContext& context) {
    Json users = Json::object();
    for (const auto& [script, fraction] : context.model.now().chain->fractions) {
        const std::string address = context.model.address_of(script);
        if (!address.empty()) users[address] = fraction;
    }
    return users;
}

Json user_stales(const PageContext& context) {
    Json stales = Json::object();
    for (const auto& [hash, proportion] : context.model.now().chain->stale_proportions)
        stales[context.model.address_of(hash)] = proportion;
    return stales;
}

Json current_payouts(const PageContext& context) {
    Json payouts = Json::object();
    for (const auto& [script, duffs] : context.model.now().chain->payouts) {
        const std::string address = context.model.address_of(script);
        if (!address.empty()) payouts[address] = coins(duffs);
    }
    return payouts;
}

double positive_number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > 1e12) {
        throw BadRequest("'" + text + "' is no amount; go to patron_sendmany/<TOTAL>/<SMALLEST AMOUNT>");
    }
    return value;
}

/// Amounts below `smallest` are given to one of their receivers, who is drawn with chances as the amounts: drawn from
/// the best share, so that everybody who asks sees the same.
void pool_small_amounts(std::map<std::string, double>& amounts, double smallest, const dash::Uint256& best) {
    double pooled = 0;
    std::vector<std::pair<std::string, double>> small;
    for (const auto& [address, amount] : amounts) {
        if (amount >= smallest) continue;
        small.emplace_back(address, amount);
        pooled += amount;
    }
    if (small.empty()) return;
    double drawn = pooled * (static_cast<double>(best.limbs()[1] >> 11) / 9007199254740992.0);
    std::string winner = small.back().first;
    for (const auto& [address, amount] : small) {
        amounts.erase(address);
        if (drawn >= 0 && drawn < amount) winner = address;
        drawn -= amount;
    }
    if (pooled > 0) amounts[winner] = pooled;
}

Response patron_sendmany(const PageContext& context) {
    Response response;
    response.content_type = "text/plain";
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    if (context.arguments.empty()) {
        response.body = "need total argument. go to patron_sendmany/<TOTAL>";
        return response;
    }
    const double total = positive_number(context.arguments[0]);
    const double smallest = context.arguments.size() > 1 ? positive_number(context.arguments[1]) : 0.01;
    std::map<std::string, double> amounts;
    double sum = 0;
    for (const auto& [script, duffs] : context.model.now().chain->payouts)
        sum += static_cast<double>(duffs);
    for (const auto& [script, duffs] : context.model.now().chain->payouts) {
        const std::string address = context.model.address_of(script);
        if (!address.empty() && sum > 0) amounts[address] = total * static_cast<double>(duffs) / sum;
    }
    pool_small_amounts(amounts, smallest, context.model.now().chain->best);
    Json rounded = Json::object();
    for (const auto& [address, amount] : amounts)
        rounded[address] = std::round(amount * dash::kDuffsPerCoin) / dash::kDuffsPerCoin;
    response.body = to_text(rounded);
    return response;
}

Json global_stats(const PageContext& context) {
    if (is_too_short(context)) return nullptr;
    const PoolRates& pool = *context.model.now().chain->last_hour;
    const double network = context.model.network_difficulty().value_or(0);
    return {{"pool_nonstale_hash_rate", pool.hashes_per_second},
            {"pool_hash_rate", context.model.pool_rate().value_or(0)},
            {"pool_stale_prop", pool.stale_proportion},
            {"min_difficulty", dash::difficulty_from_target(context.model.now().chain->max_target)},
            {"network_block_difficulty", network},
            {"network_hashrate",
             std::floor(network * kHashesPerDifficulty / context.model.facts().network->parent->block_period_seconds)}};
}

Json own_counts(const OwnLastHour& own) {
    return {{"shares", own.total()},
            {"unstale_shares", own.in_chain},
            {"stale_shares", own.orphans_told + own.late_told},
            {"orphan_stale_shares", own.orphans_told},
            {"doa_stale_shares", own.late_told}};
}

Json own_proportions(const OwnLastHour& own) {
    const auto part = [&](std::uint64_t count) {
        return own.total() == 0 ? Json() : Json(static_cast<double>(count) / static_cast<double>(own.total()));
    };
    return {{"stale", part(own.orphans_told + own.late_told)},
            {"orphan_stale", part(own.orphans_told)},
            {"dead_stale", part(own.late_told)}};
}

Json own_rates(const OwnLastHour& own, const PoolRates& pool) {
    const double rate = own.seconds > 0 ? own.work / own.seconds : 0;
    const double found = own.in_chain == 0 ? 0 : static_cast<double>(own.total()) / static_cast<double>(own.in_chain);
    return {{"note", "DEPRECATED"},
            {"nonstale", rate},
            {"rewarded", pool.stale_proportion < 1 ? rate / (1 - pool.stale_proportion) : 0},
            {"actual", rate * found}};
}

void add_work_values(Json& stats, const PageContext& context) {
    const Snapshot& now = context.model.now();
    stats["attempts_to_share"] = big_integer(dash::average_attempts(now.chain->max_target));
    if (now.template_facts == nullptr) return;
    const TemplateFacts& block = *now.template_facts;
    stats["attempts_to_block"] = big_integer(dash::average_attempts(block.target));
    stats["block_value"] = coins(block.value_duffs);
    stats["block_value_payments"] = coins(block.payment_duffs);
    stats["block_value_miner"] = coins(block.value_duffs - block.payment_duffs);
}

void add_miners(Json& stats, Model& model) {
    for (const auto& [name, rate] : model.workers().rates(model.steady())) {
        stats["miner_hash_rates"][name] = rate.hashes_per_second;
        if (rate.late_hashes_per_second > 0) stats["miner_dead_hash_rates"][name] = rate.late_hashes_per_second;
    }
    for (const auto& [hash, target] : model.workers().share_targets(model.steady()))
        stats["miner_last_difficulties"][model.address_of(hash)] = dash::difficulty_from_target(target);
}

Json local_stats(const PageContext& context) {
    if (is_too_short(context)) return nullptr;
    Model& model = context.model;
    const Snapshot& now = model.now();
    const OwnLastHour own = own_last_hour(model);
    const Efficiency good = efficiency(model);
    Json stats = {
        {"my_hash_rates_in_last_hour", own_rates(own, *now.chain->last_hour)},
        {"my_share_counts_in_last_hour", own_counts(own)},
        {"my_stale_proportions_in_last_hour", own_proportions(own)},
        {"miner_hash_rates", Json::object()},
        {"miner_dead_hash_rates", Json::object()},
        {"miner_last_difficulties", Json::object()},
        {"efficiency_if_miner_perfect", optional_json(good.without_late)},
        {"efficiency", optional_json(good.with_late)},
        {"peers", {{"incoming", now.peers->incoming}, {"outgoing", now.peers->peers.size() - now.peers->incoming}}},
        {"shares",
         {{"total", now.own_shares.total}, {"orphan", now.own_shares.orphans}, {"dead", now.own_shares.late}}},
        {"uptime", model.uptime()},
        {"warnings", now.warnings},
        {"donation_proportion", model.facts().donation_percent / 100},
        {"version", model.facts().version},
        {"protocol_version", p2pool::peers::kProtocolVersion},
        {"fee", model.facts().fee_percent}};
    add_work_values(stats, context);
    if (context.sight.names) add_miners(stats, model);
    return stats;
}

Json stale_rates(const PageContext& context) {
    return context.model.now().chain->stale_rates;
}

}  // namespace

void add_legacy_pool(RouteTable& table) {
    table.json("rate", rate);
    table.json("difficulty", difficulty);
    table.json("users", users);
    table.json("user_stales", user_stales);
    table.json("fee", [](const PageContext& context) { return Json(context.model.facts().fee_percent); });
    table.json("current_payouts", current_payouts);
    takes(table.page("patron_sendmany", patron_sendmany), 0, 2);
    table.json("global_stats", global_stats);
    table.json("local_stats", local_stats);
    table.json("stale_rates", stale_rates);
    table.json("uptime", [](const PageContext& context) { return Json(context.model.uptime()); });
}

}  // namespace web
