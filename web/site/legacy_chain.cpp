#include <algorithm>

#include "dash/primitives/serialize.h"
#include "dash/primitives/target.h"
#include "share_chain/codec.h"
#include "web/site/bad_request.h"
#include "web/site/route_table.h"

/// The python node's pages below /web: the share chain, the log and the graphs.
namespace web {
namespace {

constexpr std::size_t kFewOwnShares = 50;

/// Newest first: by the time we saw them, which is that of their making.
std::vector<dash::Uint256> own_shares(const Model& model) {
    std::vector<std::pair<double, dash::Uint256>> shares;
    for (const auto& entry : model.own_shares()) {
        if (const auto* known = model.shares().find(entry.first)) shares.emplace_back(known->time_seen, entry.first);
    }
    std::sort(shares.rbegin(), shares.rend());
    std::vector<dash::Uint256> hashes;
    hashes.reserve(shares.size());
    for (const auto& share : shares)
        hashes.push_back(share.second);
    return hashes;
}

/// They tell who mines here.
Json own_share_list(const PageContext& context, std::size_t most) {
    if (!context.sight.names) return Json::array();
    std::vector<dash::Uint256> hashes = own_shares(context.model);
    if (hashes.size() > most) hashes.resize(most);
    return hashes_json(hashes);
}

/// "host:port" as the python node's pair; IPv6 hosts in brackets.
Json source_pair(const std::string& source) {
    const std::size_t colon = source.rfind(':');
    if (colon == std::string::npos) return nullptr;
    std::string host = source.substr(0, colon);
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    return Json::array({host, std::atoi(source.c_str() + colon + 1)});
}

/// 16 hex digits in the order of the coinbase's bytes.
std::string nonce_hex(std::uint64_t nonce) {
    dash::Bytes bytes;
    for (int i = 0; i < 8; ++i)
        bytes.push_back(static_cast<std::uint8_t>(nonce >> (8 * i)));
    return dash::to_hex(bytes);
}

Json share_data_json(const Model& model, const share_chain::Share& share) {
    return {{"timestamp", share.info().timestamp},
            {"target", big_integer(share.target)},
            {"max_target", big_integer(share.max_target)},
            {"payout_address", model.address_of(share.data().pubkey_hash)},
            {"donation", share.data().donation / share_chain::kDonationParts},
            {"stale_info", stale_word(share.data().stale_info)},
            {"nonce", share.data().nonce},
            {"desired_version", share.data().desired_version},
            {"absheight", share.info().absheight},
            {"abswork", big_integer(share.info().abswork)}};
}

Json block_json_of(const Model& model, const share_chain::Share& share) {
    const dash::BlockHeader& header = share.header;
    return {{"hash", share.hash.to_hex()},
            {"header",
             {{"version", header.version},
              {"previous_block", header.previous_block.to_hex()},
              {"merkle_root", header.merkle_root.to_hex()},
              {"timestamp", header.timestamp},
              {"target", big_integer(share.block_target)},
              {"nonce", header.nonce}}},
            {"gentx",
             {{"hash", share.gentx_hash.to_hex()},
              {"raw", "unknown"},
              {"coinbase", dash::to_hex(share.data().coinbase)},
              {"value", coins(share.data().subsidy_duffs)},
              {"last_txout_nonce", nonce_hex(share.contents.last_txout_nonce)}}},
            {"other_transaction_hashes", hashes_json(model.shares().transactions(share))}};
}

Json legacy_share_page(const PageContext& context) {
    const Model& model = context.model;
    const ShareIndex::Entry* entry = model.shares().find(hash_argument(context.arguments[0]));
    if (entry == nullptr) return nullptr;
    const share_chain::Share& share = *entry->share;
    const auto parent = [](const dash::Uint256& hash) { return hash.is_zero() ? "None" : hash.to_hex(); };
    return {{"parent", parent(share.previous_hash())},
            {"far_parent", parent(share.info().far_share_hash)},
            {"children", hashes_json(model.shares().children(share.hash))},
            {"type_name", "Share"},
            {"local",
             {{"verified", entry->verified},
              {"time_first_seen", entry->time_seen},
              {"peer_first_received_from", context.sight.names ? source_pair(entry->source) : Json()}}},
            {"share_data", share_data_json(model, share)},
            {"block", block_json_of(model, share)}};
}

Json payout_address(const PageContext& context) {
    const ShareIndex::Entry* entry = context.model.shares().find(hash_argument(context.arguments[0]));
    if (entry == nullptr) return nullptr;
    return context.model.address_of(entry->share->data().pubkey_hash);
}

Response share_data(const PageContext& context) {
    Response response;
    response.content_type = "application/octet-stream";
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    const ShareIndex::Entry* entry = context.model.shares().find(hash_argument(context.arguments[0]));
    if (entry == nullptr) return response;
    dash::Writer writer;
    share_chain::write_typed_contents(writer, share_chain::kShareType, entry->share->packed);
    response.body = dash::as_text(writer.bytes());
    return response;
}

Json currency_info(const PageContext& context) {
    const dash::ChainParams& chain = *context.model.facts().network->parent;
    return {{"symbol", chain.symbol},
            {"block_explorer_url_prefix", chain.block_explorer_url_prefix},
            {"address_explorer_url_prefix", chain.address_explorer_url_prefix},
            {"tx_explorer_url_prefix", chain.tx_explorer_url_prefix}};
}

Json log(const PageContext& context) {
    Json entries = Json::array();
    for (Json entry : context.model.log()) {
        if (!context.sight.names) entry["local_hash_rates"] = entry["local_dead_hash_rates"] = Json::object();
        entries.push_back(std::move(entry));
    }
    return entries;
}

Json keyed_values(const graphs::Reading& reading) {
    if (!reading.values) return nullptr;
    Json values = Json::object();
    for (const auto& [key, value] : *reading.values)
        values[key == graphs::kOthersKey ? graphs::kPlainKey : key] = value;
    return values;
}

Json plain_value(const graphs::Reading& reading, bool gauge) {
    if (!reading.values || reading.values->empty()) return gauge ? Json() : Json(0);
    return reading.values->begin()->second;
}

Json graph_data(const PageContext& context) {
    graphs::View* view = context.model.graphs().find(context.arguments[0], context.arguments[1]);
    if (view == nullptr) throw BadRequest("there is no such graph", 404);
    const graphs::StreamInfo& info = *graphs::Graphs::info(context.arguments[0]);
    if (info.names_miners && !context.sight.names) throw NeedsPassword();
    const graphs::StreamKind& kind = info.kind;
    const Json fallback = kind.gauge && !kind.zero_fill ? Json() : Json(0);
    Json answer = Json::array();
    const std::vector<std::string> named = view->largest(kMostSeries);
    for (const graphs::Reading& reading : view->read(context.model.time(), &named)) {
        answer.push_back({reading.center, kind.keyed ? keyed_values(reading) : plain_value(reading, kind.gauge),
                          reading.width, fallback});
    }
    return answer;
}

}  // namespace

void add_legacy_chain(RouteTable& table) {
    table.json("web/log", log);
    takes(table.json("web/share", legacy_share_page), 1, 1);
    takes(table.json("web/payout_address", payout_address), 1, 1);
    takes(table.page("web/share_data", share_data), 1, 1);
    table.json("web/heads",
               [](const PageContext& context) { return hashes_json(context.model.shares().heads(false)); });
    table.json("web/verified_heads",
               [](const PageContext& context) { return hashes_json(context.model.shares().heads(true)); });
    table.json("web/tails",
               [](const PageContext& context) { return hashes_json(context.model.shares().tails(false)); });
    table.json("web/verified_tails",
               [](const PageContext& context) { return hashes_json(context.model.shares().tails(true)); });
    table.json("web/best_share_hash",
               [](const PageContext& context) { return Json(context.model.now().chain->best.to_hex()); });
    table.json("web/my_share_hashes",
               [](const PageContext& context) { return own_share_list(context, context.model.own_shares().size()); });
    table.json("web/my_share_hashes50",
               [](const PageContext& context) { return own_share_list(context, kFewOwnShares); });
    table.json("web/currency_info", currency_info);
    table.json("web/version", [](const PageContext& context) { return Json(context.model.facts().version); });
    takes(table.json("web/graph_data", graph_data), 2, 2);
}

void add_legacy_routes(Routes& routes) {
    RouteTable table(routes);
    add_legacy_pool(table);
    add_legacy_miners(table);
    add_legacy_blocks(table);
    add_legacy_chain(table);
    add_legacy_peers(table);
}

}  // namespace web
