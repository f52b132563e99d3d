#include "web/model/share_index.h"

#include <algorithm>

namespace web {

void ShareIndex::apply(const ShareChange& change) {
    const auto known = entries_.find(change.hash);
    switch (change.kind) {
        case ShareChange::Kind::kAdded:
            if (known != entries_.end()) return;
            entries_.emplace(change.hash, Entry{change.share, change.time_seen, change.source, change.verified});
            children_[change.share->previous_hash()].push_back(change.hash);
            return;
        case ShareChange::Kind::kVerified:
            if (known != entries_.end()) known->second.verified = true;
            return;
        case ShareChange::Kind::kRemoved: {
            if (known == entries_.end()) return;
            const auto siblings = children_.find(known->second.share->previous_hash());
            auto& hashes = siblings->second;
            hashes.erase(std::remove(hashes.begin(), hashes.end(), change.hash), hashes.end());
            if (hashes.empty()) children_.erase(siblings);
            entries_.erase(known);
        }
    }
}

const ShareIndex::Entry* ShareIndex::find(const dash::Uint256& hash) const {
    const auto found = entries_.find(hash);
    return found == entries_.end() ? nullptr : &found->second;
}

std::vector<dash::Uint256> ShareIndex::children(const dash::Uint256& hash) const {
    const auto found = children_.find(hash);
    return found == children_.end() ? std::vector<dash::Uint256>() : found->second;
}

std::vector<const ShareIndex::Entry*> ShareIndex::line(const dash::Uint256& hash, std::uint64_t count) const {
    std::vector<const Entry*> entries;
    const Entry* entry = find(hash);
    while (entry != nullptr && entries.size() < count) {
        entries.push_back(entry);
        entry = find(entry->share->previous_hash());
    }
    return entries;
}

bool ShareIndex::has_child(const dash::Uint256& hash, bool verified) const {
    const auto found = children_.find(hash);
    if (found == children_.end()) return false;
    return !verified || std::any_of(found->second.begin(), found->second.end(),
                                    [this](const dash::Uint256& child) { return find(child)->verified; });
}

std::vector<dash::Uint256> ShareIndex::heads(bool verified) const {
    std::vector<dash::Uint256> hashes;
    for (const auto& [hash, entry] : entries_) {
        if ((entry.verified || !verified) && !has_child(hash, verified)) hashes.push_back(hash);
    }
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

std::vector<dash::Uint256> ShareIndex::tails(bool verified) const {
    std::vector<dash::Uint256> hashes;
    for (const auto& [hash, entry] : entries_) {
        if (verified && !entry.verified) continue;
        const Entry* parent = find(entry.share->previous_hash());
        if (parent == nullptr || (verified && !parent->verified)) hashes.push_back(hash);
    }
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

std::vector<dash::Uint256> ShareIndex::transactions(const share_chain::Share& share) const {
    std::vector<dash::Uint256> hashes;
    std::vector<const share_chain::Share*> announcers{&share};
    for (const share_chain::TransactionRef& ref : share.info().transaction_hash_refs) {
        while (announcers.size() <= ref.share_count) {
            const Entry* parent = find(announcers.back()->previous_hash());
            if (parent == nullptr) return {};
            announcers.push_back(parent->share.get());
        }
        const auto& announced = announcers[ref.share_count]->info().new_transaction_hashes;
        if (ref.tx_count >= announced.size()) return {};
        hashes.push_back(announced[ref.tx_count]);
    }
    return hashes;
}

}  // namespace web
