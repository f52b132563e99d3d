#include "tests/simnet/evo_state.h"

#include <algorithm>

#include "dash/primitives/script.h"
#include "dash/util/error.h"

namespace simnet {
namespace {

constexpr std::uint64_t kUnlockLimit = 2000 * kCoin;
constexpr std::uint32_t kUnlockExpiryBlocks = 48;
constexpr std::size_t kMaxUnlockOutputs = 32;

bool is_return(const dash::TxOut& output) {
    return !output.script.empty() && output.script[0] == kOpReturn;
}

/// What an asset lock takes out of circulation (DIP 27): the one output that is burned.
Reject find_locked(const dash::Transaction& transaction, std::uint64_t& locked) {
    for (const dash::TxOut& output : transaction.outputs) {
        if (!is_return(output)) continue;
        if (output.script != dash::Bytes{kOpReturn, 0}) return "bad-assetlocktx-non-empty-return";
        if (output.value_duffs == 0 || output.value_duffs > kMaxMoney) return "bad-assetlocktx-opreturn-outofrange";
        if (locked > 0) return "bad-assetlocktx-multiple-return";
        locked = output.value_duffs;
    }
    return locked == 0 ? Reject("bad-assetlocktx-no-return") : std::nullopt;
}

Reject check_asset_lock(const dash::Transaction& transaction, std::uint64_t& locked_total) {
    std::uint64_t locked = 0;
    if (const Reject problem = find_locked(transaction, locked)) return problem;
    AssetLockTx payload;
    try {
        payload = AssetLockTx::decode(transaction.extra_payload);
    } catch (const dash::DecodeError&) {
        return "bad-assetlocktx-payload";
    }
    if (payload.version != 1) return "bad-assetlocktx-version";
    if (payload.credit_outputs.empty()) return "bad-assetlocktx-emptycreditoutputs";
    std::uint64_t credited = 0;
    for (const dash::TxOut& output : payload.credit_outputs) {
        if (output.value_duffs == 0 || output.value_duffs > kMaxMoney) return "bad-assetlocktx-credit-outofrange";
        const auto address = dash::script_address(output.script);
        if (!address || address->kind != dash::Address::Kind::kPubkeyHash) return "bad-assetlocktx-pubKeyHash";
        credited += output.value_duffs;
    }
    if (credited != locked) return "bad-assetlocktx-creditamount";
    locked_total += locked;
    return std::nullopt;
}

Reject check_asset_unlock(const dash::Transaction& transaction, const EvoContext& context,
                          std::set<std::uint64_t>& indexes, std::uint64_t& taken_total) {
    if (!transaction.inputs.empty()) return "bad-assetunlocktx-have-input";
    if (transaction.outputs.size() > kMaxUnlockOutputs) return "bad-assetunlocktx-too-many-outs";
    AssetUnlockTx payload;
    try {
        payload = AssetUnlockTx::decode(transaction.extra_payload);
    } catch (const dash::DecodeError&) {
        return "bad-assetunlocktx-payload";
    }
    if (payload.version != 1) return "bad-assetunlocktx-version";
    const std::uint32_t tip = context.height - 1;
    if (tip < payload.requested_height || tip >= payload.requested_height + kUnlockExpiryBlocks)
        return "bad-assetunlock-too-late";
    if (!indexes.insert(payload.index).second) return "bad-assetunlock-duplicated-index";
    taken_total += payload.fee_duffs;
    for (const dash::TxOut& output : transaction.outputs)
        taken_total += output.value_duffs;
    return std::nullopt;
}

Reject advance_signals(EvoState& state, const dash::Block& block) {
    try {
        for (std::size_t i = 1; i < block.transactions.size(); ++i) {
            const dash::Transaction& transaction = block.transactions[i];
            if (!transaction.has_payload() || transaction.type != kHardForkSignal) continue;
            const HardForkSignal signal = HardForkSignal::decode(transaction.extra_payload);
            if (signal.version != 1) return "bad-mnhf-version";
            if (!state.signalled_bits.insert(signal.bit).second) return "bad-mnhf-duplicate";
        }
    } catch (const dash::DecodeError&) {
        return "bad-mnhf-payload";
    }
    return std::nullopt;
}

}  // namespace

const ChainLock* Network::find_chain_lock(const BlsSignature& signature) const {
    const auto found = std::find_if(chain_locks.begin(), chain_locks.end(),
                                    [&](const ChainLock& lock) { return lock.signature == signature; });
    return found == chain_locks.end() ? nullptr : &*found;
}

Reject advance_credit_pool(EvoState& state, const dash::Block& block, const EvoContext& context) {
    std::uint64_t locked_total = 0;
    std::uint64_t taken_total = 0;
    for (std::size_t i = 1; i < block.transactions.size(); ++i) {
        const dash::Transaction& transaction = block.transactions[i];
        if (!transaction.has_payload()) continue;
        if (context.height < context.rules.dip3) return "bad-tx-type";
        if (transaction.type != kAssetLock && transaction.type != kAssetUnlock) continue;
        if (context.height < context.rules.v20) return "assetlocks-before-v20";
        const Reject problem = transaction.type == kAssetLock
                                   ? check_asset_lock(transaction, locked_total)
                                   : check_asset_unlock(transaction, context, state.unlocked_indexes, taken_total);
        if (problem) return problem;
    }
    if (taken_total > std::min(state.credit_pool_duffs, kUnlockLimit)) return "failed-creditpool-unlock-too-much";
    state.credit_pool_duffs += locked_total + context.rules.platform_share(context.height) - taken_total;
    return std::nullopt;
}

Reject advance_lists(EvoState& state, const dash::Block& block, const EvoContext& context) {
    state.coinbase_chain_lock.reset();
    if (context.height < context.rules.dip3) return std::nullopt;
    if (const Reject problem = state.quorums.apply(block, context.rules, context.height, context.hash_at,
                                                   context.network.quorum_results)) {
        return problem;
    }
    if (const Reject problem = state.masternodes.apply(block, context.rules, context.height, context.parent_hash))
        return problem;
    return advance_signals(state, block);
}

Reject advance(EvoState& state, const dash::Block& block, const EvoContext& context) {
    if (const Reject problem = advance_credit_pool(state, block, context)) return problem;
    return advance_lists(state, block, context);
}

CbTx make_cbtx(const EvoState& before, const EvoState& after, const EvoContext& context) {
    CbTx payload;
    payload.version = context.rules.cbtx_version(context.height);
    payload.height = context.height;
    payload.masternode_root = after.masternodes.merkle_root();
    payload.quorum_root = after.quorums.merkle_root();
    payload.credit_pool_duffs = after.credit_pool_duffs;
    const ChainLock* best = context.network.best_chain_lock();
    // A lock above the parent belongs to another branch, or to one that is not connected yet.
    if (best != nullptr && best->height >= context.height) best = nullptr;
    if (before.coinbase_chain_lock && (best == nullptr || best->height < before.coinbase_chain_lock->height)) {
        best = &*before.coinbase_chain_lock;
    }
    if (best != nullptr) {
        payload.chain_lock_height_diff = context.height - 1 - best->height;
        payload.chain_lock_signature = best->signature;
    }
    return payload;
}

std::vector<dash::TxOut> masternode_payments(const EvoState& before, const Rules& rules, std::uint32_t height,
                                             std::uint64_t fees_duffs) {
    constexpr std::uint64_t kWholeReward = 10'000;
    std::vector<dash::TxOut> payments;
    const std::uint64_t platform = rules.platform_share(height);
    std::uint64_t owner = rules.masternode_share(height, rules.block_subsidy(height) + fees_duffs) - platform;
    if (platform > 0) payments.push_back({platform, {kOpReturn}});
    const Masternode* payee = height < rules.dip3 ? nullptr : before.masternodes.payee(rules, height);
    if (payee == nullptr) return payments;
    std::uint64_t operator_part = 0;
    if (!payee->operator_payout_script.empty()) operator_part = owner * payee->operator_reward / kWholeReward;
    owner -= operator_part;
    if (owner > 0) payments.push_back({owner, payee->payout_script});
    if (operator_part > 0) payments.push_back({operator_part, payee->operator_payout_script});
    return payments;
}

}  // namespace simnet
