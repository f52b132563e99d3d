#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "share_chain/share.h"
#include "share_chain/tracker.h"

namespace tests {

/// The reference's choice of the best share and its pruning, written down as they are defined, over a copy of what a
/// tracker knows.
class SlowTracker {
  public:
    using Hash = dash::Uint256;

    /// `hashes`: all that may be in the tracker.
    SlowTracker(const share_chain::Tracker& tracker, const std::vector<Hash>& hashes,
                std::function<std::int64_t(const Hash&)> block_relative_height);

    /// Of the best tail; best first.
    [[nodiscard]] std::vector<Hash> ranked_heads() const;
    void prune(double now, const std::vector<Hash>& ranked_heads);

    [[nodiscard]] const std::map<Hash, share_chain::SharePtr>& shares() const { return shares_; }
    [[nodiscard]] const std::set<Hash>& verified() const { return verified_; }

  private:
    using Within = std::function<bool(const Hash&)>;

    [[nodiscard]] std::vector<share_chain::SharePtr> line(Hash hash, const Within& within) const;
    [[nodiscard]] Hash tail(const Hash& hash, const Within& within) const;
    [[nodiscard]] std::set<Hash> heads(const Within& within) const;
    [[nodiscard]] std::vector<Hash> children(const Hash& hash) const;
    [[nodiscard]] dash::Wide verified_work(const Hash& hash) const;
    [[nodiscard]] std::pair<std::uint64_t, double> score(const Hash& head) const;
    void remove(const Hash& hash);

    const share_chain::Network& network_;
    std::function<std::int64_t(const Hash&)> block_relative_height_;
    std::map<Hash, share_chain::SharePtr> shares_;
    std::map<Hash, double> time_seen_;
    std::set<Hash> verified_;
    Within known_;
    Within is_verified_;
};

}  // namespace tests
