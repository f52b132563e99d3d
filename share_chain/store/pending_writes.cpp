#include "share_chain/store/pending_writes.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace share_chain::store {

using Kind = PendingWrite::Kind;

PendingWrite& PendingWrites::set(const dash::Uint256& hash, Kind kind) {
    const auto [entry, created] = pending_.try_emplace(hash);
    PendingWrite& write = entry->second;
    if (!created && write.kind == Kind::kRemove) --removals_;
    if (kind == Kind::kRemove) ++removals_;
    write.revision = ++changes_;
    if (created || write.kind != kind) write.order = changes_;
    write.kind = kind;
    write.hash = hash;
    return write;
}

PendingWrites::Entries::iterator PendingWrites::erase(Entries::iterator entry) {
    if (entry->second.kind == Kind::kRemove) --removals_;
    return pending_.erase(entry);
}

void PendingWrites::store(SharePtr share) {
    PendingWrite& write = set(share->hash, Kind::kStore);
    write.share = std::move(share);
    write.verified = false;
}

void PendingWrites::verify(const dash::Uint256& hash) {
    const auto entry = pending_.find(hash);
    if (entry != pending_.end()) {
        if (entry->second.kind == Kind::kStore) set(hash, Kind::kStore).verified = true;
        return;
    }
    if (stored_.count(hash) != 0) set(hash, Kind::kVerify);
}

void PendingWrites::remove(const dash::Uint256& hash) {
    if (stored_.count(hash) != 0 || being_stored_.count(hash) != 0) {
        set(hash, Kind::kRemove).share = nullptr;
    } else if (const auto entry = pending_.find(hash); entry != pending_.end()) {
        erase(entry);
    }
}

template <typename Condition>
std::vector<PendingWrite> PendingWrites::in_order(Condition condition) const {
    std::vector<PendingWrite> writes;
    for (const auto& [hash, write] : pending_) {
        if (condition(write)) writes.push_back(write);
    }
    std::sort(writes.begin(), writes.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
    return writes;
}

std::vector<PendingWrite> PendingWrites::begin_additions() {
    std::vector<PendingWrite> writes = in_order([](const PendingWrite& write) { return write.kind != Kind::kRemove; });
    for (const PendingWrite& write : writes) {
        if (write.kind == Kind::kStore) being_stored_.insert(write.hash);
    }
    return writes;
}

std::vector<PendingWrite> PendingWrites::begin_removals() {
    return in_order([](const PendingWrite& write) { return write.kind == Kind::kRemove; });
}

void PendingWrites::done(std::span<const PendingWrite> writes) {
    for (const PendingWrite& write : writes) {
        being_stored_.erase(write.hash);
        if (write.kind == Kind::kStore) stored_.insert(write.hash);
        if (write.kind == Kind::kRemove) stored_.erase(write.hash);
        const auto entry = pending_.find(write.hash);
        if (entry != pending_.end() && entry->second.revision == write.revision) erase(entry);
    }
}

void PendingWrites::failed() {
    being_stored_.clear();
    for (auto entry = pending_.begin(); entry != pending_.end();) {
        const bool pointless = entry->second.kind == Kind::kRemove && stored_.count(entry->first) == 0;
        entry = pointless ? erase(entry) : std::next(entry);
    }
}

}  // namespace share_chain::store
