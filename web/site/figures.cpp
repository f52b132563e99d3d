#include "web/site/figures.h"

#include <algorithm>
#include <charconv>

#include "dash/primitives/address.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "web/site/bad_request.h"

namespace web {

dash::Uint256 hash_argument(const std::string& text) {
    try {
        return dash::Uint256::from_hex(text);
    } catch (const dash::DecodeError&) {
        throw BadRequest("the path wants a hash of 64 hex digits at its end");
    }
}

double number_parameter(const Request& request, const char* name, double fallback, double least, double most) {
    const auto text = request.parameter(name);
    if (!text) return fallback;
    double value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size() || !(value >= least && value <= most)) {
        throw BadRequest("the parameter '" + std::string(name) + "' is no number that fits");
    }
    return value;
}

Json hashes_json(const std::vector<dash::Uint256>& hashes) {
    Json list = Json::array();
    for (const dash::Uint256& hash : hashes)
        list.push_back(hash.to_hex());
    return list;
}

Json stale_word(std::uint8_t stale_info) {
    switch (static_cast<share_chain::StaleInfo>(stale_info)) {
        case share_chain::StaleInfo::kNone:
            return nullptr;
        case share_chain::StaleInfo::kOrphan:
            return "orphan";
        case share_chain::StaleInfo::kDoa:
            return "doa";
    }
    return "unk" + std::to_string(stale_info);
}

std::string explorer_url(const Model& model, const FoundBlock& block) {
    return model.facts().network->parent->block_explorer_url_prefix + block.hash.to_hex();
}

Json block_json(const Model& model, const BlockLuck& luck) {
    const FoundBlock& block = *luck.block;
    return {{"hash", block.hash.to_hex()},
            {"height", optional_json(block.known_height())},
            {"time", block.found_at},
            {"share_hash", block.share_hash.to_hex()},
            {"miner", block.miner.empty() ? Json() : Json(block.miner)},
            {"status", to_string(block.fate)},
            {"confirmations", optional_json(block.confirmations)},
            {"chainlock", block.chainlock},
            {"reward_duffs", optional_json(block.reward_duffs)},
            {"miners_duffs", optional_json(block.miners_duffs())},
            {"network_difficulty", optional_json(block.network_difficulty)},
            {"hash_difficulty", block.hash_difficulty()},
            {"pool_hashes_per_second", optional_json(block.pool_hashes_per_second)},
            {"seconds", optional_json(luck.seconds)},
            {"expected_seconds", optional_json(luck.expected_seconds)},
            {"luck_percent", optional_json(luck.percent)},
            {"explorer_url", explorer_url(model, block)}};
}

OwnLastHour own_last_hour(const Model& model) {
    const ChainFacts& chain = *model.now().chain;
    const std::uint64_t shares =
        std::min<std::uint64_t>(chain.height, 3600 / model.facts().network->share_period_seconds);
    const auto line = model.shares().line(chain.best, shares);
    OwnLastHour own;
    if (line.empty()) return own;
    for (const ShareIndex::Entry* entry : line) {
        if (!model.is_own(entry->share->hash)) continue;
        ++own.in_chain;
        own.work += dash::to_double(dash::average_attempts(entry->share->target));
        const auto stale = static_cast<share_chain::StaleInfo>(entry->share->data().stale_info);
        if (stale == share_chain::StaleInfo::kOrphan) ++own.orphans_told;
        if (stale == share_chain::StaleInfo::kDoa) ++own.late_told;
    }
    own.seconds = std::max(1.0, static_cast<double>(line.front()->share->info().timestamp) -
                                    static_cast<double>(line.back()->share->info().timestamp));
    return own;
}

Efficiency efficiency(const Model& model) {
    const OwnShareFacts& own = model.now().own_shares;
    const auto& pool = model.now().chain->last_hour;
    Efficiency result;
    if (own.total == 0 || !pool || pool->stale_proportion >= 1) return result;
    const auto good = [&](std::uint64_t lost) {
        return (1 - static_cast<double>(lost) / static_cast<double>(own.total)) / (1 - pool->stale_proportion);
    };
    result.with_late = good(own.orphans + own.late);
    result.without_late = good(own.orphans);
    return result;
}

std::optional<dash::Hash160> payout_of(Model& model, const std::string& worker) {
    if (const WorkerFacts* facts = model.workers().find(worker)) return facts->payout_hash;
    try {
        return dash::parse_address(worker.substr(0, worker.find('.')), *model.facts().network->parent).hash;
    } catch (const dash::DecodeError&) {
        return std::nullopt;
    }
}

Json broadcaster_json(const PageContext& context) {
    Json status = context.model.broadcaster();
    const Json::json_pointer own("/peers/protected");
    if (context.sight.trusted || !status.contains(own)) return status;
    for (Json& dashd : status[own])
        dashd["host"] = "dashd";
    return status;
}

Json connection_json(const p2pool::stratum::ConnectionStatus& connection, const std::string& shown_ip) {
    return {{"ip", shown_ip},
            {"worker", connection.worker},
            {"difficulty", connection.difficulty},
            {"connected_seconds", connection.connected_seconds},
            {"silent_seconds", connection.silent_seconds},
            {"submitted", connection.submitted},
            {"accepted", connection.accepted}};
}

std::uint64_t payout_now(const Model& model, const dash::Hash160& miner) {
    const auto& payouts = model.now().chain->payouts;
    const auto found = payouts.find(dash::p2pkh_script(miner));
    return found == payouts.end() ? 0 : found->second;
}

}  // namespace web
