#pragma once

#include <cstdint>
#include <unordered_map>

#include "dash/primitives/uint256.h"
#include "share_chain/share.h"
#include "share_chain/tracker.h"

namespace p2pool::work {

/// The shares this node made since its start: how many are in the best chain, how many were lost, and which loss the
/// next share announces (python p2pool.work get_stale_counts). Node thread only.
class OwnShares {
  public:
    /// `late`: found for a job that was already too old (dead on arrival).
    void add(const share_chain::Share& share, bool late);

    /// Tells that the best chain now ends in `best`. Cost: the shares between the two ends' fork point and the ends.
    void best_changed(const share_chain::Tracker& tracker, const dash::Uint256& best);

    /// End of the best chain, as told last; zero before.
    [[nodiscard]] const dash::Uint256& best() const { return best_; }

    /// Tells that the tracker dropped a share: its fate counts for good.
    void forget(const dash::Uint256& hash) { shares_.erase(hash); }

    struct Counts {
        std::uint64_t total = 0;
        std::uint64_t orphans = 0;            ///< not in the best chain, though found in time
        std::uint64_t late = 0;               ///< not in the best chain, found late
        std::uint64_t orphans_announced = 0;  ///< shares of ours in the chain that say "orphan"
        std::uint64_t late_announced = 0;
    };
    [[nodiscard]] Counts counts() const;

    /// What our next share has to say: each lost share is announced once.
    [[nodiscard]] share_chain::StaleInfo next_stale_info() const;

    [[nodiscard]] bool contains(const dash::Uint256& hash) const { return shares_.count(hash) != 0; }

  private:
    struct Entry {
        bool late = false;
        bool in_chain = false;
        std::uint8_t stale_info = 0;
    };
    void mark(const dash::Uint256& hash, bool in_chain);

    std::unordered_map<dash::Uint256, Entry> shares_;  ///< bounded by the tracker: it tells what it drops
    dash::Uint256 best_;
    std::uint64_t total_ = 0;
    std::uint64_t total_late_ = 0;
    std::uint64_t in_chain_ = 0;
    std::uint64_t late_in_chain_ = 0;
    std::uint64_t orphans_announced_ = 0;
    std::uint64_t late_announced_ = 0;
};

}  // namespace p2pool::work
