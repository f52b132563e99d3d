#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "dash/broadcaster/report.h"
#include "dash/submission/won_block.h"
#include "dash/util/sqlite.h"

namespace dash::broadcaster {

/// The broadcaster's reports and history in the node's SQLite file: tables broadcasts, broadcast_peers, block_fates and
/// broadcaster_history. Everything throws Error. One thread at a time.
class ReportStore {
  public:
    /// Reports of so many blocks, and points of the history, are kept.
    static constexpr std::int64_t kMostBlocks = 10'000;
    static constexpr std::int64_t kMostPoints = 100'000;

    /// Throws ConfigError when the file cannot be used or was written by a newer release.
    explicit ReportStore(const std::filesystem::path& file);

    /// Replaces what is there about the block.
    void save(const BroadcastReport& report);
    /// `chainlock_ms`: since the block was found.
    void save(const submission::SubmissionReport& fate, std::optional<double> chainlock_ms);
    void save(const HistoryPoint& point);

    [[nodiscard]] BlockTotals totals();

  private:
    sqlite::Database database_;
};

}  // namespace dash::broadcaster
