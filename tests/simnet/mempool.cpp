#include "tests/simnet/mempool.h"

#include <algorithm>
#include <set>

#include "dash/util/error.h"

namespace simnet {
namespace {

/// An entry and all it depends on, as positions.
std::set<std::size_t> with_ancestors(const Mempool& mempool, std::size_t position) {
    std::set<std::size_t> result{position};
    std::vector<std::size_t> open{position};
    while (!open.empty()) {
        const std::size_t next = open.back();
        open.pop_back();
        for (const std::size_t parent : mempool.parents(mempool.entries()[next])) {
            if (result.insert(parent).second) open.push_back(parent);
        }
    }
    return result;
}

struct Package {
    std::set<std::size_t> members;
    double fee_per_byte = 0;
};

Package make_package(const Mempool& mempool, std::size_t position) {
    Package package;
    package.members = with_ancestors(mempool, position);
    double fee = 0;
    double bytes = 0;
    for (const std::size_t member : package.members) {
        fee += static_cast<double>(mempool.entries()[member].fee_duffs);
        bytes += static_cast<double>(mempool.entries()[member].bytes);
    }
    package.fee_per_byte = fee / bytes;
    return package;
}

}  // namespace

Mempool::Mempool(Chain& chain) : chain_(chain) {
    chain_.on_new_tip([this](const auto& disconnected, const auto& connected) { follow(disconnected, connected); });
}

const MempoolEntry* Mempool::find(const dash::Uint256& txid) const {
    const auto found = positions_.find(txid);
    return found == positions_.end() ? nullptr : &entries_[found->second];
}

const Coin* Mempool::find_coin(const dash::OutPoint& outpoint) {
    if (const Coin* coin = chain_.coins().find(outpoint)) return coin;
    const MempoolEntry* parent = find(outpoint.hash);
    if (parent == nullptr || outpoint.index >= parent->transaction.outputs.size()) return nullptr;
    unconfirmed_ = Coin{parent->transaction.outputs[outpoint.index], chain_.tip().height + 1, false};
    return &unconfirmed_;
}

Reject Mempool::check(const dash::Transaction& transaction, std::uint64_t& fee) {
    for (const dash::TxIn& input : transaction.inputs) {
        if (is_spent(input.previous_output)) return "txn-mempool-conflict";
    }
    const auto find_in = [this](const dash::OutPoint& outpoint) { return find_coin(outpoint); };
    return check_inputs(transaction, chain_.tip().height + 1, find_in, fee);
}

Reject Mempool::add(const dash::Transaction& transaction) {
    MempoolEntry entry;
    entry.txid = transaction.txid();
    if (positions_.count(entry.txid) != 0) return "txn-already-in-mempool";
    if (entries_.size() >= kMostTransactions) return "mempool full";
    try {
        if (const Reject problem = check(transaction, entry.fee_duffs)) return problem;
    } catch (const dash::DecodeError&) {
        return "bad-assetunlocktx-payload";
    }
    entry.transaction = transaction;
    entry.bytes = transaction.serialize().size();
    entry.sigops = count_sigops(transaction);
    entry.time = chain_.now();
    entry.height = chain_.tip().height;
    for (const dash::TxIn& input : transaction.inputs)
        spent_.insert(input.previous_output);
    positions_.emplace(entry.txid, entries_.size());
    entries_.push_back(std::move(entry));
    ++updates_;
    return std::nullopt;
}

void Mempool::clear() {
    entries_.clear();
    positions_.clear();
    spent_.clear();
    ++updates_;
}

void Mempool::follow(const std::vector<const BlockEntry*>& disconnected,
                     const std::vector<const BlockEntry*>& connected) {
    std::vector<dash::Transaction> waiting;
    for (auto block = disconnected.rbegin(); block != disconnected.rend(); ++block) {
        const auto& transactions = (*block)->block->transactions;
        for (std::size_t i = 1; i < transactions.size(); ++i) {
            if (transactions[i].type != kQuorumCommitment) waiting.push_back(transactions[i]);
        }
    }
    std::unordered_set<dash::Uint256> confirmed;
    for (const BlockEntry* block : connected) {
        for (const dash::Transaction& transaction : block->block->transactions)
            confirmed.insert(transaction.txid());
    }
    for (MempoolEntry& entry : entries_)
        waiting.push_back(std::move(entry.transaction));
    clear();
    for (const dash::Transaction& transaction : waiting) {
        // What does not fit any more is gone, as it is with a real daemon.
        if (confirmed.count(transaction.txid()) == 0) static_cast<void>(add(transaction));
    }
}

std::vector<std::size_t> Mempool::parents(const MempoolEntry& entry) const {
    std::vector<std::size_t> result;
    for (const dash::TxIn& input : entry.transaction.inputs) {
        const auto found = positions_.find(input.previous_output.hash);
        if (found != positions_.end()) result.push_back(found->second);
    }
    return result;
}

std::vector<const MempoolEntry*> Mempool::select(std::size_t max_bytes, std::size_t max_sigops) const {
    std::vector<Package> packages;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        packages.push_back(make_package(*this, i));
    std::stable_sort(packages.begin(), packages.end(),
                     [](const Package& a, const Package& b) { return a.fee_per_byte > b.fee_per_byte; });
    std::vector<const MempoolEntry*> chosen;
    std::vector<bool> taken(entries_.size());
    for (const Package& package : packages) {
        std::size_t bytes = 0;
        std::size_t sigops = 0;
        for (const std::size_t member : package.members) {
            if (taken[member]) continue;
            bytes += entries_[member].bytes;
            sigops += entries_[member].sigops;
        }
        if (bytes > max_bytes || sigops > max_sigops) continue;
        max_bytes -= bytes;
        max_sigops -= sigops;
        for (const std::size_t member : package.members) {
            if (!taken[member]) chosen.push_back(&entries_[member]);
            taken[member] = true;
        }
    }
    return chosen;
}

}  // namespace simnet
