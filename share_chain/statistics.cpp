#include "share_chain/statistics.h"

#include <algorithm>
#include <stdexcept>

#include "dash/primitives/target.h"

namespace share_chain {
namespace {

constexpr auto kNotStale = static_cast<std::uint8_t>(StaleInfo::kNone);

std::vector<SharePtr> chain_of(const Tracker& tracker, const dash::Uint256& best, std::uint64_t count) {
    std::vector<SharePtr> shares = tracker.chain(best, count);
    if (shares.size() < count) throw std::out_of_range("the share chain is shorter than what is asked about");
    return shares;
}

/// Time from the `shares`-th share to `best`; at least 1.
std::uint64_t seconds_spanned(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares) {
    const SharePtr near = tracker.find(best);
    const SharePtr far = shares == 0 ? nullptr : tracker.find(tracker.ancestor(best, shares - 1));
    if (!near || !far) throw std::out_of_range("the share chain is shorter than what is asked about");
    return near->info().timestamp > far->info().timestamp ? near->info().timestamp - far->info().timestamp : 1;
}

std::string stale_name(std::uint8_t stale_info) {
    switch (static_cast<StaleInfo>(stale_info)) {
        case StaleInfo::kOrphan:
            return "orphan";
        case StaleInfo::kDoa:
            return "doa";
        default:
            return "unk" + std::to_string(stale_info);
    }
}

}  // namespace

double pool_attempts_per_second(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares,
                                bool min_work) {
    const std::uint64_t seconds = seconds_spanned(tracker, best, shares);
    const Tracker::Line near = tracker.line(best);
    const Tracker::Line far = tracker.line(tracker.ancestor(best, shares - 1));
    return dash::true_division(min_work ? near.min_work - far.min_work : near.work - far.work, seconds);
}

double average_stale_proportion(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares) {
    std::uint64_t stale = 0;
    for (const SharePtr& share : chain_of(tracker, best, shares))
        stale += share->data().stale_info != kNotStale;
    return static_cast<double>(stale) / static_cast<double>(shares + stale);
}

std::map<dash::Hash160, double> user_stale_proportions(const Tracker& tracker, const dash::Uint256& best,
                                                       std::uint64_t shares) {
    struct Count {
        std::uint64_t stale = 0;
        std::uint64_t good = 0;
    };
    std::map<dash::Hash160, Count> counts;
    for (const SharePtr& share : chain_of(tracker, best, shares - 1)) {
        Count& count = counts[share->data().pubkey_hash];
        count.stale += share->data().stale_info != kNotStale;
        ++count.good;
    }
    std::map<dash::Hash160, double> proportions;
    for (const auto& [user, count] : counts) {
        proportions[user] = static_cast<double>(count.stale) / static_cast<double>(count.stale + count.good);
    }
    return proportions;
}

std::map<std::string, dash::Wide> stale_counts(const Tracker& tracker, const dash::Uint256& best,
                                               std::uint64_t shares) {
    std::map<std::string, dash::Wide> counts;
    for (const SharePtr& share : chain_of(tracker, best, shares - 1)) {
        const dash::Wide work = dash::average_attempts(share->target);
        counts["good"] += work;
        if (share->data().stale_info != kNotStale) counts[stale_name(share->data().stale_info)] += work;
    }
    return counts;
}

std::map<std::string, double> stale_rates(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares) {
    const std::uint64_t seconds = seconds_spanned(tracker, best, shares);
    std::map<std::string, double> rates;
    for (const auto& [name, work] : stale_counts(tracker, best, shares)) {
        rates[name] = dash::true_division(work, seconds);
    }
    return rates;
}

std::map<std::uint64_t, dash::Wide> desired_version_counts(const Tracker& tracker, const dash::Uint256& best,
                                                           std::uint64_t shares) {
    std::map<std::uint64_t, dash::Wide> counts;
    for (const SharePtr& share : chain_of(tracker, best, shares)) {
        counts[share->data().desired_version] += dash::average_attempts(share->target);
    }
    return counts;
}

std::vector<VersionVote> votes_above(const std::map<std::uint64_t, dash::Wide>& counts, std::uint64_t known) {
    dash::Wide total = 0;
    for (const auto& [version, work] : counts)
        total += work;
    std::vector<VersionVote> votes;
    for (auto it = counts.upper_bound(known); it != counts.end(); ++it) {
        votes.push_back({.version = it->first, .proportion = dash::true_division(it->second, total)});
    }
    std::stable_sort(votes.begin(), votes.end(),
                     [](const VersionVote& a, const VersionVote& b) { return a.proportion > b.proportion; });
    return votes;
}

}  // namespace share_chain
