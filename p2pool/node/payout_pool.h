#pragma once

#include <cstddef>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "dash/primitives/chain_params.h"
#include "dash/primitives/hash160.h"

namespace p2pool::node {

/// Whom the node's own work pays: one address, or with `-a dynamic` several of dashd's wallet, each drawn with a weight
/// of its own, the oldest of which is replaced now and then (python p2pool.work, keypool). Node thread only.
class PayoutPool {
  public:
    /// `first` are the hashes of the start, at least one; `stamp` is their time, unix seconds.
    PayoutPool(const std::vector<dash::Hash160>& first, double stamp, std::uint64_t seed);

    /// Drawn anew at each call.
    [[nodiscard]] dash::Hash160 pick();
    /// The operator's fee: always to the first address of the start.
    [[nodiscard]] const dash::Hash160& fee_hash() const { return fee_hash_; }
    [[nodiscard]] std::vector<dash::Hash160> hashes() const;

    /// True when an address is due: the last one came `lifetime_seconds` ago.
    [[nodiscard]] bool is_due(double now, double lifetime_seconds) const { return now - stamp_ > lifetime_seconds; }
    /// Takes the place of the oldest.
    void replace_oldest(const dash::Hash160& hash, double now);

    /// "    ...payout 0: ADDRESS(WEIGHT)" for each address, as the python node prints them.
    [[nodiscard]] std::vector<std::string> lines(const dash::ChainParams& chain) const;

  private:
    struct Entry {
        dash::Hash160 hash{};
        double weight = 0;
    };

    void add(const dash::Hash160& hash);

    std::mt19937_64 random_;
    dash::Hash160 fee_hash_;
    double stamp_;
    std::deque<Entry> entries_;  ///< the oldest first
};

}  // namespace p2pool::node
