#include "tests/simnet/coins.h"

#include "tests/simnet/payloads.h"
#include "tests/simnet/rules.h"

namespace simnet {
namespace {

constexpr std::size_t kMaxScriptBytes = 10'000;

bool is_unspendable(const dash::Bytes& script) {
    return (!script.empty() && script[0] == kOpReturn) || script.size() > kMaxScriptBytes;
}

}  // namespace

const Coin* CoinSet::find(const dash::OutPoint& outpoint) const {
    const auto found = coins_.find(outpoint);
    return found == coins_.end() ? nullptr : &found->second;
}

void CoinSet::apply(const dash::Transaction& transaction, std::uint32_t height, BlockUndo& undo) {
    const bool coinbase = transaction.is_coinbase();
    if (!coinbase) {
        for (const dash::TxIn& input : transaction.inputs) {
            const auto found = coins_.find(input.previous_output);
            undo.spent.emplace_back(input.previous_output, std::move(found->second));
            coins_.erase(found);
        }
    }
    const dash::Uint256 txid = transaction.txid();
    for (std::size_t i = 0; i < transaction.outputs.size(); ++i) {
        if (is_unspendable(transaction.outputs[i].script)) continue;
        coins_.insert_or_assign({txid, static_cast<std::uint32_t>(i)}, Coin{transaction.outputs[i], height, coinbase});
    }
}

void CoinSet::undo(const dash::Block& block, const BlockUndo& undo) {
    for (const auto& [outpoint, coin] : undo.spent)
        coins_.insert_or_assign(outpoint, coin);
    for (const dash::Transaction& transaction : block.transactions) {
        const dash::Uint256 txid = transaction.txid();
        for (std::size_t i = 0; i < transaction.outputs.size(); ++i)
            coins_.erase({txid, static_cast<std::uint32_t>(i)});
    }
}

Reject check_inputs(const dash::Transaction& transaction, std::uint32_t height, const CoinLookup& find,
                    std::uint64_t& fee) {
    if (transaction.has_payload() && transaction.type == kAssetUnlock) {
        fee = AssetUnlockTx::decode(transaction.extra_payload).fee_duffs;
        return std::nullopt;
    }
    std::uint64_t value_in = 0;
    for (const dash::TxIn& input : transaction.inputs) {
        const Coin* coin = find(input.previous_output);
        if (coin == nullptr) return "bad-txns-inputs-missingorspent";
        if (coin->coinbase && height - coin->height < kCoinbaseMaturity) return "bad-txns-premature-spend-of-coinbase";
        value_in += coin->output.value_duffs;
    }
    std::uint64_t value_out = 0;
    for (const dash::TxOut& output : transaction.outputs)
        value_out += output.value_duffs;
    if (value_in < value_out) return "bad-txns-in-belowout";
    fee = value_in - value_out;
    return std::nullopt;
}

std::size_t count_sigops(dash::ByteSpan script) {
    enum : std::uint8_t {
        kPush1 = 0x4c,
        kPush2 = 0x4d,
        kPush4 = 0x4e,
        kCheckSig = 0xac,
        kCheckSigVerify = 0xad,
        kCheckMultiSig = 0xae,
        kCheckMultiSigVerify = 0xaf
    };
    constexpr std::size_t kMultiSigCost = 20;
    std::size_t count = 0;
    for (std::size_t at = 0; at < script.size();) {
        const std::uint8_t op = script[at++];
        if (op < kPush1) at += op;
        if (op == kCheckSig || op == kCheckSigVerify) ++count;
        if (op == kCheckMultiSig || op == kCheckMultiSigVerify) count += kMultiSigCost;
        if (op < kPush1 || op > kPush4) continue;
        const std::size_t length_bytes = std::size_t{1} << (op - kPush1);
        if (script.size() - at < length_bytes) break;
        std::size_t length = 0;
        for (std::size_t i = 0; i < length_bytes; ++i)
            length |= static_cast<std::size_t>(script[at + i]) << (8 * i);
        at += length_bytes;
        if (length > script.size() - at) break;
        at += length;
    }
    return count;
}

std::size_t count_sigops(const dash::Transaction& transaction) {
    std::size_t count = 0;
    for (const dash::TxIn& input : transaction.inputs)
        count += count_sigops(input.script);
    for (const dash::TxOut& output : transaction.outputs)
        count += count_sigops(output.script);
    return count;
}

}  // namespace simnet
