#include <boost/asio/awaitable.hpp>
#include <charconv>
#include <cstdio>
#include <unordered_map>

#include "dash/util/error.h"
#include "tests/simnet/daemon.h"
#include "tests/simnet/rpc_json.h"
#include "tests/simnet/validation.h"

namespace simnet {

namespace asio = boost::asio;

namespace {

constexpr const char* kMining = "Mining";

dash::Block read_block(const std::string& hex) {
    try {
        return decode_block(dash::from_hex(hex));
    } catch (const dash::DecodeError&) {
        throw RpcFailure(RpcFailure::kDeserialization, "Block decode failed");
    }
}

Json reject_json(const Reject& reject) {
    return reject ? Json(*reject) : Json();
}

Json submit_block(Chain& chain, const RpcParams& params) {
    auto block = std::make_shared<dash::Block>(read_block(params.text(0)));
    if (block->transactions.empty() || !block->transactions[0].is_coinbase()) {
        throw RpcFailure(RpcFailure::kDeserialization, "Block does not start with a coinbase");
    }
    return reject_json(chain.submit(std::move(block)));
}

Json transactions_json(const std::vector<TemplateEntry>& entries) {
    std::unordered_map<dash::Uint256, std::size_t> positions;
    Json result = Json::array();
    for (const TemplateEntry& entry : entries) {
        Json depends = Json::array();
        for (const dash::TxIn& input : entry.transaction.inputs) {
            const auto parent = positions.find(input.previous_output.hash);
            if (parent != positions.end()) depends.push_back(parent->second);
        }
        positions.emplace(entry.txid, positions.size() + 1);
        result.push_back({{"data", dash::to_hex(entry.transaction.serialize())},
                          {"hash", entry.txid.to_hex()},
                          {"depends", std::move(depends)},
                          {"fee", entry.fee_duffs},
                          {"sigops", entry.sigops}});
    }
    return result;
}

Json payments_json(const std::vector<dash::TxOut>& payments) {
    Json result = Json::array();
    for (const dash::TxOut& payment : payments) {
        result.push_back({{"payee", script_address_text(payment.script)},
                          {"script", dash::to_hex(payment.script)},
                          {"amount", payment.value_duffs}});
    }
    return result;
}

Json template_json(const BlockTemplate& from, const Daemon& daemon, const Chain& chain) {
    const Rules& rules = chain.rules();
    const bool testdummy_active = from.height >= rules.testdummy_active;
    const bool testdummy_started = !testdummy_active && from.height >= rules.testdummy_started;
    const std::string previous = daemon.faults().false_tip.value_or(from.previous_block).to_hex();
    return {{"capabilities", {"proposal"}},
            {"version", from.version},
            {"rules", testdummy_active ? Json{"csv", "testdummy"} : Json{"csv"}},
            {"vbavailable", testdummy_started ? Json{{"testdummy", 28}} : Json::object()},
            {"vbrequired", 0},
            {"previousblockhash", previous},
            {"transactions", transactions_json(from.transactions)},
            {"coinbaseaux", Json::object()},
            {"coinbasevalue", from.coinbase_value_duffs},
            {"longpollid", previous + std::to_string(from.mempool_updates)},
            {"target", checked_target(from.bits).to_hex()},
            {"mintime", from.min_time},
            {"mutable", {"time", "transactions", "prevblock"}},
            {"noncerange", "00000000ffffffff"},
            {"sigoplimit", kMaxBlockSigops},
            {"sizelimit", kMaxBlockBytes},
            {"curtime", from.time},
            {"bits", hex32(from.bits)},
            {"previousbits", hex32(from.previous_bits)},
            {"height", from.height},
            {"masternode", payments_json(from.masternode)},
            {"masternode_payments_started", from.height > rules.masternode_payments_start},
            {"masternode_payments_enforced", true},
            {"superblock", payments_json(from.superblock)},
            {"superblocks_started", from.height > rules.superblock_start},
            {"superblocks_enabled", !chain.network().superblocks.empty()},
            {"coinbase_payload", dash::to_hex(from.coinbase_payload)}};
}

Json propose(Chain& chain, const Json& request) {
    const auto data = request.find("data");
    if (data == request.end() || !data->is_string()) {
        throw RpcFailure(RpcFailure::kType, "Missing data String key for proposal");
    }
    return reject_json(chain.propose(read_block(data->get<std::string>())));
}

std::string read_mode(const Json& request) {
    const auto mode = request.find("mode");
    if (mode == request.end() || mode->is_null()) return "template";
    const std::string text = mode->is_string() ? mode->get<std::string>() : std::string();
    if (text != "template" && text != "proposal") throw RpcFailure(RpcFailure::kInvalidParameter, "Invalid mode");
    return text;
}

/// "<hash of the tip><counter of the mempool>", as a template gave it.
struct LongpollId {
    dash::Uint256 tip;
    std::uint64_t mempool_updates = 0;
};

LongpollId read_longpollid(const std::string& text) {
    constexpr std::size_t kHashDigits = 2 * dash::Uint256::kBytes;
    LongpollId id;
    try {
        id.tip = dash::Uint256::from_hex(std::string_view(text).substr(0, kHashDigits));
    } catch (const dash::DecodeError&) {
        throw RpcFailure(RpcFailure::kInvalidParameter, "longpollid must be hexadecimal string (not '" + text + "')");
    }
    const char* begin = text.data() + std::min(kHashDigits, text.size());
    std::from_chars(begin, text.data() + text.size(), id.mempool_updates);
    return id;
}

/// Waits for another tip, or, after a minute, for another mempool.
asio::awaitable<void> wait_for_news(Daemon& daemon, LongpollId id) {
    using Clock = std::chrono::steady_clock;
    World& world = daemon.world();
    Clock::time_point deadline = Clock::now() + std::chrono::minutes(1);
    while (world.chain().tip().hash == id.tip && !daemon.stopping()) {
        if (co_await daemon.new_tip().wait_until(deadline)) continue;
        if (world.mempool().updates() != id.mempool_updates) break;
        deadline = Clock::now() + std::chrono::seconds(10);
    }
}

asio::awaitable<Json> get_block_template(Daemon& daemon, RpcParams params) {
    Chain& chain = daemon.world().chain();
    const Json request = params.has(0) ? params.object(0) : Json::object();
    if (read_mode(request) == "proposal") co_return propose(chain, request);
    if (daemon.faults().initial_sync) {
        throw RpcFailure(RpcFailure::kInitialDownload, "Dash Core is in initial sync and waiting for blocks...");
    }
    const auto id = request.find("longpollid");
    if (id != request.end() && id->is_string()) co_await wait_for_news(daemon, read_longpollid(id->get<std::string>()));
    co_return template_json(daemon.world().templates().get(), daemon, chain);
}

Json get_mining_info(Daemon& daemon) {
    const BlockEntry& tip = daemon.world().chain().tip();
    return {{"blocks", tip.height}, {"currentblocksize", 1000},
            {"currentblocktx", 0},  {"difficulty", bits_difficulty(tip.header.bits)},
            {"networkhashps", 0.0}, {"pooledtx", daemon.world().mempool().entries().size()},
            {"chain", "regtest"},   {"warnings", ""}};
}

asio::awaitable<Json> generate_to_address(Daemon& daemon, RpcParams params) {
    dash::Bytes script;
    try {
        script = dash::address_script(dash::parse_address(params.text(1), dash::dash_regtest()));
    } catch (const dash::DecodeError&) {
        throw RpcFailure(RpcFailure::kInvalidAddressOrKey, "Error: Invalid address");
    }
    Json hashes = Json::array();
    for (const dash::Uint256& hash : co_await daemon.mine(static_cast<std::size_t>(params.number(0)), script)) {
        hashes.push_back(hash.to_hex());
    }
    co_return hashes;
}

}  // namespace

void add_mining_methods(Daemon& daemon) {
    RpcTable& table = daemon.table();
    table.add({kMining, "getblocktemplate", {"template_request"}, 0, "( \"template_request\" )", [&](RpcParams params) {
                   return get_block_template(daemon, std::move(params));
               }});
    table.add({kMining, "submitblock", {"hexdata", "dummy"}, 1, "\"hexdata\" ( \"dummy\" )", {}},
              [&](const RpcParams& params) { return submit_block(daemon.world().chain(), params); });
    table.add({kMining, "getmininginfo", {}, 0, "", {}}, [&](const RpcParams&) { return get_mining_info(daemon); });
    table.add({"Generating",
               "generatetoaddress",
               {"nblocks", "address", "maxtries"},
               2,
               "nblocks \"address\" ( maxtries )",
               [&](RpcParams params) { return generate_to_address(daemon, std::move(params)); }});
}

}  // namespace simnet
