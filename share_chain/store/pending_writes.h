#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "dash/primitives/uint256.h"
#include "share_chain/share.h"

namespace share_chain::store {

struct PendingWrite {
    enum class Kind { kStore, kVerify, kRemove };
    Kind kind = Kind::kStore;
    dash::Uint256 hash;
    SharePtr share;         ///< of kStore
    bool verified = false;  ///< of kStore
    std::uint64_t order = 0;
    std::uint64_t revision = 0;  ///< another one with each change
};

/// What the disk does not have yet: one entry a share, for what was asked last. Not thread-safe.
///
/// Its bound, however long the disk refuses: a share that is removed before it got to the disk leaves nothing behind,
/// so there are never more entries than shares that the owner holds plus shares on the disk; the former are the
/// tracker's, which bounds them, and are shared with it.
class PendingWrites {
  public:
    /// A share that is on the disk.
    void add_stored(const dash::Uint256& hash) { stored_.insert(hash); }
    [[nodiscard]] std::size_t stored() const { return stored_.size(); }

    void store(SharePtr share);
    void verify(const dash::Uint256& hash);
    void remove(const dash::Uint256& hash);

    [[nodiscard]] bool has_additions() const { return pending_.size() > removals_; }
    [[nodiscard]] bool has_removals() const { return removals_ > 0; }
    [[nodiscard]] std::size_t size() const { return pending_.size(); }

    /// The entries, in the order in which they were asked for, to be written now; done() or failed() must follow.
    /// Meanwhile others may come, also for the same shares.
    [[nodiscard]] std::vector<PendingWrite> begin_additions();
    [[nodiscard]] std::vector<PendingWrite> begin_removals();

    /// These are on the disk.
    void done(std::span<const PendingWrite> writes);
    /// None of those begun and not done is.
    void failed();

  private:
    using Entries = std::unordered_map<dash::Uint256, PendingWrite>;

    PendingWrite& set(const dash::Uint256& hash, PendingWrite::Kind kind);
    Entries::iterator erase(Entries::iterator entry);
    template <typename Condition>
    [[nodiscard]] std::vector<PendingWrite> in_order(Condition condition) const;

    Entries pending_;
    std::size_t removals_ = 0;  ///< entries of kRemove
    std::uint64_t changes_ = 0;
    std::unordered_set<dash::Uint256> stored_;
    std::unordered_set<dash::Uint256> being_stored_;
};

}  // namespace share_chain::store
