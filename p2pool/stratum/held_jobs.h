#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dash/primitives/uint256.h"
#include "p2pool/stratum/difficulty.h"
#include "p2pool/work/job.h"

namespace p2pool::stratum {

/// The hashes that were counted already. Of a hash its lowest 64 bits are kept: two of n solutions share them by chance
/// once in 2^64/n² times, and nobody but their finder loses.
class SeenHashes {
  public:
    static constexpr std::size_t kMaxHashes = 1 << 16;

    [[nodiscard]] bool contains(const dash::Uint256& hash) const;
    /// Nothing more may be added; add() must not be called.
    [[nodiscard]] bool is_full() const { return size_ >= kMaxHashes; }
    /// The hash must not be contained yet.
    void add(const dash::Uint256& hash);

  private:
    void grow();
    /// Where the key is, or would be put; there is a free slot.
    [[nodiscard]] std::size_t slot_of(std::uint64_t key) const;

    std::size_t size_ = 0;
    std::vector<std::uint64_t> slots_;  ///< open addressing, power of two, at most half full; 0 = free
};

/// The jobs that one connection was sent and may still answer. Node thread only.
///
/// A job that is sent again with another difficulty goes out under another id, so that each submit is judged by the
/// difficulty that was in force when its job was sent; both ids share the memory of hashes that were counted.
class HeldJobs {
  public:
    static constexpr std::size_t kMaxJobs = 32;
    /// A job expires this long after it was sent or answered last.
    static constexpr double kHoldSeconds = 300;

    struct Found {
        work::JobPtr job;
        Difficulty difficulty;
        SeenHashes* seen = nullptr;  ///< valid until the next call of hold() or expire()
    };

    /// Holds the job and returns the id it is to be sent under; the oldest job gives way when there are too many.
    [[nodiscard]] std::string hold(const work::JobPtr& job, const Difficulty& difficulty, double now);

    [[nodiscard]] std::optional<Found> find(std::string_view id, double now);
    void expire(double now);

    [[nodiscard]] bool empty() const { return held_.empty(); }

  private:
    /// More changes of difficulty within one job than this, and the first is forgotten.
    static constexpr std::size_t kMaxSendings = 16;

    struct Sending {
        std::string id;
        Difficulty difficulty;
    };
    struct Held {
        work::JobPtr job;
        double last_used = 0;
        /// Few miners' difficulty changes while they have a job; each job of each miner is searched for every new one.
        boost::container::small_vector<Sending, 1> sendings;
        SeenHashes seen;
    };

    [[nodiscard]] bool has(std::string_view id) const;
    [[nodiscard]] std::string free_id(const std::string& wanted) const;

    std::vector<Held> held_;  ///< the newest last
};

}  // namespace p2pool::stratum
