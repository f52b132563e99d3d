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

/// /api/v1/miners and /api/v1/workers, in pieces: a farm has ten thousand workers.
namespace web {
namespace {

using p2pool::stratum::PoolStatistics;

constexpr std::size_t kMostPayouts = 100;
constexpr std::size_t kMostOnPage = 1000;

std::size_t count_parameter(const PageContext& context, const char* name, double fallback, std::size_t most) {
    return static_cast<std::size_t>(number_parameter(context.request, name, fallback, 0, static_cast<double>(most)));
}

std::size_t offset_parameter(const PageContext& context) {
    constexpr std::size_t kMost = 1'000'000'000;
    return count_parameter(context, "offset", 0, kMost);
}

/// Some of a list.
struct Piece {
    std::size_t offset;
    std::size_t limit;

    template <typename Item, typename Take>
    void for_each(const std::vector<Item>& items, Take take) const {
        for (std::size_t i = offset; i < items.size() && i - offset < limit; ++i)
            take(items[i]);
    }
};

/// What a page about several workers needs once.
struct WorkerTable {
    RateTable rates;
    RateTable late_rates;
    std::map<dash::Hash160, dash::Uint256> share_targets;
    std::map<std::string, Json> difficulties;  ///< of the connections of each worker name
    std::set<std::string> online;              ///< worker names with a connection

    explicit WorkerTable(Model& model)
        : rates(read_rates(model, "miner_hash_rates")),
          late_rates(read_rates(model, "miner_dead_hash_rates")),
          share_targets(model.workers().share_targets(model.steady())) {
        for (const auto& connection : model.now().stratum->connections) {
            if (connection.worker.empty()) continue;
            Json& list = difficulties.emplace(connection.worker, Json::array()).first->second;
            list.push_back(connection.difficulty);
            online.insert(connection.worker);
        }
    }

