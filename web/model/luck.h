#pragma once

#include <optional>
#include <vector>

#include "web/model/found_blocks.h"
#include "web/model/samples.h"

namespace web {

/// As difficulty is counted here: 2^32.
constexpr double kHashesPerDifficulty = 4294967296.0;

/// How lucky the pool was with one block: 100 · expected time / actual time.
struct BlockLuck {
    const FoundBlock* block = nullptr;
    std::optional<double> percent;
    std::optional<double> seconds;  ///< since the block before
    std::optional<double> expected_seconds;
    std::optional<double> hashes_per_second;  ///< that `expected_seconds` was computed with
    std::size_t hashrate_samples = 0;
    std::optional<double> difficulty;  ///< mean of samples, where there were some
    std::size_t difficulty_samples = 0;
    /// The block's own figures are not known: those of today stand in.
    bool approximate = false;
    /// "first_block", "time_weighted_avg", "simple_avg", "single_hashrate"; nullptr when nothing could be computed.
    const char* method = nullptr;
};

/// The pool and the network now; nullopt where not known.
struct PresentRates {
    std::optional<double> hashes_per_second;
    std::optional<double> difficulty;
};

/// Of all blocks; oldest first, as `blocks` must be. Expected time is D·2^32/R: R the mean of the pool rate's samples
/// between the two blocks, else of what was noted with them, else today's; D likewise.
[[nodiscard]] std::vector<BlockLuck> block_luck(const std::vector<const FoundBlock*>& blocks, const Samples& samples,
                                                const PresentRates& present);

/// Over several blocks: 100 · Σ expected / Σ actual, and the present round as far as it is.
struct TotalLuck {
    std::size_t blocks = 0;                            ///< with luck
    std::optional<double> average_percent;             ///< of found blocks
    std::optional<double> average_with_round_percent;  ///< the round weighted by min(1, elapsed / expected)
    std::optional<double> round_expected_seconds;
    std::optional<double> round_elapsed_seconds;
    std::optional<double> round_percent;  ///< 100 · expected / elapsed
};
[[nodiscard]] TotalLuck total_luck(const std::vector<BlockLuck>& blocks, double now, const PresentRates& present);

}  // namespace web
