#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "dash/primitives/transaction.h"
#include "tests/simnet/chain.h"
#include "tests/simnet/coins.h"

namespace simnet {

struct MempoolEntry {
    dash::Transaction transaction;
    dash::Uint256 txid;
    std::uint64_t fee_duffs = 0;
    std::size_t bytes = 0;
    std::size_t sigops = 0;
    std::uint32_t time = 0;
    std::uint32_t height = 0;
};

/// Transactions that wait for a block. Follows the chain's tip: what a block confirms or contradicts goes, what a
/// reorganisation takes out of the chain comes back. All on the chain's thread.
class Mempool {
  public:
    /// More than this is never held; a template takes 2 MB of it.
    static constexpr std::size_t kMostTransactions = 50'000;

    explicit Mempool(Chain& chain);
    Mempool(const Mempool&) = delete;
    Mempool& operator=(const Mempool&) = delete;

    /// The reason is that of a block that would contain it on top of the others here.
    Reject add(const dash::Transaction& transaction);
    void clear();

    /// Parents always stand before their children.
    [[nodiscard]] const std::vector<MempoolEntry>& entries() const { return entries_; }
    [[nodiscard]] const MempoolEntry* find(const dash::Uint256& txid) const;
    /// Changes whenever the content does.
    [[nodiscard]] std::uint64_t updates() const { return updates_; }
    [[nodiscard]] bool is_spent(const dash::OutPoint& outpoint) const { return spent_.count(outpoint) != 0; }

    /// What a block takes: best fee per byte first, counting what an entry depends on with it, parents before children.
    [[nodiscard]] std::vector<const MempoolEntry*> select(std::size_t max_bytes, std::size_t max_sigops) const;
    /// Positions in entries() of those an entry spends from.
    [[nodiscard]] std::vector<std::size_t> parents(const MempoolEntry& entry) const;

  private:
    [[nodiscard]] const Coin* find_coin(const dash::OutPoint& outpoint);
    [[nodiscard]] Reject check(const dash::Transaction& transaction, std::uint64_t& fee);
    void follow(const std::vector<const BlockEntry*>& disconnected, const std::vector<const BlockEntry*>& connected);

    Chain& chain_;
    std::vector<MempoolEntry> entries_;
    std::unordered_map<dash::Uint256, std::size_t> positions_;
    std::unordered_set<dash::OutPoint, OutPointHash> spent_;
    Coin unconfirmed_;  ///< the coin find_coin() last made of an entry's output
    std::uint64_t updates_ = 0;
};

}  // namespace simnet
