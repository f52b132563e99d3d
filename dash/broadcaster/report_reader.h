#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "dash/primitives/uint256.h"
#include "dash/util/sqlite.h"

namespace dash::broadcaster {

/// Reads what a ReportStore has written, with a connection of its own. One thread at a time.
class ReportReader {
  public:
    /// What trends() tells at most.
    static constexpr std::int64_t kMostPoints = 300;
    static constexpr std::int64_t kMostBroadcasts = 100;
    static constexpr std::int64_t kMostPeers = 100;

    /// The file of a ReportStore that was opened before. Throws Error.
    explicit ReportReader(const std::filesystem::path& file);

    /// The course of a block's broadcast: the members of `last_broadcast` in /broadcaster_status, with `peers` as a
    /// list: address, sent ("compact", "compact and full", "nothing": it announced the block by itself), outcome, state
    /// ("reached", "failed", "announced"), and first_byte_ms, last_byte_ms, reached_ms, confirmed_ms since the start,
    /// null for what never came to be. null: there is none. Throws Error.
    [[nodiscard]] nlohmann::json read(const Uint256& block);

    /// From `since` to `now` (Unix seconds), as an object of
    ///  - history: what the broadcaster did, oldest first, thinned out to kMostPoints at equal distances,
    ///  - broadcasts: the latest ones with what became of their blocks, newest first,
    ///  - peers: those that got the most broadcasts: how many, how many reached them, and how soon.
    /// Throws Error.
    [[nodiscard]] nlohmann::json trends(double since, double now);

  private:
    sqlite::Database database_;
};

}  // namespace dash::broadcaster
