#include "tests/simnet/compact_download.h"

#include <unordered_map>

#include "dash/util/error.h"

namespace simnet {

CompactDownload::CompactDownload(const dash::p2p::CompactBlock& compact, const Mempool& mempool) {
    block_->header = compact.header;
    std::vector<dash::Transaction>& transactions = block_->transactions;
    transactions.resize(compact.short_ids.size() + compact.prefilled.size());
    if (transactions.empty()) throw dash::PeerMisbehaving("a compact block without transactions");
    std::vector<bool> present(transactions.size());
    for (const dash::p2p::PrefilledTransaction& each : compact.prefilled) {
        dash::Transaction transaction = dash::parse_transaction(each.transaction);
        if (transaction.inputs.empty() && transaction.outputs.empty()) {
            throw dash::PeerMisbehaving("a prefilled transaction that looks empty");
        }
        transactions[each.index] = std::move(transaction);
        present[each.index] = true;
    }
    const dash::p2p::ShortIds short_id(compact.header, compact.nonce);
    std::unordered_map<std::uint64_t, const dash::Transaction*> by_id;
    for (const MempoolEntry& entry : mempool.entries())
        by_id[short_id(entry.txid)] = &entry.transaction;
    auto id = compact.short_ids.begin();
    for (std::uint32_t i = 0; i < transactions.size(); ++i) {
        if (present[i]) continue;
        const auto known = by_id.find(*id++);
        if (known == by_id.end()) {
            missing_.push_back(i);
        } else {
            transactions[i] = *known->second;
        }
    }
}

void CompactDownload::fill(const std::vector<dash::Bytes>& transactions) {
    if (transactions.size() != missing_.size()) throw dash::PeerMisbehaving("other transactions than were asked for");
    for (std::size_t i = 0; i < missing_.size(); ++i)
        block_->transactions[missing_[i]] = dash::parse_transaction(transactions[i]);
    missing_.clear();
}

}  // namespace simnet
