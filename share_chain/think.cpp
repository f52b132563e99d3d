#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "dash/util/error.h"
#include "share_chain/context_check.h"
#include "share_chain/tracker.h"

/// The choice of the best share (python p2pool.data OkayTracker.think).
namespace share_chain {
namespace {

/// So many shares at the young end of a line are tried before it is given up, are looked at for its time, and do not
/// count for the choice among heads.
constexpr std::uint64_t kYoungShares = 5;
/// A block with more than this is refused by the network.
constexpr std::size_t kMostTransactionBytes = 2000000;
constexpr std::int64_t kStaleLineSeconds = 3600;
constexpr std::int64_t kStaleLineSecondsWithoutChain = 24 * 3600;

bool all_reach_genesis(const Forest& forest) {
    return forest.tails().size() == 1 && forest.tails().begin()->is_zero();
}

bool better(const RankedHead& a, const RankedHead& b) {
    return std::tie(b.work, a.punishment, a.time_seen, b.hash) < std::tie(a.work, b.punishment, b.time_seen, a.hash);
}

}  // namespace

bool Tracker::verify(const dash::Uint256& hash, Decision& decision) {
    if (verified_.contains(hash)) return true;
    Entry& entry = entries_.at(hash);
    if (entry.rejected) return false;
    try {
        environment_.check(*this, *entry.share);
    } catch (const std::exception& error) {
        entry.rejected = true;
        decision.rejected.emplace_back(hash, error.what());
        return false;
    }
    trust(hash);
    decision.newly_verified.push_back(hash);
    return true;
}

/// `head` stands, in `forest`, on shares whose sources should have `parent` too.
void Tracker::want(Wants& wants, const dash::Uint256& parent, const dash::Uint256& head, const Forest& forest) const {
    const Line line = forest.line(head);
    const auto [entry, is_first] = wants.try_emplace(parent);
    Want& want = entry->second;
    if (is_first) {
        for (const dash::Uint256& child : forest.children(line.tail)) {
            want.source = source(child);
            if (!want.source.empty()) break;
        }
    }
    for (const SharePtr& share : chain(head, std::min(kYoungShares, line.height))) {
        want.newest = std::max<std::int64_t>(want.newest, share->info().timestamp);
    }
}

/// Every head that is not verified is tried, then the shares below it, until one passes; if none can be tried or
/// passes, the missing parent of the line is wanted.
void Tracker::verify_heads(Decision& decision, Wants& wants) {
    std::vector<dash::Uint256> failed;
    std::vector<dash::Uint256> heads;
    std::copy_if(unverified_.begin(), unverified_.end(), std::back_inserter(heads),
                 [this](const dash::Uint256& hash) { return all_.heads().count(hash) != 0; });
    const std::uint64_t length = network_.chain_length;
    for (const dash::Uint256& head : heads) {
        const Line line = all_.line(head);
        const std::uint64_t with_context = line.height > length ? line.height - length : 0;
        std::uint64_t tries = line.tail.is_zero() ? line.height : std::min(kYoungShares, with_context);
        bool passed = false;
        for (dash::Uint256 at = head; tries > 0 && !passed; --tries) {
            passed = verify(at, decision);
            if (!passed) failed.push_back(at);
            at = entries_.at(at).share->previous_hash();
        }
        if (!passed && !line.tail.is_zero()) want(wants, line.tail, head, all_);
    }
    drop_rejected(failed, decision);
}

/// Whether the peer whom it came from has to know that it is bad. Who tells a good share tells its parents with it,
/// and need not have been able to check these.
bool Tracker::is_to_blame(const Entry& bad) const {
    if (bad.source.peer.empty() || !bad.source.vouches) return false;
    const std::vector<dash::Uint256> children = all_.children(bad.share->hash);
    return std::none_of(children.begin(), children.end(),
                        [this](const dash::Uint256& child) { return verified_.contains(child); });
}

/// Takes out what can be: a rejected share with a child of which it is not the first known stays. (Such a child may
/// pass its own check: a share does not depend on its parent's coinbase. It then stands in a verified line of its own.)
void Tracker::drop_rejected(const std::vector<dash::Uint256>& rejected, Decision& decision) {
    for (const dash::Uint256& hash : rejected) {
        const Entry* const bad = entry(hash);
        if (bad == nullptr) continue;
        std::vector<std::string>& misbehaving = decision.misbehaving;
        if (is_to_blame(*bad) &&
            std::find(misbehaving.begin(), misbehaving.end(), bad->source.peer) == misbehaving.end()) {
            misbehaving.push_back(bad->source.peer);
        }
        erase(hash, decision.removed);
    }
}

/// Each verified line shall be CHAIN_LENGTH long: verifies as far down as the context of the checks reaches, wants what
/// is missing.
void Tracker::extend_verified_lines(Decision& decision, Wants& wants) {
    if (all_reach_genesis(verified_)) return;
    const std::uint64_t length = network_.chain_length;
    const std::set<dash::Uint256> heads = verified_.heads();
    for (const dash::Uint256& head : heads) {
        const Line verified = verified_.line(head);
        if (verified.height >= length) continue;
        const Line below = all_.line(verified.tail);
        const bool reaches_genesis = below.tail.is_zero();
        const std::uint64_t with_context = reaches_genesis             ? below.height
                                           : below.height > length + 1 ? below.height - 1 - length
                                                                       : 0;
        dash::Uint256 at = verified.tail;
        for (std::uint64_t left = std::min(length - verified.height, with_context); left > 0; --left) {
            if (!verify(at, decision)) break;
            at = entries_.at(at).share->previous_hash();
        }
        if (!reaches_genesis) want(wants, below.tail, head, verified_);
    }
}

ChainScore Tracker::score(const dash::Uint256& verified_head) const {
    const std::uint64_t length = network_.chain_length;
    const Line line = verified_.line(verified_head);
    if (line.height < length) return {line.height, std::nullopt};

    // The oldest sixteenth tells since when the work was done, by the blocks that its shares were built on.
    const dash::Uint256 end = all_.ancestor(verified_head, length * 15 / 16);
    std::optional<std::int64_t> newest_block;
    const dash::Uint256* last_asked = nullptr;
    const Entry* at = entry(end);
    for (std::uint64_t i = 0; i < length / 16; ++i, at = entry(at->share->previous_hash())) {
        const dash::Uint256& block = at->share->header.previous_block;
        if (last_asked != nullptr && *last_asked == block) continue;
        newest_block = std::max(newest_block.value_or(INT64_MIN), environment_.block_relative_height(block));
        last_asked = &block;
    }
    const std::int64_t blocks = 1 - std::min<std::int64_t>(newest_block.value_or(0), 0);
    const dash::Wide work = line.work - verified_.line(end).work;
    return {length, dash::true_division(work, dash::Wide(blocks) * network_.parent->block_period_seconds)};
}

std::vector<dash::Uint256> Tracker::heads_of_best_tail() const {
    if (verified_.tails().size() == 1) return verified_heads();
    struct Tail {
        std::vector<dash::Uint256> heads;
        dash::Uint256 heaviest;
        dash::Wide most_work;
    };
    std::map<dash::Uint256, Tail> tails;
    for (const dash::Uint256& head : verified_.heads()) {
        const Line line = verified_.line(head);
        Tail& tail = tails[line.tail];
        if (tail.heads.empty() || line.work > tail.most_work) {
            tail.heaviest = head;
            tail.most_work = line.work;
        }
        tail.heads.push_back(head);
    }
    const Tail* best = nullptr;
    ChainScore best_score;
    for (const auto& [hash, tail] : tails) {
        const ChainScore its_score = score(tail.heaviest);
        // Among equals the greater hash, which comes later; genesis, zero, is the least.
        if (best != nullptr && its_score < best_score) continue;
        best = &tail;
        best_score = its_score;
    }
    return best == nullptr ? std::vector<dash::Uint256>() : best->heads;
}

int Tracker::punishment(const Share& share) const {
    if (share.claims_block()) return -1;
    try {
        std::size_t bytes = 0;
        for (const dash::Uint256& txid : transaction_hashes(*this, share)) {
            const std::optional<std::size_t> size = environment_.transaction_size(txid);
            if (!size) return 0;
            bytes += *size;
        }
        return bytes > kMostTransactionBytes ? 1 : 0;
    } catch (const dash::DecodeError&) {
        return 0;  // an ancestor is not known any more
    }
}

/// The share below the young ones of a verified line, or its tail.
dash::Uint256 Tracker::young_ancestor(const dash::Uint256& head) const {
    return all_.ancestor(head, std::min(kYoungShares, verified_.line(head).height));
}

std::vector<RankedHead> Tracker::ranked(const std::vector<dash::Uint256>& heads) const {
    std::unordered_map<dash::Uint256, dash::Wide> work_by_parent;  // many heads are siblings
    std::vector<RankedHead> ranking;
    ranking.reserve(heads.size());
    for (const dash::Uint256& head : heads) {
        const Entry& entry = entries_.at(head);
        const auto [work, is_first] = work_by_parent.try_emplace(entry.share->previous_hash());
        if (is_first) work->second = verified_.line(young_ancestor(head)).work;
        ranking.push_back({head, work->second, punishment(*entry.share), entry.time_seen});
    }
    std::sort(ranking.begin(), ranking.end(), better);
    return ranking;
}

Decision Tracker::think(double now) {
    Decision decision;
    for (const dash::Uint256& hash : std::exchange(made_room_, {})) {
        if (!contains(hash)) decision.removed.push_back(hash);  // else it came again
    }
    Wants wants;
    verify_heads(decision, wants);
    extend_verified_lines(decision, wants);

    decision.ranked_heads = ranked(heads_of_best_tail());
    best_heads_.clear();
    for (const RankedHead& head : decision.ranked_heads) {
        if (best_heads_.size() < kBestHeadsKept) best_heads_.push_back(head.hash);
    }

    const auto today = static_cast<std::int64_t>(std::floor(now));
    std::int64_t cutoff = today - kStaleLineSecondsWithoutChain;
    if (!decision.ranked_heads.empty()) {
        const RankedHead& first = decision.ranked_heads.front();
        const Share& share = *entries_.at(first.hash).share;
        decision.best = first.punishment > 0 ? share.previous_hash() : first.hash;
        cutoff = std::min<std::int64_t>(today, share.info().timestamp) - kStaleLineSeconds;
    }
    for (auto& [hash, want] : wants) {
        if (want.newest >= cutoff) decision.wanted.push_back({hash, std::move(want.source)});
    }
    return decision;
}

}  // namespace share_chain
