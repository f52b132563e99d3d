#include "tests/unit/tracker/slow_tracker.h"

#include <algorithm>
#include <tuple>

#include "dash/primitives/target.h"
#include "dash/primitives/wide.h"

namespace tests {

using share_chain::SharePtr;

SlowTracker::SlowTracker(const share_chain::Tracker& tracker, const std::vector<Hash>& hashes,
                         std::function<std::int64_t(const Hash&)> block_relative_height)
    : network_(tracker.network()), block_relative_height_(std::move(block_relative_height)) {
    for (const Hash& hash : hashes) {
        if (!tracker.contains(hash)) continue;
        shares_[hash] = tracker.find(hash);
        time_seen_[hash] = tracker.time_seen(hash);
        if (tracker.is_verified(hash)) verified_.insert(hash);
    }
    known_ = [this](const Hash& hash) { return shares_.count(hash) != 0; };
    is_verified_ = [this](const Hash& hash) { return verified_.count(hash) != 0; };
}

std::vector<SharePtr> SlowTracker::line(Hash hash, const Within& within) const {
    std::vector<SharePtr> shares;
    for (; within(hash); hash = shares.back()->previous_hash())
        shares.push_back(shares_.at(hash));
    return shares;
}

SlowTracker::Hash SlowTracker::tail(const Hash& hash, const Within& within) const {
    return line(hash, within).back()->previous_hash();
}

std::set<SlowTracker::Hash> SlowTracker::heads(const Within& within) const {
    std::set<Hash> found;
    for (const auto& [hash, share] : shares_) {
        if (within(hash)) found.insert(hash);
    }
    for (const auto& [hash, share] : shares_) {
        if (within(hash)) found.erase(share->previous_hash());
    }
    return found;
}

std::vector<SlowTracker::Hash> SlowTracker::children(const Hash& hash) const {
    std::vector<Hash> found;
    for (const auto& [child, share] : shares_) {
        if (share->previous_hash() == hash) found.push_back(child);
    }
    return found;
}

dash::Wide SlowTracker::verified_work(const Hash& hash) const {
    dash::Wide work = 0;
    for (const SharePtr& share : line(hash, is_verified_))
        work += dash::average_attempts(share->target);
    return work;
}

std::pair<std::uint64_t, double> SlowTracker::score(const Hash& head) const {
    const std::vector<SharePtr> shares = line(head, is_verified_);
    const std::size_t length = network_.chain_length;
    if (shares.size() < length) return {shares.size(), 0};
    dash::Wide work = 0;
    for (std::size_t i = 0; i < length * 15 / 16; ++i)
        work += dash::average_attempts(shares[i]->target);
    std::int64_t block = INT64_MIN;
    for (std::size_t i = 0; i < length / 16; ++i) {
        block = std::max(block, block_relative_height_(shares[length * 15 / 16 + i]->header.previous_block));
    }
    return {length, dash::true_division(work, (1 - block) * network_.parent->block_period_seconds)};
}

std::vector<SlowTracker::Hash> SlowTracker::ranked_heads() const {
    std::map<Hash, std::vector<Hash>> by_tail;
    for (const Hash& head : heads(is_verified_))
        by_tail[tail(head, is_verified_)].push_back(head);
    if (by_tail.empty()) return {};
    const auto its_score = [this](const auto& entry) {
        const auto heaviest =
            std::max_element(entry.second.begin(), entry.second.end(),
                             [this](const Hash& a, const Hash& b) { return verified_work(a) < verified_work(b); });
        return std::pair(score(*heaviest), entry.first);
    };
    const auto best = std::max_element(by_tail.begin(), by_tail.end(),
                                       [&](const auto& a, const auto& b) { return its_score(a) < its_score(b); });
    std::vector<std::tuple<dash::Wide, int, double, Hash>> ranks;
    for (const Hash& head : best->second) {
        const std::vector<SharePtr> shares = line(head, is_verified_);
        const Hash base = shares.size() > 5 ? shares[5]->hash : shares.back()->previous_hash();
        ranks.emplace_back(verified_work(base), shares_.at(head)->claims_block() ? 1 : 0, -time_seen_.at(head), head);
    }
    std::sort(ranks.rbegin(), ranks.rend());
    std::vector<Hash> hashes;
    for (const auto& rank : ranks)
        hashes.push_back(std::get<3>(rank));
    return hashes;
}

void SlowTracker::remove(const Hash& hash) {
    shares_.erase(hash);
    verified_.erase(hash);
}

void SlowTracker::prune(double now, const std::vector<Hash>& ranked_heads) {
    const std::set<Hash> best(ranked_heads.begin(),
                              ranked_heads.begin() + std::min<std::ptrdiff_t>(5, std::ssize(ranked_heads)));
    for (int round = 0; round < 1000 && !best.empty(); ++round) {
        std::vector<Hash> dead;
        for (const Hash& head : heads(known_)) {
            if (best.count(head) != 0 || time_seen_.at(head) > now - 300) continue;
            double bottom_seen = 0;
            for (const Hash& share : children(tail(head, known_)))
                bottom_seen = std::max(bottom_seen, time_seen_.at(share));
            if (!is_verified_(head) && bottom_seen > now - 120) continue;
            dead.push_back(head);
        }
        if (dead.empty()) break;
        for (const Hash& hash : dead)
            remove(hash);
    }
    while (true) {
        std::map<Hash, std::size_t> shortest;
        for (const Hash& head : heads(known_)) {
            std::size_t& height = shortest.try_emplace(tail(head, known_), SIZE_MAX).first->second;
            height = std::min(height, line(head, known_).size());
        }
        std::vector<Hash> old;
        for (const auto& [tail, height] : shortest) {
            if (height < 2 * network_.chain_length + 10) continue;
            for (const Hash& share : children(tail))
                old.push_back(share);
        }
        if (old.empty()) break;
        for (const Hash& hash : old)
            remove(hash);
    }
}

}  // namespace tests