    /// Of the last 15 minutes.
    [[nodiscard]] double strength(const std::string& worker) const {
        const auto& by_key = rates.spans[1].by_key;
        const auto found = by_key.find(worker);
        return found == by_key.end() ? 0 : found->second;
    }
    void sort(std::vector<const PoolStatistics::Worker*>& workers) const {
        std::vector<std::pair<double, const PoolStatistics::Worker*>> by_strength;
        by_strength.reserve(workers.size());
        for (const auto* worker : workers)
            by_strength.emplace_back(strength(worker->name), worker);
        std::sort(by_strength.begin(), by_strength.end(), [](const auto& a, const auto& b) {
            return a.first != b.first ? a.first > b.first : a.second->name < b.second->name;
        });
        std::transform(by_strength.begin(), by_strength.end(), workers.begin(),
                       [](const auto& entry) { return entry.second; });
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

Json worker_json(const PageContext& context, const WorkerTable& table, const PoolStatistics::Worker& worker) {
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
    dash::Hash160 address{};
    std::vector<const PoolStatistics::Worker*> workers;
    double strength = 0;
};

/// The strongest first.
std::vector<Miner> miners_of(Model& model, const WorkerTable& table) {
    std::map<dash::Hash160, Miner> by_address;
    for (const auto& worker : model.now().stratum->workers) {
        const auto payout = payout_of(model, worker.name);
        if (!payout) continue;
        Miner& miner = by_address[*payout];
        miner.address = *payout;
        miner.workers.push_back(&worker);
        miner.strength += table.strength(worker.name);
    }
    std::vector<Miner> miners;
    for (auto& entry : by_address)
        miners.push_back(std::move(entry.second));
    std::stable_sort(miners.begin(), miners.end(),
                     [](const Miner& a, const Miner& b) { return a.strength > b.strength; });
    return miners;
}

Json expected_seconds_to_share(const WorkerTable& table, const dash::Hash160& address, const Json& rate) {
    const auto target = table.share_targets.find(address);
    if (target == table.share_targets.end() || !rate.is_number() || rate.get<double>() <= 0) return nullptr;
    return dash::to_double(dash::average_attempts(target->second)) / rate.get<double>();
}

Json miner_json(const PageContext& context, const WorkerTable& table, Miner miner, const Piece& piece) {
    Model& model = context.model;
    std::vector<std::string> names;
    std::uint64_t accepted = 0;
    std::uint64_t late = 0;
    std::size_t online = 0;
    for (const auto* worker : miner.workers) {
        names.push_back(worker->name);
        accepted += worker->accepted;
        late += worker->late;
        online += table.online.count(worker->name);
    }
    table.sort(miner.workers);
    Json workers = Json::array();
    piece.for_each(miner.workers, [&](const auto* worker) { workers.push_back(worker_json(context, table, *worker)); });
    const ChainFacts& chain = *model.now().chain;
    const auto fraction = chain.fractions.find(dash::p2pkh_script(miner.address));
    const auto stale = chain.stale_proportions.find(miner.address);
    const Json rates = rates_json(table.rates, names);
    return {{"address", model.address_of(miner.address)},
            {"is_local", !miner.workers.empty()},
            {"is_operator", model.is_operator(miner.address)},
            {"online", online > 0},
            {"hash_rates", rates},
            {"late_rates", rates_json(table.late_rates, names)},
            {"late_proportion", accepted + late > 0 ? Json(late_part(late, accepted)) : Json()},
            {"workers", std::move(workers)},
            {"workers_total", miner.workers.size()},
            {"workers_online", online},
            {"pool_fraction", fraction == chain.fractions.end() ? Json() : Json(fraction->second)},
            {"payout_now_duffs", payout_now(model, miner.address)},
            {"stale_proportion", stale == chain.stale_proportions.end() ? Json() : Json(stale->second)},
            {"expected_seconds_to_share", expected_seconds_to_share(table, miner.address, rates["m15"])}};
}

Json all_miners(const PageContext& context) {
    if (!context.sight.private_parts) throw NeedsPassword();
    constexpr double kUsualMiners = 200;
    constexpr double kUsualWorkers = 20;
    constexpr std::size_t kMostWorkers = 100;
    const Piece piece{offset_parameter(context), count_parameter(context, "limit", kUsualMiners, kMostOnPage)};
    const std::size_t of_each = count_parameter(context, "workers", kUsualWorkers, kMostWorkers);
    std::size_t left = kMostOnPage;
    const WorkerTable table(context.model);
    const std::vector<Miner> all = miners_of(context.model, table);
    Json miners = Json::array();
    piece.for_each(all, [&](const Miner& miner) {
        miners.push_back(miner_json(context, table, miner, {0, std::min(of_each, left)}));
        left -= miners.back()["workers"].size();
    });
    return {{"miners", std::move(miners)}, {"total", all.size()}};
}

Json all_workers(const PageContext& context) {
    constexpr double kUsual = 200;
    const Piece piece{offset_parameter(context), count_parameter(context, "limit", kUsual, kMostOnPage)};
    const WorkerTable table(context.model);
    std::vector<const PoolStatistics::Worker*> all;
    all.reserve(context.model.now().stratum->workers.size());
    for (const auto& worker : context.model.now().stratum->workers)
        all.push_back(&worker);
    table.sort(all);
    Json workers = Json::array();
    piece.for_each(all, [&](const auto* worker) { workers.push_back(worker_json(context, table, *worker)); });
    return {{"workers", std::move(workers)}, {"total", all.size()}};
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
                           {"height", optional_json(block->known_height())},
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
    constexpr double kUsual = 200;
    const Piece piece{offset_parameter(context), count_parameter(context, "limit", kUsual, kMostOnPage)};
    const bool in_chain = model.now().chain->fractions.count(dash::p2pkh_script(address)) != 0;
    Miner miner{address, {}, 0};
    for (const auto& worker : model.now().stratum->workers) {
        if (payout_of(model, worker.name) == address) miner.workers.push_back(&worker);
    }
    const bool is_local = !miner.workers.empty();
    Json answer = miner_json(context, WorkerTable(model), std::move(miner), piece);
    add_payouts(answer, model, address);
    if (!is_local && !in_chain && answer["payouts"].empty()) {
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
    table.private_json("api/v1/workers", all_workers);
}

}  // namespace web
