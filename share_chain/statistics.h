#pragma once

#include <cstdint>
#include <map>

#include "share_chain/tracker.h"

namespace share_chain {

/// Pool figures over the last shares of a line (python p2pool.data).

/// Average attempts a second over `shares` − 1 shares from `best` on; `min_work` counts max_target instead of target. shares ≥ 2.
[[nodiscard]] double pool_attempts_per_second(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares,
                                              bool min_work = false);
[[nodiscard]] double average_stale_proportion(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares);
/// "good", "orphan", "doa", "unk<n>" → hashes per second, or shares of one when `as_rates` is false.
[[nodiscard]] std::map<std::string, double> stale_counts(const Tracker& tracker, const dash::Uint256& best, std::uint64_t shares,
                                                         bool as_rates);
/// Desired version → work.
[[nodiscard]] std::map<std::uint64_t, dash::Wide> desired_version_counts(const Tracker& tracker, const dash::Uint256& best,
                                                                         std::uint64_t shares);

}  // namespace share_chain
