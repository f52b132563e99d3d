#include "tests/simnet/rpc_json.h"

#include <cmath>
#include <cstdio>

#include "dash/primitives/script.h"
#include "dash/util/error.h"

namespace simnet {
namespace {

Json cbtx_json(const CbTx& payload) {
    Json result{{"version", payload.version},
                {"height", payload.height},
                {"merkleRootMNList", payload.masternode_root.to_hex()}};
    if (payload.version >= 2) result["merkleRootQuorums"] = payload.quorum_root.to_hex();
    if (payload.version >= 3) {
        result["bestCLHeightDiff"] = payload.chain_lock_height_diff;
        result["bestCLSignature"] = dash::to_hex(payload.chain_lock_signature);
        result["creditPoolBalance"] = coins_json(payload.credit_pool_duffs);
    }
    return result;
}

/// The decoded coinbase payload; null when there is none.
Json cbtx_json(const dash::Transaction& transaction) {
    if (!transaction.has_payload() || transaction.type != kCoinbase) return nullptr;
    try {
        return cbtx_json(CbTx::decode(transaction.extra_payload));
    } catch (const dash::DecodeError&) {
        return nullptr;
    }
}

Json input_json(const dash::TxIn& input, bool coinbase) {
    if (coinbase) return {{"coinbase", dash::to_hex(input.script)}, {"sequence", input.sequence}};
    return {{"txid", input.previous_output.hash.to_hex()},
            {"vout", input.previous_output.index},
            {"scriptSig", {{"hex", dash::to_hex(input.script)}}},
            {"sequence", input.sequence}};
}

std::string_view script_type(dash::ByteSpan script) {
    if (const auto address = dash::script_address(script)) {
        return address->kind == dash::Address::Kind::kPubkeyHash ? "pubkeyhash" : "scripthash";
    }
    return !script.empty() && script[0] == kOpReturn ? "nulldata" : "nonstandard";
}

Json output_json(const dash::TxOut& output, std::size_t index) {
    Json script{{"hex", dash::to_hex(output.script)}};
    const std::string address = script_address_text(output.script);
    if (!address.empty()) script["address"] = address;
    script["type"] = script_type(output.script);
    return {{"value", coins_json(output.value_duffs)},
            {"valueSat", output.value_duffs},
            {"n", index},
            {"scriptPubKey", script}};
}

}  // namespace

std::string hex32(std::uint32_t value) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", value);
    return text;
}

Json coins_json(std::uint64_t duffs) {
    return static_cast<double>(duffs) / static_cast<double>(kCoin);
}

double bits_difficulty(std::uint32_t bits) {
    constexpr int kBaseExponent = 0x1d;
    const int exponent = static_cast<int>(bits >> 24);
    return std::ldexp(65535.0 / static_cast<double>(bits & 0x00ffffff), 8 * (kBaseExponent - exponent));
}

std::string work_hex(std::uint64_t work) {
    return dash::Uint256(work).to_hex();
}

std::string script_address_text(dash::ByteSpan script) {
    const auto address = dash::script_address(script);
    return address ? dash::format_address(*address, dash::dash_regtest()) : std::string();
}

bool is_locked(const Chain& chain, const BlockEntry& entry) {
    const ChainLock* best = chain.network().best_chain_lock();
    return best != nullptr && chain.is_active(entry) && entry.height <= best->height;
}

Json header_json(const Chain& chain, const BlockEntry& entry) {
    const bool active = chain.is_active(entry);
    const auto confirmations = active ? static_cast<std::int64_t>(chain.tip().height - entry.height) + 1 : -1;
    Json result{{"hash", entry.hash.to_hex()},
                {"confirmations", confirmations},
                {"height", entry.height},
                {"version", static_cast<std::int32_t>(entry.header.version)},
                {"versionHex", hex32(entry.header.version)},
                {"merkleroot", entry.header.merkle_root.to_hex()},
                {"time", entry.header.timestamp},
                {"mediantime", Chain::median_time_past(entry)},
                {"nonce", entry.header.nonce},
                {"bits", hex32(entry.header.bits)},
                {"difficulty", bits_difficulty(entry.header.bits)},
                {"chainwork", work_hex(entry.work)},
                {"nTx", entry.block ? entry.block->transactions.size() : 0}};
    if (entry.parent != nullptr) result["previousblockhash"] = entry.parent->hash.to_hex();
    const BlockEntry* next = active ? chain.at_height(entry.height + 1) : nullptr;
    if (next != nullptr) result["nextblockhash"] = next->hash.to_hex();
    result["chainlock"] = is_locked(chain, entry);
    return result;
}

Json block_json(const Chain& chain, const BlockEntry& entry, int verbosity) {
    Json result = header_json(chain, entry);
    result["size"] = entry.block_bytes;
    Json transactions = Json::array();
    for (const dash::Transaction& transaction : entry.block->transactions) {
        transactions.push_back(verbosity >= 2 ? transaction_json(transaction) : Json(transaction.txid().to_hex()));
    }
    result["tx"] = std::move(transactions);
    const Json payload = cbtx_json(entry.block->transactions[0]);
    if (!payload.is_null()) result["cbTx"] = payload;
    return result;
}

Json transaction_json(const dash::Transaction& transaction) {
    const dash::Bytes bytes = transaction.serialize();
    Json inputs = Json::array();
    for (const dash::TxIn& input : transaction.inputs)
        inputs.push_back(input_json(input, transaction.is_coinbase()));
    Json outputs = Json::array();
    for (std::size_t i = 0; i < transaction.outputs.size(); ++i)
        outputs.push_back(output_json(transaction.outputs[i], i));
    Json result{{"txid", transaction.txid().to_hex()},
                {"version", transaction.version},
                {"type", transaction.type},
                {"size", bytes.size()},
                {"locktime", transaction.lock_time},
                {"vin", std::move(inputs)},
                {"vout", std::move(outputs)}};
    if (!transaction.extra_payload.empty()) {
        result["extraPayloadSize"] = transaction.extra_payload.size();
        result["extraPayload"] = dash::to_hex(transaction.extra_payload);
        const Json payload = cbtx_json(transaction);
        if (!payload.is_null()) result["cbTx"] = payload;
    }
    result["hex"] = dash::to_hex(bytes);
    return result;
}

}  // namespace simnet
