#include <algorithm>
#include <map>
#include <set>

#include "dash/primitives/address.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "web/site/bad_request.h"
#include "web/site/rates_json.h"
#include "web/site/route_table.h"

/// /api/v1/miners.
namespace web {
namespace {

constexpr std::size_t kMostPayouts = 100;

/// What a page about several workers needs once.
struct WorkerTable {
    RateTable rates;
    RateTable late_rates;
    std::map<std::string, Json> difficulties;  ///< of the connections of each worker name
    std::set<std::string> online;              ///< worker names with a connection

    explicit WorkerTable(Model& model)
        : rates(read_rates(model, "miner_hash_rates")), late_rates(read_rates(model, "miner_dead_hash_rates")) {
        for (const auto& connection : model.now().stratum->connections) {
            if (connection.worker.empty()) continue;
            Json& list = difficulties.emplace(connection.worker, Json::array()).first->second;
            list.push_back(connection.difficulty);
            online.insert(connection.worker);
        }
    }
};

double late_part(std::uint64_t late, std::uint64_t accepted) {
    return static_cast<double>(late) / static_cast<double>(late + accepted);
}

/// What the owner calls it, for himself and for those who see everything.
Json label_json(const PageContext& context, const std::optional<dash::Hash160>& payout, const std::string& worker) {
    if (!payout || (!context.sight.trusted && context.sight.miner != payout)) return nullptr;
    return optional_json(context.model.settings().label(*payout, worker));
}

Json worker_json(const PageContext& context, const WorkerTable& table,
                 const p2pool::stratum::PoolStatistics::Worker& worker) {
    Model& model = context.model;
    const WorkerFacts* facts = model.workers().find(worker.name);
    const auto payout = payout_of(model, worker.name);
    const auto difficulties = table.difficulties.find(worker.name);
    const bool has_best = facts != nullptr && facts->best_hash != dash::Uint256::max();
    const Json connections = difficulties == table.difficulties.end() ? Json::array() : difficulties->second;
    return {
        {"name", worker.name},
        {"label", label_json(context, payout, worker.name)},
        {"address", payout ? Json(model.address_of(*payout)) : Json()},
        {"online", !connections.empty()},
        {"connections", connections.size()},
        {"hash_rates", rates_json(table.rates, worker.name)},
        {"late_rates", rates_json(table.late_rates, worker.name)},
        {"accepted", worker.accepted},
        {"rejected", worker.rejected},
        {"late", worker.late},
        {"late_proportion", worker.accepted + worker.late > 0 ? Json(late_part(worker.late, worker.accepted)) : Json()},
        {"first_seen", worker.first_seen},
        {"last_seen", worker.last_seen},
        {"last_share_at", facts != nullptr && facts->last_share_at > 0 ? Json(facts->last_share_at) : Json()},
        {"shares", facts == nullptr ? 0 : facts->shares},
        {"best_difficulty", has_best ? Json(dash::difficulty_from_target(facts->best_hash)) : Json()},
        {"difficulties", connections}};
}

struct Miner {
    std::vector<const p2pool::stratum::PoolStatistics::Worker*> workers;
};

std::map<dash::Hash160, Miner> miners_of(Model& model) {
    std::map<dash::Hash160, Miner> miners;
    for (const auto& worker : model.now().stratum->workers) {
        if (const auto payout = payout_of(model, worker.name)) miners[*payout].workers.push_back(&worker);
    }
    return miners;
}

Json expected_seconds_to_share(Model& model, const dash::Hash160& address, const Json& rate) {
    const auto targets = model.workers().share_targets(model.steady());
    const auto target = targets.find(address);
    if (target == targets.end() || !rate.is_number() || rate.get<double>() <= 0) return nullptr;
    return dash::to_double(dash::average_attempts(target->second)) / rate.get<double>();
}

Json miner_json(const PageContext& context, const WorkerTable& table, const dash::Hash160& address,
                const Miner& miner) {
    Model& model = context.model;
    Json workers = Json::array();
    std::vector<std::string> names;
    std::uint64_t accepted = 0;
    std::uint64_t late = 0;
    bool online = false;
    for (const auto* worker : miner.workers) {
        workers.push_back(worker_json(context, table, *worker));
        names.push_back(worker->name);
        accepted += worker->accepted;
        late += worker->late;
        online = online || table.online.count(worker->name) != 0;
    }
    const ChainFacts& chain = *model.now().chain;
    const auto fraction = chain.fractions.find(dash::p2pkh_script(address));
    const auto stale = chain.stale_proportions.find(address);
    const Json rates = rates_json(table.rates, names);
    return {{"address", model.address_of(address)},
            {"is_local", !miner.workers.empty()},
            {"is_operator", model.is_operator(address)},
            {"online", online},
            {"hash_rates", rates},
            {"late_rates", rates_json(table.late_rates, names)},
            {"late_proportion", accepted + late > 0 ? Json(late_part(late, accepted)) : Json()},
            {"workers", std::move(workers)},
            {"pool_fraction", fraction == chain.fractions.end() ? Json() : Json(fraction->second)},
            {"payout_now_duffs", payout_now(model, address)},
            {"stale_proportion", stale == chain.stale_proportions.end() ? Json() : Json(stale->second)},
            {"expected_seconds_to_share", expected_seconds_to_share(model, address, rates["m15"])}};
}

Json all_miners(const PageContext& context) {
    if (!context.sight.private_parts) throw NeedsPassword();
    const WorkerTable table(context.model);
    std::vector<Json> miners;
    for (const auto& [address, miner] : miners_of(context.model))
        miners.push_back(miner_json(context, table, address, miner));
    const auto strength = [](const Json& miner) {
        const Json& rate = miner["hash_rates"]["m15"];
        return rate.is_number() ? rate.get<double>() : 0.0;
    };
    std::stable_sort(miners.begin(), miners.end(),
                     [&](const Json& a, const Json& b) { return strength(a) > strength(b); });
    return {{"miners", miners}};
}

void add_payouts(Json& answer, Model& model, const dash::Hash160& address) {
    const dash::Bytes script = dash::p2pkh_script(address);
    Json payouts = Json::array();
    std::uint64_t paid = 0;
    std::uint64_t pending = 0;
    for (const FoundBlock* block : model.blocks().newest(model.blocks().size())) {
        std::uint64_t duffs = 0;
        for (const BlockPayout& payout : block->payouts) {
            if (payout.kind == BlockPayout::Kind::kMiner && payout.script == script) duffs += payout.duffs;
        }
        const bool found_by_it = block->miner == model.address_of(address);
        if (duffs == 0 && !found_by_it) continue;
        if (block->fate == BlockFate::kConfirmed) paid += duffs;
        if (block->fate == BlockFate::kPending) pending += duffs;
        if (payouts.size() >= kMostPayouts) continue;
        payouts.push_back({{"hash", block->hash.to_hex()},
                           {"height", block->height},
                           {"time", block->found_at},
                           {"duffs", duffs},
                           {"status", to_string(block->fate)},
                           {"found_by_it", found_by_it},
                           {"explorer_url", explorer_url(model, *block)}});
    }
    answer["payouts"] = std::move(payouts);
    answer["paid_duffs"] = paid;
    answer["pending_duffs"] = pending;
}

Json one_miner(const PageContext& context) {
    Model& model = context.model;
    dash::Hash160 address{};
    try {
        address = dash::parse_address(context.arguments[0], *model.facts().network->parent).hash;
    } catch (const dash::DecodeError& error) {
        throw BadRequest("that is no address of this network: " + std::string(error.what()), 404);
    }
    if (!context.sight.private_parts && context.sight.miner != address) throw NeedsPassword();
    const auto miners = miners_of(model);
    const auto local = miners.find(address);
    const bool in_chain = model.now().chain->fractions.count(dash::p2pkh_script(address)) != 0;
    const Miner miner = local == miners.end() ? Miner{} : local->second;
    Json answer = miner_json(context, WorkerTable(model), address, miner);
    add_payouts(answer, model, address);
    if (local == miners.end() && !in_chain && answer["payouts"].empty()) {
        throw BadRequest("nobody with this address mines here or in the share chain", 404);
    }
    return answer;
}

}  // namespace

void add_api_miners(RouteTable& table) {
    // Not private as a whole: who has shown that an address is his sees it without the node's password.
    takes(table.json("api/v1/miners",
                     [](const PageContext& context) {
                         return context.arguments.empty() ? all_miners(context) : one_miner(context);
                     }),
          0, 1);
}

}  // namespace web
