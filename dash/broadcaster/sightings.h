#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "dash/broadcaster/address.h"
#include "dash/primitives/uint256.h"

namespace dash::broadcaster {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Who announced which block first. Anybody can announce invented blocks, so being first counts once another peer has
/// announced the same.
class BlockSightings {
  public:
    /// Oldest ones are forgotten.
    static constexpr std::size_t kMostBlocks = 64;
    /// Of blocks that only one peer has announced, each peer has at most so many here.
    static constexpr std::size_t kMostUnconfirmed = 4;

    struct Sighting {
        bool is_news = false;               ///< this peer's first announcement of this block
        std::optional<PeerAddress> winner;  ///< who was first, as soon as a second peer confirms it
    };
    Sighting announced(const Uint256& block, const PeerAddress& by);

  private:
    struct Entry {
        Uint256 block;
        std::vector<PeerAddress> announcers;  // at most the connected peers
    };
    void limit_unconfirmed(const PeerAddress& by);

    std::deque<Entry> entries_;
};

/// Transactions that peers announced lately: what they hold, as far as we know.
class TransactionSightings {
  public:
    /// Between this and twice as many are remembered.
    static constexpr std::size_t kGeneration = 25'000;
    /// An announced transaction has reached about everybody after this.
    static constexpr std::chrono::seconds kSpreadTime{5};

    void announced(const Uint256& txid, SteadyTime now);
    /// Most nodes hold this transaction.
    [[nodiscard]] bool is_widespread(const Uint256& txid, SteadyTime now) const;

  private:
    std::unordered_map<Uint256, SteadyTime> young_;
    std::unordered_map<Uint256, SteadyTime> old_;
};

}  // namespace dash::broadcaster
