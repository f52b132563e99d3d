#include "dash/rpc/block_template.h"

#include "dash/primitives/sha256.h"
#include "dash/primitives/target.h"
#include "dash/rpc/json_fields.h"
#include "dash/util/error.h"

namespace dash::rpc {
namespace {

using nlohmann::json;
namespace fields = json_fields;

/// More than a 2 MB block can hold: 10 bytes is less than any transaction and than any output with an amount.
constexpr std::size_t kMaxTransactions = 200'000;
constexpr std::size_t kMaxPayments = 200'000;

const json& array_field(const json& object, std::string_view name, std::size_t most) {
    static const json empty = json::array();
    const json* value = fields::find(object, name);
    if (value == nullptr) return empty;
    if (!value->is_array()) throw DecodeError("\"" + std::string(name) + "\" is not a list");
    if (value->size() > most) throw DecodeError("\"" + std::string(name) + "\" has too many entries");
    return *value;
}

TemplateTransaction parse_transaction_entry(const json& entry, std::size_t count) {
    TemplateTransaction transaction;
    if (entry.is_string()) {  // the form of old daemons: only the bytes
        transaction.data = fields::as_hex(entry, "transactions");
        transaction.txid = sha256d(transaction.data);
        return transaction;
    }
    const json* data = fields::find(entry, "data");
    if (data == nullptr) throw DecodeError("\"data\" of a transaction is missing");
    transaction.data = fields::as_hex(*data, "data");
    transaction.txid = sha256d(transaction.data);
    if (fields::find(entry, "hash") != nullptr && fields::hash_field(entry, "hash") != transaction.txid) {
        throw DecodeError("the \"data\" of transaction " + fields::text_field(entry, "hash") +
                          " is that of another one");
    }
    if (fields::find(entry, "fee") != nullptr) transaction.fee_duffs = fields::unsigned_field(entry, "fee");
    if (fields::find(entry, "sigops") != nullptr) transaction.sigops = fields::u32_field(entry, "sigops");
    for (const json& position : array_field(entry, "depends", count)) {
        transaction.depends.push_back(static_cast<std::uint32_t>(fields::as_unsigned(position, "depends", count)));
        if (transaction.depends.back() == 0) throw DecodeError("\"depends\" counts from 1");
    }
    return transaction;
}

/// Reads entries like {"payee", "script", "amount"} to the end of `result.payments`.
void read_payments(const json& entries, bool superblock, BlockTemplate& result) {
    for (const json& entry : entries) {
        if (fields::find(entry, "amount") == nullptr) continue;
        TemplatePayment payment;
        payment.superblock = superblock;
        payment.amount_duffs = fields::unsigned_field(entry, "amount");
        if (payment.amount_duffs == 0) continue;
        if (payment.amount_duffs > result.coinbase_value_duffs - result.payment_total_duffs) {
            throw DecodeError("its payments are more than its \"coinbasevalue\"");
        }
        result.payment_total_duffs += payment.amount_duffs;

        const json* script = fields::find(entry, "script");
        if (script != nullptr) payment.script = fields::as_hex(*script, "script");
        if (fields::find(entry, "payee") != nullptr) payment.payee = fields::text_field(entry, "payee");
        if (payment.payee.empty() && !payment.script.empty()) {
            payment.payee = '!';
            payment.payee += script->get_ref<const std::string&>();
        }
        if (!payment.payee.empty()) result.payments.push_back(std::move(payment));
    }
}

void read_payments(const json& object, std::string_view name, bool superblock, BlockTemplate& result) {
    const json* value = fields::find(object, name);
    if (value == nullptr) return;
    if (value->is_object()) {  // Dash Core before 0.13 named one masternode, not a list
        read_payments(json::array({*value}), superblock, result);
    } else {
        read_payments(array_field(object, name, kMaxPayments), superblock, result);
    }
}

Bytes coinbase_flags(const json& result) {
    const json* flags = fields::find(result, "coinbaseflags");
    if (flags != nullptr) return fields::as_hex(*flags, "coinbaseflags");
    Bytes joined;
    const json* aux = fields::find(result, "coinbaseaux");
    if (aux == nullptr) return joined;
    if (!aux->is_object()) throw DecodeError("\"coinbaseaux\" is not an object");
    for (const auto& [name, value] : aux->items())
        append(joined, fields::as_hex(value, name));
    return joined;
}

}  // namespace

BlockTemplate parse_block_template(const json& result) {
    BlockTemplate parsed;
    parsed.version = fields::version_field(result, "version");
    parsed.previous_block = fields::hash_field(result, "previousblockhash");
    parsed.bits = fields::bits_field(result, "bits");
    parsed.target = target_from_bits(parsed.bits);
    parsed.time = fields::u32_field(result, fields::find(result, "time") != nullptr ? "time" : "curtime");
    parsed.min_time = fields::find(result, "mintime") != nullptr ? fields::u32_field(result, "mintime") : parsed.time;
    parsed.height = fields::u32_field(result, "height");
    parsed.coinbase_value_duffs = fields::unsigned_field(result, "coinbasevalue");

    const json& transactions = array_field(result, "transactions", kMaxTransactions);
    parsed.transactions.reserve(transactions.size());
    for (const json& entry : transactions) {
        parsed.transactions.push_back(parse_transaction_entry(entry, transactions.size()));
    }
    read_payments(result, "masternode", false, parsed);
    read_payments(result, "superblock", true, parsed);

    const json* payload = fields::find(result, "coinbase_payload");
    if (payload != nullptr) parsed.coinbase_payload = fields::as_hex(*payload, "coinbase_payload");
    parsed.coinbase_flags = coinbase_flags(result);
    return parsed;
}

}  // namespace dash::rpc
