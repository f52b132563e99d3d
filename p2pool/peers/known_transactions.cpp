#include "p2pool/peers/known_transactions.h"

#include "dash/util/steady_seconds.h"

namespace p2pool::peers {
namespace {

/// What a transaction takes besides its bytes: entries in maps and sets.
constexpr std::size_t kOverhead = 200;

std::size_t cost(const std::shared_ptr<const dash::Bytes>& bytes) {
    return bytes->size() + kOverhead;
}

}  // namespace

bool KnownTransactions::add(const KnownTransaction& transaction) {
    const bool is_new = known_.try_emplace(transaction.txid, Entry{transaction.bytes, 0}).second;
    if (!is_new) return false;
    bytes_ += cost(transaction.bytes);
    loose_bytes_ += cost(transaction.bytes);
    return true;
}

std::shared_ptr<const dash::Bytes> KnownTransactions::find(const dash::Uint256& txid) const {
    const auto found = known_.find(txid);
    return found == known_.end() ? nullptr : found->second.bytes;
}

std::shared_ptr<const dash::Bytes> KnownTransactions::find_late(const dash::Uint256& txid) const {
    if (auto known = find(txid)) return known;
    const auto found = late_.find(txid);
    return found == late_.end() ? nullptr : found->second;
}

bool KnownTransactions::was_known(const dash::Uint256& txid) const {
    return contains(txid) || gone_names_.count(txid) != 0;
}

void KnownTransactions::hold(const dash::Uint256& txid) {
    const auto found = known_.find(txid);
    if (found != known_.end() && found->second.holders++ == 0) loose_bytes_ -= cost(found->second.bytes);
}

void KnownTransactions::release(const dash::Uint256& txid) {
    const auto found = known_.find(txid);
    if (found != known_.end() && --found->second.holders == 0) loose_bytes_ += cost(found->second.bytes);
}

std::vector<dash::Uint256> KnownTransactions::trim(const std::function<bool(const dash::Uint256&)>& is_needed) {
    forget_old_graves();
    std::vector<dash::Uint256> dropped;
    for (auto entry = known_.begin(); entry != known_.end();) {
        if (entry->second.holders > 0 || is_needed(entry->first)) {
            ++entry;
            continue;
        }
        bytes_ -= cost(entry->second.bytes);
        loose_bytes_ -= cost(entry->second.bytes);
        dropped.push_back(entry->first);
        bury(entry->first, std::move(entry->second.bytes));
        entry = known_.erase(entry);
    }
    left_loose_bytes_ = loose_bytes_;
    return dropped;
}

void KnownTransactions::bury(const dash::Uint256& txid, std::shared_ptr<const dash::Bytes> bytes) {
    if (gone_names_.insert(txid).second) {
        gone_order_.push_back(txid);
        if (gone_order_.size() > kMostGoneNames) {
            gone_names_.erase(gone_order_.front());
            gone_order_.pop_front();
        }
    }
    const std::size_t size = cost(bytes);
    if (!late_.emplace(txid, std::move(bytes)).second) return;
    late_order_.push_back({txid, dash::steady_seconds(clock_) + kLateSeconds});
    late_bytes_ += size;
    forget_old_graves();
}

void KnownTransactions::forget_old_graves() {
    const double now = dash::steady_seconds(clock_);
    while (!late_order_.empty() && (late_order_.front().until <= now || late_bytes_ > kMostLooseBytes)) {
        const auto oldest = late_.find(late_order_.front().txid);
        late_bytes_ -= cost(oldest->second);
        late_.erase(oldest);
        late_order_.pop_front();
    }
}

}  // namespace p2pool::peers
