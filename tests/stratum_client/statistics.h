#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dash/primitives/uint256.h"

namespace stratum_client {

using TimePoint = std::chrono::steady_clock::time_point;

/// A distribution of durations, exact up to kMostSamples of them; later ones are only counted.
class Latencies {
  public:
    static constexpr std::size_t kMostSamples = 10'000'000;

    void add(std::chrono::nanoseconds duration);
    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// `share` 0…1; 0 when there are no samples.
    [[nodiscard]] double milliseconds(double share) const;
    [[nodiscard]] nlohmann::json to_json() const;

  private:
    mutable std::vector<std::uint32_t> microseconds_;
    mutable bool sorted_ = true;
    std::uint64_t count_ = 0;
};

/// How one new block reached the connections.
struct BlockNotifies {
    dash::Uint256 previous_block;
    TimePoint origin;  ///< the trigger when there was one, else the first notify
    bool triggered = false;
    TimePoint last;
    std::size_t connections = 0;
    Latencies latencies;  ///< of each connection's first job on the block
};

/// What happened to all connections together. On one thread.
class Statistics {
  public:
    std::uint64_t connected = 0;
    std::uint64_t failed = 0;   ///< never connected, or the server refused subscribe or authorize
    std::uint64_t dropped = 0;  ///< ended after the connection was made
    std::uint64_t notifies = 0;
    std::uint64_t submitted = 0;
    std::uint64_t accepted = 0;
    std::uint64_t blocks = 0;               ///< solutions that met the block's target
    std::map<int, std::uint64_t> rejected;  ///< by error code
    Latencies answers;                      ///< submit → answer
    Latencies first_jobs;                   ///< begin to connect → the first job
    std::string last_error;

    /// The next new block's latencies count from here.
    void trigger(TimePoint when) { trigger_ = when; }
    /// A connection got its first job on this block.
    void new_block(const dash::Uint256& previous_block, TimePoint when);
    /// The latest ones, oldest first.
    [[nodiscard]] const std::deque<BlockNotifies>& new_blocks() const { return new_blocks_; }

    [[nodiscard]] std::uint64_t rejected_total() const;
    [[nodiscard]] nlohmann::json to_json() const;
    [[nodiscard]] std::string to_text() const;

  private:
    static constexpr std::size_t kMostBlocks = 1000;
    std::deque<BlockNotifies> new_blocks_;
    std::optional<TimePoint> trigger_;
};

}  // namespace stratum_client
