#include "tests/simnet/block_template.h"

#include <algorithm>

#include "dash/primitives/merkle.h"
#include "dash/primitives/script.h"
#include "dash/x11/x11.h"
#include "tests/simnet/quorums.h"

namespace simnet {
namespace {

constexpr std::size_t kReservedBytes = 1000;
constexpr std::size_t kReservedSigops = 100;
constexpr std::uint32_t kRefreshSeconds = 5;

std::vector<TemplateEntry> commitments_for(Chain& chain, const BlockEntry& parent) {
    const EvoContext context = chain.evo_context(parent);
    const auto state = chain.evo_state(parent);
    std::vector<TemplateEntry> entries;
    for (const QuorumCommitment& null : state->quorums.required(context.rules, context.height, context.hash_at)) {
        QuorumCommitment chosen = null;
        for (const QuorumCommitment& result : context.network.quorum_results) {
            if (result.type == null.type && result.quorum_hash == null.quorum_hash) chosen = result;
        }
        TemplateEntry entry;
        entry.transaction = commitment_transaction(chosen, context.height);
        entry.txid = entry.transaction.txid();
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<TemplateEntry> mempool_choice(const Mempool& mempool, std::size_t used_bytes) {
    std::vector<TemplateEntry> entries;
    const std::size_t room = kMaxBlockBytes - kReservedBytes - used_bytes;
    for (const MempoolEntry* entry : mempool.select(room, kMaxBlockSigops - kReservedSigops)) {
        entries.push_back({entry->transaction, entry->txid, entry->fee_duffs, entry->sigops});
    }
    return entries;
}

dash::Block as_block(const std::vector<TemplateEntry>& entries) {
    dash::Block block;
    block.transactions.emplace_back();  // stands for the coinbase
    for (const TemplateEntry& entry : entries)
        block.transactions.push_back(entry.transaction);
    return block;
}

bool are_allowed(Chain& chain, const BlockEntry& parent, const std::vector<TemplateEntry>& entries) {
    EvoState state = *chain.evo_state(parent);
    return !advance(state, as_block(entries), chain.evo_context(parent));
}

/// Drops special transactions that the chain has overtaken: expired or unaffordable unlocks, updates of masternodes
/// that are gone.
std::vector<TemplateEntry> keep_allowed(Chain& chain, const BlockEntry& parent,
                                        const std::vector<TemplateEntry>& commitments,
                                        std::vector<TemplateEntry> chosen) {
    std::vector<TemplateEntry> all = commitments;
    all.insert(all.end(), chosen.begin(), chosen.end());
    if (are_allowed(chain, parent, all)) return all;
    std::erase_if(chosen, [](const TemplateEntry& entry) { return entry.transaction.type == kAssetUnlock; });
    all = commitments;
    all.insert(all.end(), chosen.begin(), chosen.end());
    return are_allowed(chain, parent, all) ? all : commitments;
}

}  // namespace

BlockTemplate make_template(Chain& chain, const BlockEntry& parent, const Mempool* mempool) {
    std::vector<TemplateEntry> commitments = commitments_for(chain, parent);
    if (mempool == nullptr) return make_template(chain, parent, std::move(commitments));
    std::size_t used_bytes = 0;
    for (const TemplateEntry& entry : commitments)
        used_bytes += entry.transaction.serialize().size();
    std::vector<TemplateEntry> chosen = mempool_choice(*mempool, used_bytes);
    BlockTemplate result = make_template(chain, parent, keep_allowed(chain, parent, commitments, std::move(chosen)));
    result.mempool_updates = mempool->updates();
    return result;
}

BlockTemplate make_template(Chain& chain, const BlockEntry& parent, std::vector<TemplateEntry> transactions) {
    const EvoContext context = chain.evo_context(parent);
    const auto before = chain.evo_state(parent);
    EvoState after = *before;
    // Called with transactions that were tried before, or by a test that wants to see them refused.
    static_cast<void>(advance(after, as_block(transactions), context));

    BlockTemplate result;
    result.height = context.height;
    result.version = context.rules.block_version(context.height);
    result.previous_block = parent.hash;
    result.bits = context.rules.expected_bits(context.height);
    result.previous_bits = parent.header.bits;
    result.min_time = Chain::median_time_past(parent) + 1;
    result.time = std::max(chain.now(), result.min_time);
    std::uint64_t fees = 0;
    for (const TemplateEntry& entry : transactions)
        fees += entry.fee_duffs;
    result.transactions = std::move(transactions);
    result.coinbase_value_duffs = context.rules.block_subsidy(context.height) + fees;
    result.masternode = masternode_payments(*before, context.rules, context.height, fees);
    const auto superblock = context.network.superblocks.find(context.height);
    if (superblock != context.network.superblocks.end()) result.superblock = superblock->second;
    for (const dash::TxOut& payment : result.superblock)
        result.coinbase_value_duffs += payment.value_duffs;
    if (context.height >= context.rules.dip3) result.coinbase_payload = make_cbtx(*before, after, context).encode();
    return result;
}

dash::Block assemble(const BlockTemplate& block_template, const dash::Bytes& payout_script, dash::ByteSpan extra) {
    dash::Transaction coinbase;
    coinbase.inputs.resize(1);
    coinbase.inputs[0].script = dash::push_height(block_template.height);
    dash::append(coinbase.inputs[0].script, extra);
    if (coinbase.inputs[0].script.size() < 2) coinbase.inputs[0].script.push_back(0);
    std::uint64_t owed = 0;
    coinbase.outputs.push_back({0, payout_script});
    for (const auto* payments : {&block_template.masternode, &block_template.superblock}) {
        for (const dash::TxOut& payment : *payments) {
            owed += payment.value_duffs;
            coinbase.outputs.push_back(payment);
        }
    }
    coinbase.outputs[0].value_duffs = block_template.coinbase_value_duffs - owed;
    if (!block_template.coinbase_payload.empty()) {
        coinbase.version = 3;
        coinbase.type = kCoinbase;
        coinbase.extra_payload = block_template.coinbase_payload;
    }

    dash::Block block;
    block.transactions.push_back(std::move(coinbase));
    std::vector<dash::Uint256> txids{block.transactions[0].txid()};
    for (const TemplateEntry& entry : block_template.transactions) {
        block.transactions.push_back(entry.transaction);
        txids.push_back(entry.txid);
    }
    block.header.version = block_template.version;
    block.header.previous_block = block_template.previous_block;
    block.header.merkle_root = dash::merkle_root(txids);
    block.header.timestamp = block_template.time;
    block.header.bits = block_template.bits;
    return block;
}

bool grind(dash::BlockHeader& header, const std::atomic<bool>& stop) {
    const dash::Uint256 target = checked_target(header.bits);
    while (dash::x11::hash_number(header.serialize()) > target) {
        if (stop) return false;
        if (++header.nonce == 0) ++header.timestamp;
    }
    return true;
}

const BlockTemplate& TemplateCache::get() {
    const bool stale = !current_ || current_->previous_block != chain_.tip().hash ||
                       (current_->mempool_updates != mempool_.updates() && chain_.now() - made_at_ > kRefreshSeconds);
    if (stale) {
        current_ = std::make_unique<BlockTemplate>(make_template(chain_, chain_.tip(), &mempool_));
        made_at_ = chain_.now();
    }
    current_->time = std::max(chain_.now(), current_->min_time);
    return *current_;
}

}  // namespace simnet
