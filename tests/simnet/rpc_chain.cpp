#include "dash/util/error.h"
#include "tests/simnet/daemon.h"
#include "tests/simnet/rpc_json.h"

namespace simnet {
namespace {

constexpr std::uint32_t kInitialDownloadAge = 6 * 60 * 60;
constexpr std::uint32_t kWithdrawals = 600;
constexpr const char* kBlockchain = "Blockchain";

dash::Uint256 read_hash(const RpcParams& params, std::size_t index, const std::string& name) {
    const std::string text = params.text(index);
    if (text.size() != 2 * dash::Uint256::kBytes) {
        throw RpcFailure(RpcFailure::kInvalidParameter,
                         name + " must be of length 64 (not " + std::to_string(text.size()) + ", for '" + text + "')");
    }
    try {
        return dash::Uint256::from_hex(text);
    } catch (const dash::DecodeError&) {
        throw RpcFailure(RpcFailure::kInvalidParameter, name + " must be hexadecimal string (not '" + text + "')");
    }
}

const BlockEntry& find_block(const Chain& chain, const RpcParams& params) {
    const BlockEntry* entry = chain.find(read_hash(params, 0, "blockhash"));
    if (entry == nullptr) throw RpcFailure(RpcFailure::kInvalidAddressOrKey, "Block not found");
    return *entry;
}

dash::Uint256 claimed_tip(const Daemon& daemon, const Chain& chain) {
    return daemon.faults().false_tip.value_or(chain.tip().hash);
}

Json get_block_header(const Chain& chain, const RpcParams& params) {
    const BlockEntry& entry = find_block(chain, params);
    if (params.verbosity(1, 1) == 0) return dash::to_hex(entry.header.serialize());
    return header_json(chain, entry);
}

Json get_block(const Chain& chain, const RpcParams& params) {
    const BlockEntry& entry = find_block(chain, params);
    if (!entry.block) throw RpcFailure(RpcFailure::kMisc, "Block not available (not fully downloaded)");
    const int verbosity = params.verbosity(1, 1);
    if (verbosity <= 0) return dash::to_hex(entry.block->serialize());
    return block_json(chain, entry, verbosity);
}

Json buried(std::uint32_t height, std::uint32_t tip_height) {
    return {{"type", "buried"}, {"active", tip_height + 1 >= height}, {"height", height}};
}

Json bip9(const char* status, bool by_masternodes, std::uint32_t since) {
    Json result{{"status", status}};
    if (std::string_view(status) == "started") result["bit"] = 28;
    result["start_time"] = 0;
    result["timeout"] = INT64_MAX;
    result["min_activation_height"] = 0;
    result["ehf"] = by_masternodes;
    result["since"] = since;
    return result;
}

Json testdummy(const Rules& rules, std::uint32_t tip_height) {
    const std::uint32_t next = tip_height + 1;
    if (next < rules.testdummy_started)
        return {{"type", "bip9"}, {"bip9", bip9("defined", false, 0)}, {"active", false}};
    if (next < rules.testdummy_active) {
        return {{"type", "bip9"}, {"bip9", bip9("started", false, rules.testdummy_started)}, {"active", false}};
    }
    return {{"type", "bip9"},
            {"bip9", bip9("active", false, rules.testdummy_active)},
            {"height", rules.testdummy_active},
            {"active", true}};
}

Json softforks(const Rules& rules, std::uint32_t tip) {
    Json forks;
    for (const char* always : {"bip34", "bip66", "bip65"})
        forks[always] = buried(1, tip);
    forks["bip147"] = buried(0, tip);
    forks["csv"] = buried(1, tip);
    forks["dip0001"] = buried(1, tip);
    forks["dip0003"] = buried(rules.dip3, tip);
    forks["dip0008"] = buried(rules.dip8, tip);
    for (const char* always : {"dip0020", "dip0024", "realloc", "v19"})
        forks[always] = buried(1, tip);
    forks["v20"] = buried(rules.v20, tip);
    forks["mn_rr"] = buried(rules.mn_rr, tip);
    forks["withdrawals"] = buried(kWithdrawals, tip);
    forks["v24"] = {{"type", "bip9"}, {"bip9", bip9("defined", true, 0)}, {"active", false}};
    forks["testdummy"] = testdummy(rules, tip);
    return forks;
}

Json get_blockchain_info(const Daemon& daemon, const Chain& chain) {
    const BlockEntry& tip = chain.tip();
    const bool downloading = daemon.faults().initial_sync || chain.now() > tip.header.timestamp + kInitialDownloadAge;
    return {{"chain", "regtest"},
            {"blocks", tip.height},
            {"headers", tip.height},
            {"bestblockhash", claimed_tip(daemon, chain).to_hex()},
            {"difficulty", bits_difficulty(tip.header.bits)},
            {"time", tip.header.timestamp},
            {"mediantime", Chain::median_time_past(tip)},
            {"verificationprogress", 1},
            {"initialblockdownload", downloading},
            {"chainwork", work_hex(tip.work)},
            {"size_on_disk", 0},
            {"pruned", false},
            {"softforks", softforks(chain.rules(), tip.height)},
            {"warnings", ""}};
}

std::string tip_status(const Chain& chain, const BlockEntry& tip) {
    if (chain.is_active(tip)) return "active";
    if (tip.failed) return "invalid";
    if (tip.conflicting) return "conflicting";
    if (!tip.block) return "headers-only";
    return tip.connected ? "valid-fork" : "valid-headers";
}

Json get_chain_tips(const Chain& chain) {
    Json result = Json::array();
    for (const BlockEntry* tip : chain.branch_tips()) {
        const BlockEntry& fork = chain.fork_point(*tip);
        result.push_back({{"height", tip->height},
                          {"hash", tip->hash.to_hex()},
                          {"difficulty", bits_difficulty(tip->header.bits)},
                          {"chainwork", work_hex(tip->work)},
                          {"branchlen", tip->height - fork.height},
                          {"forkpoint", fork.hash.to_hex()},
                          {"status", tip_status(chain, *tip)}});
    }
    return result;
}

Json get_best_chain_lock(const Chain& chain) {
    const ChainLock* best = chain.network().best_chain_lock();
    if (best == nullptr) throw RpcFailure(RpcFailure::kInternal, "Unable to find any ChainLock");
    dash::Writer message;
    message.u32(best->height).uint256(best->hash).raw(best->signature);
    return {{"blockhash", best->hash.to_hex()},
            {"height", best->height},
            {"signature", dash::to_hex(best->signature)},
            {"known_block", chain.find(best->hash) != nullptr},
            {"hex", dash::to_hex(message.bytes())}};
}

Json get_mempool_info(const Mempool& mempool) {
    std::size_t bytes = 0;
    std::uint64_t fees = 0;
    for (const MempoolEntry& entry : mempool.entries()) {
        bytes += entry.bytes;
        fees += entry.fee_duffs;
    }
    return {{"loaded", true},         {"size", mempool.entries().size()}, {"bytes", bytes},
            {"usage", bytes},         {"total_fee", coins_json(fees)},    {"maxmempool", 300'000'000},
            {"mempoolminfee", 1e-05}, {"minrelaytxfee", 1e-05},           {"instantsendlocks", 0},
            {"unbroadcastcount", 0}};
}

Json get_raw_mempool(const Mempool& mempool) {
    Json txids = Json::array();
    for (const MempoolEntry& entry : mempool.entries())
        txids.push_back(entry.txid.to_hex());
    return txids;
}

/// Where a transaction is: in the mempool (no block) or on the active chain.
struct Found {
    const dash::Transaction* transaction = nullptr;
    const BlockEntry* block = nullptr;
};

Found find_transaction(Daemon& daemon, const dash::Uint256& txid) {
    if (const MempoolEntry* waiting = daemon.world().mempool().find(txid)) return {&waiting->transaction, nullptr};
    for (const BlockEntry* entry = &daemon.world().chain().tip(); entry != nullptr; entry = entry->parent) {
        for (const dash::Transaction& transaction : entry->block->transactions) {
            if (transaction.txid() == txid) return {&transaction, entry};
        }
    }
    throw RpcFailure(RpcFailure::kInvalidAddressOrKey,
                     "No such mempool or blockchain transaction. Use gettransaction for wallet transactions.");
}

Json get_raw_transaction(Daemon& daemon, const RpcParams& params) {
    const Found found = find_transaction(daemon, read_hash(params, 0, "parameter 1"));
    if (params.verbosity(1, 0) == 0) return dash::to_hex(found.transaction->serialize());
    Json result = transaction_json(*found.transaction);
    if (found.block != nullptr) {
        const Chain& chain = daemon.world().chain();
        result["blockhash"] = found.block->hash.to_hex();
        result["height"] = found.block->height;
        result["confirmations"] = chain.tip().height - found.block->height + 1;
        result["time"] = result["blocktime"] = found.block->header.timestamp;
    }
    result["instantlock"] = result["instantlock_internal"] = false;
    result["chainlock"] = found.block != nullptr && is_locked(daemon.world().chain(), *found.block);
    return result;
}

Json get_block_hash(const Chain& chain, const RpcParams& params) {
    const std::int64_t height = params.number(0);
    if (height < 0 || height > chain.tip().height)
        throw RpcFailure(RpcFailure::kInvalidParameter, "Block height out of range");
    return chain.at_height(static_cast<std::uint32_t>(height))->hash.to_hex();
}

Json precious_block(Chain& chain, const RpcParams& params) {
    if (!chain.make_precious(read_hash(params, 0, "blockhash"))) {
        throw RpcFailure(RpcFailure::kInvalidAddressOrKey, "Block not found");
    }
    return nullptr;
}

}  // namespace

void add_chain_methods(Daemon& daemon) {
    RpcTable& table = daemon.table();
    Chain& chain = daemon.world().chain();
    Mempool& mempool = daemon.world().mempool();
    using P = const RpcParams&;
    table.add({kBlockchain, "getbestblockhash", {}, 0, "", {}}, [&](P) { return claimed_tip(daemon, chain).to_hex(); });
    table.add({kBlockchain, "getbestchainlock", {}, 0, "", {}}, [&](P) { return get_best_chain_lock(chain); });
    table.add({kBlockchain, "getblock", {"blockhash", "verbosity"}, 1, "\"blockhash\" ( verbosity )", {}},
              [&](P params) { return get_block(chain, params); });
    table.add({kBlockchain, "getblockchaininfo", {}, 0, "", {}}, [&](P) { return get_blockchain_info(daemon, chain); });
    table.add({kBlockchain, "getblockcount", {}, 0, "", {}}, [&](P) { return chain.tip().height; });
    table.add({kBlockchain, "getblockhash", {"height"}, 1, "height", {}},
              [&](P params) { return get_block_hash(chain, params); });
    table.add({kBlockchain, "getblockheader", {"blockhash", "verbose"}, 1, "\"blockhash\" ( verbose )", {}},
              [&](P params) { return get_block_header(chain, params); });
    table.add({kBlockchain, "getchaintips", {}, 0, "", {}}, [&](P) { return get_chain_tips(chain); });
    table.add({kBlockchain, "getdifficulty", {}, 0, "", {}},
              [&](P) { return bits_difficulty(chain.tip().header.bits); });
    table.add({kBlockchain, "getmempoolinfo", {}, 0, "", {}}, [&](P) { return get_mempool_info(mempool); });
    table.add({kBlockchain, "getrawmempool", {}, 0, "", {}}, [&](P) { return get_raw_mempool(mempool); });
    table.add({kBlockchain, "preciousblock", {"blockhash"}, 1, "\"blockhash\"", {}},
              [&](P params) { return precious_block(chain, params); });
    table.add({"Rawtransactions",
               "getrawtransaction",
               {"txid", "verbose", "blockhash"},
               1,
               "\"txid\" ( verbose \"blockhash\" )",
               {}},
              [&](P params) { return get_raw_transaction(daemon, params); });
}

}  // namespace simnet
