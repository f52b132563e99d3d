#include <algorithm>

#include "dash/util/error.h"
#include "tests/simnet/validation.h"

namespace simnet {
namespace {

/// Whether the transactions would overwrite outputs that are still unspent (BIP 30).
bool overwrites(const dash::Block& block, const CoinSet& coins) {
    for (const dash::Transaction& transaction : block.transactions) {
        const dash::Uint256 txid = transaction.txid();
        for (std::uint32_t i = 0; i < transaction.outputs.size(); ++i) {
            if (coins.find({txid, i}) != nullptr) return true;
        }
    }
    return false;
}

/// A garbage signature does not even decode with the real library, hence "payload".
bool has_known_signature(const CbTx& payload, const Network& network) {
    return payload.chain_lock_signature == BlsSignature{} ||
           network.find_chain_lock(payload.chain_lock_signature) != nullptr;
}

Reject check_cbtx(const dash::Block& block, const EvoContext& context, std::optional<CbTx>& payload) {
    const dash::Transaction& coinbase = block.transactions[0];
    if (coinbase.type == kCoinbase) {
        try {
            payload = CbTx::decode(coinbase.extra_payload);
        } catch (const dash::DecodeError&) {
            return "bad-cbtx-payload";
        }
        if (!has_known_signature(*payload, context.network)) return "bad-cbtx-payload";
        if (payload->version == 0 || payload->version > 3) return "bad-cbtx-version";
        if (payload->height != context.height) return "bad-cbtx-height";
        const std::uint16_t expected = context.rules.cbtx_version(context.height);
        const bool too_old = context.height > context.rules.dip8 && payload->version < 2;
        if (too_old || (expected == 3) != (payload->version == 3)) return "bad-cbtx-version";
    }
    if (context.height >= context.rules.dip3 && !payload) return "bad-cbtx-version";
    return std::nullopt;
}

/// Which ChainLock the coinbase may carry (DIP 29): one that is valid on this branch and not older than the parent's.
Reject check_chain_lock(const CbTx& payload, const EvoState& before, const EvoContext& context,
                        std::optional<ChainLock>& carried) {
    if (payload.version < 3) return std::nullopt;
    const bool null = payload.chain_lock_signature == BlsSignature{};
    if (before.coinbase_chain_lock) {
        if (null) return "bad-cbtx-null-clsig";
        const std::uint64_t parents_diff = context.height - 2 - before.coinbase_chain_lock->height;
        if (payload.chain_lock_height_diff > parents_diff + 1) return "bad-cbtx-older-clsig";
    }
    if (null) return payload.chain_lock_height_diff == 0 ? Reject() : "bad-cbtx-cldiff";
    const ChainLock* lock = context.network.find_chain_lock(payload.chain_lock_signature);
    if (lock == nullptr || lock->height + payload.chain_lock_height_diff + 1 != context.height ||
        context.hash_at(lock->height) != lock->hash) {
        return "bad-cbtx-invalid-clsig";
    }
    carried = *lock;
    return std::nullopt;
}

Reject check_commitments_of_cbtx(const CbTx& payload, const EvoState& after) {
    if (payload.masternode_root != after.masternodes.merkle_root()) return "bad-cbtx-mnmerkleroot";
    if (payload.version >= 2 && payload.quorum_root != after.quorums.merkle_root()) return "bad-cbtx-quorummerkleroot";
    return std::nullopt;
}

/// Spends and creates coins transaction by transaction; adds up the fees.
Reject connect_transactions(const dash::Block& block, std::uint32_t height, CoinSet& coins, BlockUndo& undo,
                            std::size_t& connected, std::uint64_t& fees) {
    for (const dash::Transaction& transaction : block.transactions) {
        if (!transaction.is_coinbase()) {
            std::uint64_t fee = 0;
            const auto find = [&](const dash::OutPoint& outpoint) { return coins.find(outpoint); };
            if (const Reject problem = check_inputs(transaction, height, find, fee)) return problem;
            fees += fee;
        }
        coins.apply(transaction, height, undo);
        ++connected;
    }
    return std::nullopt;
}

/// Proposals must be paid in the order of the superblock, other outputs may stand between.
bool pays_in_order(const dash::Transaction& coinbase, const std::vector<dash::TxOut>& payments) {
    auto from = coinbase.outputs.begin();
    for (const dash::TxOut& payment : payments) {
        from = std::find(from, coinbase.outputs.end(), payment);
        if (from == coinbase.outputs.end()) return false;
    }
    return true;
}

Reject check_value(const dash::Transaction& coinbase, const EvoContext& context, std::uint64_t fees) {
    std::uint64_t paid = 0;
    for (const dash::TxOut& output : coinbase.outputs)
        paid += output.value_duffs;
    std::uint64_t allowed = context.rules.block_subsidy(context.height) + fees;
    const auto superblock = context.network.superblocks.find(context.height);
    if (superblock != context.network.superblocks.end()) {
        if (!pays_in_order(coinbase, superblock->second)) return "bad-cb-amount";
        for (const dash::TxOut& payment : superblock->second)
            allowed += payment.value_duffs;
    }
    return paid > allowed ? Reject("bad-cb-amount") : std::nullopt;
}

Reject check_payees(const dash::Transaction& coinbase, const EvoState& before, const EvoContext& context,
                    std::uint64_t fees) {
    if (context.height < context.rules.payee_enforcement) return std::nullopt;
    for (const dash::TxOut& payment : masternode_payments(before, context.rules, context.height, fees)) {
        const auto& outputs = coinbase.outputs;
        if (std::find(outputs.begin(), outputs.end(), payment) == outputs.end()) return "bad-cb-payee";
    }
    return std::nullopt;
}

/// Everything about special transactions, before any coin moves.
Reject check_evo(const dash::Block& block, const EvoContext& context, const EvoState& before, EvoState& after) {
    std::optional<CbTx> payload;
    if (const Reject problem = check_cbtx(block, context, payload)) return problem;
    if (const Reject problem = advance_credit_pool(after, block, context)) return problem;
    if (payload && payload->version >= 3 && payload->credit_pool_duffs != after.credit_pool_duffs) {
        return "bad-cbtx-assetlocked-amount";
    }
    if (const Reject problem = advance_lists(after, block, context)) return problem;
    if (!payload) return std::nullopt;
    if (const Reject problem = check_commitments_of_cbtx(*payload, after)) return problem;
    return check_chain_lock(*payload, before, context, after.coinbase_chain_lock);
}

}  // namespace

Reject connect_block(const dash::Block& block, const EvoContext& context, CoinSet& coins, EvoState& state,
                     BlockUndo& undo) {
    if (overwrites(block, coins)) return "bad-txns-BIP30";
    EvoState after = state;
    if (const Reject problem = check_evo(block, context, state, after)) return problem;

    std::size_t connected = 0;
    std::uint64_t fees = 0;
    Reject problem = connect_transactions(block, context.height, coins, undo, connected, fees);
    if (!problem) problem = check_value(block.transactions[0], context, fees);
    if (!problem) problem = check_payees(block.transactions[0], state, context, fees);
    if (problem) {
        dash::Block part;
        part.transactions.assign(block.transactions.begin(),
                                 block.transactions.begin() + static_cast<std::ptrdiff_t>(connected));
        coins.undo(part, undo);
        undo.spent.clear();
        return problem;
    }
    state = std::move(after);
    return std::nullopt;
}

}  // namespace simnet
