#include <algorithm>
#include <limits>
#include <map>

#include "share_chain/tracker.h"

/// Forgetting what nobody needs (python p2pool.node clean_tracker).
namespace share_chain {
namespace {

constexpr double kHeadLifeSeconds = 300;
/// A line that is not verified may still be on its way to us: it lives while its oldest shares are as young as this.
constexpr double kUnverifiedLineLifeSeconds = 120;
/// So much of one dead line is eaten in one go.
constexpr int kSharesEatenOfALine = 1000;
constexpr std::uint64_t kSpareHeight = 10;

}  // namespace

/// A removed head uncovers its parent, which is judged in turn. Nothing else changes a judgement: a share young enough
/// to keep its line's heads alive is too young to be removed.
void Tracker::eat_dead_heads(double now, const Decision& last, std::vector<dash::Uint256>& removed) {
    if (last.ranked_heads.empty()) return;
    std::vector<dash::Uint256> best;
    for (const RankedHead& head : last.ranked_heads) {
        if (best.size() < kBestHeadsKept) best.push_back(head.hash);
    }
    std::map<dash::Uint256, bool> arriving;  // by tail
    const auto is_arriving = [&](const dash::Uint256& tail) {
        const auto [entry, is_first] = arriving.try_emplace(tail);
        if (is_first) {
            const std::vector<dash::Uint256> oldest = all_.children(tail);
            entry->second = std::any_of(oldest.begin(), oldest.end(), [&](const dash::Uint256& share) {
                return time_seen(share) > now - kUnverifiedLineLifeSeconds;
            });
        }
        return entry->second;
    };
    const auto is_dead = [&](const dash::Uint256& head) {
        if (std::find(best.begin(), best.end(), head) != best.end()) return false;
        if (time_seen(head) > now - kHeadLifeSeconds) return false;
        return verified_.contains(head) || !is_arriving(all_.line(head).tail);
    };
    std::vector<dash::Uint256> heads = this->heads();
    for (int round = 0; round < kSharesEatenOfALine && !heads.empty(); ++round) {
        heads.erase(std::remove_if(heads.begin(), heads.end(), [&](const auto& head) { return !is_dead(head); }),
                    heads.end());
        std::vector<dash::Uint256> uncovered;
        for (const dash::Uint256& head : heads) {
            const dash::Uint256 parent = entries_.at(head).share->previous_hash();
            erase(head, removed);
            if (all_.heads().count(parent) != 0) uncovered.push_back(parent);
        }
        heads = std::move(uncovered);
    }
}

/// Shortens the lines of every tail at their old end until the shortest has no more than what is needed.
void Tracker::drop_tails(std::vector<dash::Uint256>& removed) {
    const std::uint64_t limit = 2 * std::uint64_t{network_.chain_length} + kSpareHeight;
    for (bool again = true; again;) {
        again = false;
        std::map<dash::Uint256, std::uint64_t> shortest;
        for (const dash::Uint256& head : all_.heads()) {
            const Line line = all_.line(head);
            const auto [tail, created] = shortest.try_emplace(line.tail, line.height);
            if (!created) tail->second = std::min(tail->second, line.height);
        }
        for (const auto& [lowest_tail, lowest_height] : shortest) {
            dash::Uint256 tail = lowest_tail;
            for (std::uint64_t height = lowest_height; height >= limit; --height) {
                const std::vector<dash::Uint256> oldest = all_.children(tail);
                for (const dash::Uint256& share : oldest)
                    erase(share, removed);
                tail = oldest.front();
                if (oldest.size() > 1) {
                    again = true;  // each has lines of its own now
                    break;
                }
            }
        }
    }
}

std::vector<dash::Uint256> Tracker::prune(double now, const Decision& last) {
    std::vector<dash::Uint256> removed;
    eat_dead_heads(now, last, removed);
    drop_tails(removed);
    return removed;
}

}  // namespace share_chain
