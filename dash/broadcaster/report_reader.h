#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "dash/primitives/uint256.h"
#include "dash/util/sqlite.h"

namespace dash::broadcaster {

/// Reads what a ReportStore has written about one block, with a connection of its own. One thread at a time.
class ReportReader {
  public:
    /// The file of a ReportStore that was opened before. Throws Error.
    explicit ReportReader(const std::filesystem::path& file);

    /// The course of a block's broadcast: the members of `last_broadcast` in /broadcaster_status, with `peers` as a
    /// list: address, sent ("compact", "compact and full", "nothing": it announced the block by itself), outcome, state
    /// ("reached", "failed", "announced"), and first_byte_ms, last_byte_ms, reached_ms, confirmed_ms since the start,
    /// null for what never came to be. null: there is none. Throws Error.
    [[nodiscard]] nlohmann::json read(const Uint256& block);

  private:
    sqlite::Database database_;
};

}  // namespace dash::broadcaster
