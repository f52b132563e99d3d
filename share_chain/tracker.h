#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dash/primitives/wide.h"
#include "share_chain/network.h"
#include "share_chain/share.h"

namespace share_chain {

/// Where a share came from: "host:port" of the peer; empty = ourselves or the store.
using Source = std::string;

/// What the tracker needs to know of the world outside the share chain.
struct TrackerEnvironment {
    /// Height of a block minus the height of our dashd's best block; ≤ 0 mostly. Unknown blocks count as height 0 (python
    /// p2pool.node get_height_rel_highest).
    std::function<std::int64_t(const dash::Uint256& block_hash)> block_relative_height;
    /// Serialized size of a known transaction; nullopt when it is not known.
    std::function<std::optional<std::size_t>(const dash::Uint256& txid)> transaction_size;
};

/// What think() decided.
struct Decision {
    dash::Uint256 best;                       ///< zero: no chain
    struct Wanted {
        dash::Uint256 hash;
        Source source;                        ///< who should have it; empty = anybody
    };
    std::vector<Wanted> wanted;               ///< parents to ask peers for
    std::vector<Source> misbehaving;          ///< sources of shares that failed their check
    std::vector<dash::Uint256> newly_verified;
    std::vector<std::pair<dash::Uint256, std::string>> rejected;  ///< shares that failed, with the reason
};

/// All shares the node knows, as a forest: which are verified, which is best. Single-threaded: lives on the node thread.
/// (python p2pool.data OkayTracker, p2pool.util.forest.)
class Tracker {
  public:
    Tracker(const Network& network, TrackerEnvironment environment);
    ~Tracker();
    Tracker(const Tracker&) = delete;
    Tracker& operator=(const Tracker&) = delete;

    [[nodiscard]] const Network& network() const;

    /// Adds a share; false when it is already there. `time_seen` unix seconds, 0 for shares from the store.
    bool add(SharePtr share, double time_seen, const Source& source = {});
    /// Marks a share from the store as verified in an earlier run, so that its check is not repeated.
    void trust(const dash::Uint256& hash);

    [[nodiscard]] SharePtr find(const dash::Uint256& hash) const;  ///< nullptr when unknown
    [[nodiscard]] bool contains(const dash::Uint256& hash) const;
    [[nodiscard]] bool is_verified(const dash::Uint256& hash) const;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t verified_size() const;

    struct Line {
        std::uint64_t height = 0;  ///< shares from this one down to the last known, both counted
        dash::Uint256 tail;        ///< the unknown parent of the last; zero when the line reaches genesis
        dash::Wide work;           ///< sum of average attempts
    };
    [[nodiscard]] Line line(const dash::Uint256& hash) const;
    [[nodiscard]] Line verified_line(const dash::Uint256& hash) const;
    /// The n-th ancestor (0 = itself); zero when the line ends exactly there. Throws std::out_of_range when it is shorter. O(log n).
    [[nodiscard]] dash::Uint256 ancestor(const dash::Uint256& hash, std::uint64_t n) const;
    [[nodiscard]] bool is_ancestor(const dash::Uint256& older, const dash::Uint256& younger) const;
    [[nodiscard]] std::vector<dash::Uint256> children(const dash::Uint256& hash) const;
    [[nodiscard]] std::vector<dash::Uint256> heads() const;
    [[nodiscard]] std::vector<dash::Uint256> verified_heads() const;
    [[nodiscard]] std::vector<dash::Uint256> tails() const;            ///< unknown parents
    [[nodiscard]] std::vector<dash::Uint256> verified_tails() const;
    [[nodiscard]] double time_seen(const dash::Uint256& hash) const;
    [[nodiscard]] Source source(const dash::Uint256& hash) const;

    /// Verifies what can be verified and chooses the best share. `previous_block` and `now` as of the current template and clock.
    [[nodiscard]] Decision think(double now);

    /// Removes dead heads and what is below every chain's need; returns the removed hashes. Call every few seconds, then think() again.
    std::vector<dash::Uint256> prune(double now, const Decision& last);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace share_chain
