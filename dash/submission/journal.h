#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dash/submission/won_block.h"
#include "dash/util/sqlite.h"

namespace dash::submission {

struct JournalEntry {
    WonBlock block;
    BlockState state = BlockState::kSubmitted;
    std::string submitblock_result;
};

/// Won blocks on the disk: what is written here survives a crash and is taken up by the next run. The table
/// `won_blocks` of the node's SQLite file. One thread at a time.
class Journal {
  public:
    /// Throws ConfigError when the file cannot be used or was written by a newer release.
    explicit Journal(const std::filesystem::path& file);

    /// A new block; one that is already there stays as it is. Throws Error.
    void add(const WonBlock& block);
    /// Whole, so that an add() that failed is made good. The bytes of a block in a final state are given up.
    void update(const JournalEntry& entry);

    /// Oldest first.
    [[nodiscard]] std::vector<JournalEntry> unfinished();
    [[nodiscard]] std::vector<Uint256> finished();

  private:
    void create_or_check_tables();

    sqlite::Database database_;
};

}  // namespace dash::submission
