#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "share_chain/network.h"
#include "share_chain/store/parallel_load.h"
#include "share_chain/store/share_table.h"

/// Shares between the table and memory, and between the table and the files of the python node. Throws dash::Error when
/// the table or a file cannot be read or written.
namespace share_chain::store {

struct Counts {
    std::uint64_t shares = 0;
    std::uint64_t verified = 0;
    std::uint64_t damaged = 0;  ///< lines of files, or rows: each is told, up to a limit
};

/// Gives every row with its share, or what is wrong with it, in the order of the ids. The row's own copy of the
/// contents is gone.
void read_rows(ShareTable& table, const Network& network,
               const std::function<void(const ShareTable::Row& row, LoadedShare loaded)>& take);

/// Takes in share files, which may be none: all of them in one transaction, which also says that it was done.
Counts import_share_files(ShareTable& table, const std::vector<std::filesystem::path>& files, const Network& network,
                          double unix_seconds);

/// Writes share files into a folder that has none, and tells how many files became of it.
struct Exported {
    Counts counts;
    std::uint64_t files = 0;
};
Exported export_share_files(ShareTable& table, const std::filesystem::path& folder, const Network& network);

/// Tells the first damages one by one, of the others how many there are.
class DamageReport {
  public:
    /// `remark`: "is damaged and passed over"
    explicit DamageReport(std::string remark) : remark_(std::move(remark)) {}

    void add(const std::string& what, const std::string& problem);
    /// Returns the number.
    std::uint64_t finish() const;

  private:
    std::string remark_;
    std::uint64_t count_ = 0;
};

}  // namespace share_chain::store
