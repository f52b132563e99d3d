#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "dash/util/clock.h"

namespace p2pool::peers {

struct KnownTransaction {
    dash::Uint256 txid;
    std::shared_ptr<const dash::Bytes> bytes;  ///< serialized; never null
};

/// The transactions that shares may refer to: of our template, of the peers' templates, of young shares. Held ones
/// stay; the others stay until trim() (python p2pool.node: known_txs_var, forget_old_txs).
class KnownTransactions {
  public:
    /// What nobody holds takes at most so many bytes more than the last trim() had to leave: is_trim_due() then says
    /// so. What is gone takes as much again.
    static constexpr std::size_t kMostLooseBytes = 32U << 20;
    /// Gone transactions can still be found for so long: messages that refer to them may be under way.
    static constexpr double kLateSeconds = 20;
    /// Names of gone transactions, as memory that they were there.
    static constexpr std::size_t kMostGoneNames = 100'000;

    explicit KnownTransactions(const dash::Clock& clock) : clock_(clock) {}

    /// True when it was not known.
    bool add(const KnownTransaction& transaction);
    [[nodiscard]] bool contains(const dash::Uint256& txid) const { return known_.count(txid) != 0; }
    /// Null when unknown.
    [[nodiscard]] std::shared_ptr<const dash::Bytes> find(const dash::Uint256& txid) const;
    /// Also those that are gone since less than kLateSeconds.
    [[nodiscard]] std::shared_ptr<const dash::Bytes> find_late(const dash::Uint256& txid) const;
    /// Whether we knew it once, though the bytes may be gone.
    [[nodiscard]] bool was_known(const dash::Uint256& txid) const;

    /// A known transaction is needed by somebody until as many release() calls.
    void hold(const dash::Uint256& txid);
    void release(const dash::Uint256& txid);

    [[nodiscard]] bool is_trim_due() const { return loose_bytes_ > left_loose_bytes_ + kMostLooseBytes; }
    /// Drops what nobody holds and `is_needed` does not ask for; returns the names.
    std::vector<dash::Uint256> trim(const std::function<bool(const dash::Uint256&)>& is_needed);

    [[nodiscard]] std::size_t size() const { return known_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    struct Entry {
        std::shared_ptr<const dash::Bytes> bytes;
        std::size_t holders = 0;
    };
    struct Gone {
        dash::Uint256 txid;
        double until = 0;
    };
    void bury(const dash::Uint256& txid, std::shared_ptr<const dash::Bytes> bytes);
    void forget_old_graves();

    const dash::Clock& clock_;
    std::unordered_map<dash::Uint256, Entry> known_;
    std::size_t bytes_ = 0;
    std::size_t loose_bytes_ = 0;
    std::size_t left_loose_bytes_ = 0;  ///< by the last trim(); one that can drop nothing is not repeated at once
    std::unordered_map<dash::Uint256, std::shared_ptr<const dash::Bytes>> late_;
    std::deque<Gone> late_order_;
    std::size_t late_bytes_ = 0;
    std::unordered_set<dash::Uint256> gone_names_;
    std::deque<dash::Uint256> gone_order_;
};

}  // namespace p2pool::peers
