#pragma once

#include <cstddef>
#include <filesystem>
#include <unordered_set>
#include <vector>

#include "dash/submission/won_block.h"

namespace dash::submission {

/// Where a won block waits until the journal has it. The journal's commit waits for the disk and for other writers of
/// the node's database; a block that is appended here survives the death of the process at once, since a plain write
/// lies with the system. One thread at a time.
///
/// The file "<database>.won" is a sequence of records: length of the content (u32), the content's double SHA-256, and
/// the content: hash (32), height (u32), time found (u64, microseconds since 1970), finder (varstr), block (varstr);
/// integers little-endian. What is cut off or damaged at the end was never written whole.
class Spool {
  public:
    /// Takes up what an earlier run left. Throws ConfigError when the file cannot be used.
    explicit Spool(const std::filesystem::path& database);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// What the file held at the start; until settled() has been told of all of them, the file keeps them.
    [[nodiscard]] const std::vector<WonBlock>& left_over() const { return left_over_; }

    /// Throws Error.
    void add(const WonBlock& block);
    /// The journal has it. With the last one of all, the file is emptied. Throws Error.
    void settled(const Uint256& hash);

  private:
    void shorten(std::size_t size);

    std::filesystem::path file_;
    int descriptor_;
    std::size_t size_ = 0;
    std::vector<WonBlock> left_over_;
    std::unordered_set<Uint256> waiting_;
};

}  // namespace dash::submission
