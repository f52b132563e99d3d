#include <algorithm>

#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "share_chain/payouts.h"
#include "web/site/bad_request.h"
#include "web/site/luck_json.h"
#include "web/site/route_table.h"

/// /api/v1: blocks, payouts and the share chain.
namespace web {
namespace {

constexpr std::size_t kMostHeads = 100;

// Flags of a share in the window.
constexpr int kIsOurs = 1;
constexpr int kIsBlock = 2;
constexpr int kTellsOrphan = 4;
constexpr int kTellsLate = 8;
constexpr int kNotVerified = 16;

Json blocks_page(const PageContext& context) {
    const auto limit = static_cast<std::size_t>(number_parameter(context.request, "limit", 50, 1, 500));
    const double before = number_parameter(context.request, "before", 1e18, 0, 1e18);
    const std::vector<BlockLuck> luck = context.model.luck();
    Json blocks = Json::array();
    for (auto block = luck.rbegin(); block != luck.rend() && blocks.size() < limit; ++block) {
        if (block->block->found_at < before) blocks.push_back(block_json(context.model, *block));
    }
    return {{"blocks", std::move(blocks)}, {"luck", luck_json(context.model, luck)}, {"total", luck.size()}};
}

Json payouts_json(const Model& model, const FoundBlock& block) {
    if (block.payouts.empty()) return nullptr;
    Json payouts = Json::array();
    for (const BlockPayout& payout : block.payouts) {
        const std::string address = model.address_of(payout.script);
        payouts.push_back({{"address", address.empty() ? Json() : Json(address)},
                           {"script", dash::to_hex(payout.script)},
                           {"duffs", payout.duffs},
                           {"kind", to_string(payout.kind)}});
    }
    return payouts;
}

Json block_page(const PageContext& context) {
    const dash::Uint256 hash = hash_argument(context.arguments[0]);
    for (const BlockLuck& luck : context.model.luck()) {
        if (luck.block->hash != hash) continue;
        Json block = block_json(context.model, luck);
        block["payouts"] = payouts_json(context.model, *luck.block);
        block["broadcast"] = context.model.broadcast_report(hash);
        block["submission"] = luck.block->submission ? submission_json(*luck.block->submission) : Json();
        // The finder is a worker's name.
        if (luck.block->submission && !context.sight.names) block["submission"]["finder"] = luck.block->miner;
        return block;
    }
    throw BadRequest("no such block was found by the pool", 404);
}

Json payouts_page(const PageContext& context) {
    Model& model = context.model;
    const Snapshot& now = model.now();
    std::set<std::string> local;
    for (const auto& entry : model.workers().share_targets(model.steady()))
        local.insert(model.address_of(entry.first));
    std::uint64_t total = 0;
    for (const auto& entry : now.chain->payouts)
        total += entry.second;
    std::vector<std::pair<std::uint64_t, dash::Bytes>> sorted;
    for (const auto& [script, duffs] : now.chain->payouts)
        sorted.emplace_back(duffs, script);
    std::sort(sorted.rbegin(), sorted.rend());
    const dash::ByteSpan donation = share_chain::donation_script();
    std::set<dash::Bytes> own;
    for (const dash::Hash160& hash : model.own_payouts())
        own.insert(dash::p2pkh_script(hash));
    Json payouts = Json::array();
    for (const auto& [duffs, script] : sorted) {
        const std::string address = model.address_of(script);
        payouts.push_back(
            {{"address", address.empty() ? Json() : Json(address)},
             {"script", dash::to_hex(script)},
             {"duffs", duffs},
             {"fraction", static_cast<double>(duffs) / static_cast<double>(total)},
             {"is_local", context.sight.names ? Json(local.count(address) != 0) : Json()},
             {"is_operator", own.count(script) != 0},
             {"is_donation", std::equal(script.begin(), script.end(), donation.begin(), donation.end())}});
    }
    const bool known = now.template_facts != nullptr;
    return {
        {"block_value_duffs", known ? Json(now.template_facts->value_duffs) : Json()},
        {"miners_duffs", known ? Json(now.template_facts->value_duffs - now.template_facts->payment_duffs) : Json()},
        {"payouts", std::move(payouts)}};
}

/// Whose shares are this node's tells who mines here.
int flags_of(const PageContext& context, const ShareIndex::Entry& entry) {
    const auto stale = static_cast<share_chain::StaleInfo>(entry.share->data().stale_info);
    return (context.sight.names && context.model.is_own(entry.share->hash) ? kIsOurs : 0) |
           (entry.share->claims_block() ? kIsBlock : 0) |
           (stale == share_chain::StaleInfo::kOrphan ? kTellsOrphan : 0) |
           (stale == share_chain::StaleInfo::kDoa ? kTellsLate : 0) | (entry.verified ? 0 : kNotVerified);
}

Json window_page(const PageContext& context) {
    const Model& model = context.model;
    const ChainFacts& chain = *model.now().chain;
    const std::uint64_t window = std::min<std::uint64_t>(chain.height, model.facts().network->chain_length);
    const double most = 2.0 * model.facts().network->chain_length;
    const double count = number_parameter(context.request, "count", static_cast<double>(window), 0, most);
    Json columns = {{"best", chain.best.is_zero() ? Json() : Json(chain.best.to_hex())},
                    {"height", chain.height},
                    {"window", window}};
    std::map<dash::Hash160, std::size_t> numbers;
    for (const char* column : {"addresses", "hash", "miner", "time", "difficulty", "flags"})
        columns[column] = Json::array();
    for (const ShareIndex::Entry* entry : model.shares().line(chain.best, static_cast<std::uint64_t>(count))) {
        const share_chain::Share& share = *entry->share;
        const auto [number, is_new] = numbers.emplace(share.data().pubkey_hash, numbers.size());
        if (is_new) columns["addresses"].push_back(model.address_of(share.data().pubkey_hash));
        columns["hash"].push_back(share.hash.to_hex());
        columns["miner"].push_back(number->second);
        columns["time"].push_back(share.info().timestamp);
        columns["difficulty"].push_back(dash::difficulty_from_target(share.target));
        columns["flags"].push_back(flags_of(context, *entry));
    }
    return columns;
}

Json hash_or_null(const dash::Uint256& hash) {
    return hash.is_zero() ? Json() : Json(hash.to_hex());
}

bool is_in_best_chain(const Model& model, const dash::Uint256& hash) {
    const auto line = model.shares().line(model.now().chain->best, model.now().chain->height);
    return std::any_of(line.begin(), line.end(),
                       [&](const ShareIndex::Entry* entry) { return entry->share->hash == hash; });
}

Json payments_json(const share_chain::Share& share) {
    Json payments = Json::array();
    for (const share_chain::Payment& payment : share.data().packed_payments)
        payments.push_back({{"payee", dash::as_text(payment.payee)}, {"duffs", payment.amount_duffs}});
    return payments;
}

std::string hex32(std::uint32_t value) {
    dash::Bytes bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    return dash::to_hex(bytes);
}

Json share_page(const PageContext& context) {
    const Model& model = context.model;
    const ShareIndex::Entry* entry = model.shares().find(hash_argument(context.arguments[0]));
    if (entry == nullptr) throw BadRequest("this node does not have such a share (any more)", 404);
    const share_chain::Share& share = *entry->share;
    const auto height = dash::pushed_height(share.data().coinbase);
    return {{"hash", share.hash.to_hex()},
            {"parent", hash_or_null(share.previous_hash())},
            {"far_parent", hash_or_null(share.info().far_share_hash)},
            {"children", hashes_json(model.shares().children(share.hash))},
            {"height", share.info().absheight},
            {"time", share.info().timestamp},
            {"first_seen", entry->time_seen > 0 ? Json(entry->time_seen) : Json()},
            {"received_from", entry->source.empty() || !context.sight.names ? Json() : Json(entry->source)},
            {"verified", entry->verified},
            {"is_ours", context.sight.names ? Json(model.is_own(share.hash)) : Json()},
            {"is_block", share.claims_block()},
            {"in_best_chain", is_in_best_chain(model, share.hash)},
            {"miner", model.address_of(share.data().pubkey_hash)},
            {"difficulty", dash::difficulty_from_target(share.target)},
            {"minimum_difficulty", dash::difficulty_from_target(share.max_target)},
            {"work", dash::average_attempts(share.target).str()},
            {"donation_proportion", share.data().donation / share_chain::kDonationParts},
            {"stale_info", stale_word(share.data().stale_info)},
            {"desired_version", share.data().desired_version},
            {"previous_block", share.header.previous_block.to_hex()},
            {"block_height", optional_json(height)},
            {"bits", hex32(share.header.bits)},
            {"version", share.header.version},
            {"nonce", share.header.nonce},
            {"coinbase_value_duffs", share.data().subsidy_duffs},
            {"payments_duffs", share.data().payment_amount_duffs},
            {"payments", payments_json(share)},
            {"generation_hash", share.gentx_hash.to_hex()},
            {"transactions", hashes_json(model.shares().transactions(share))}};
}

Json heads_page(const PageContext& context) {
    const Model& model = context.model;
    std::vector<const ShareIndex::Entry*> heads;
    for (const dash::Uint256& hash : model.shares().heads(false))
        heads.push_back(model.shares().find(hash));
    const dash::Uint256& best = model.now().chain->best;
    std::stable_sort(heads.begin(), heads.end(), [&](const ShareIndex::Entry* a, const ShareIndex::Entry* b) {
        if ((a->share->hash == best) != (b->share->hash == best)) return a->share->hash == best;
        return a->share->info().absheight > b->share->info().absheight;
    });
    Json list = Json::array();
    for (std::size_t i = 0; i < std::min(heads.size(), kMostHeads); ++i) {
        const share_chain::Share& share = *heads[i]->share;
        list.push_back({{"hash", share.hash.to_hex()},
                        {"height", share.info().absheight},
                        {"verified", heads[i]->verified},
                        {"is_best", share.hash == best},
                        {"time", share.info().timestamp},
                        {"miner", model.address_of(share.data().pubkey_hash)}});
    }
    return {{"heads", std::move(list)}};
}

}  // namespace

void add_api_chain(RouteTable& table) {
    takes(table.json("api/v1/blocks",
                     [](const PageContext& context) {
                         return context.arguments.empty() ? blocks_page(context) : block_page(context);
                     }),
          0, 1);
    table.json("api/v1/payouts", payouts_page);
    takes(table.json("api/v1/shares",
                     [](const PageContext& context) {
                         return context.arguments.empty() ? window_page(context) : share_page(context);
                     }),
          0, 1);
    table.json("api/v1/heads", heads_page);
}

}  // namespace web
