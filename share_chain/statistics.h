#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dash/primitives/hash160.h"
#include "dash/primitives/wide.h"
#include "share_chain/tracker.h"

namespace share_chain {

/// Pool figures over the last shares of the line that ends with `best` (python p2pool.data). All throw
/// std::out_of_range when the line is shorter than `shares`. Work is in average attempts.

/// Attempts a second that the shares stand for, from the oldest (whose own work does not count) to `best`; `min_work`
/// counts the attempts of max_target, which all shares meet, instead of those of each share's own target. shares ≥ 2.
[[nodiscard]] double pool_attempts_per_second(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares,
                                              bool min_work = false);

/// Stale shares that the line's shares report, of all that were found. shares ≥ 1.
[[nodiscard]] double average_stale_proportion(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares);

/// The same for each public key hash, over `shares` − 1 shares.
[[nodiscard]] std::map<dash::Hash160, double> user_stale_proportions(const Tracker& tracker, const dash::Uint256& best,
                                                                     std::uint64_t shares);

/// "good" → work of `shares` − 1 shares; "orphan", "doa", "unk<n>" → work of those among them that report such a stale
/// share.
[[nodiscard]] std::map<std::string, dash::Wide> stale_counts(const Tracker& tracker, const dash::Uint256& best,
                                                             std::uint64_t shares);

/// The same as attempts a second.
[[nodiscard]] std::map<std::string, double> stale_rates(const Tracker& tracker, const dash::Uint256& best,
                                                        std::uint64_t shares);

/// Desired version → work.
[[nodiscard]] std::map<std::uint64_t, dash::Wide> desired_version_counts(const Tracker& tracker,
                                                                         const dash::Uint256& best,
                                                                         std::uint64_t shares);

/// The part of the work that votes for a version.
struct VersionVote {
    std::uint64_t version = 0;
    double proportion = 0;  ///< 0…1; above one half it is a majority
};

/// Votes for versions above `known`, the strongest first.
[[nodiscard]] std::vector<VersionVote> votes_above(const std::map<std::uint64_t, dash::Wide>& counts,
                                                   std::uint64_t known);

}  // namespace share_chain
