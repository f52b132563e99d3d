#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "share_chain/network.h"
#include "share_chain/share.h"

/// The files in which the python node keeps shares (p2pool.util.p2pool_data ShareStore): shares.0, shares.1, … Each
/// line is a number, a blank and hex: "5 <type and contents as on the wire>" is a share, "2 <hash without leading
/// zeros>" says that the share of this hash is verified, 0 and 1 mean nothing.
namespace share_chain::store {

/// The files of a folder, in the order of their numbers; empty when there are none or no folder.
[[nodiscard]] std::vector<std::filesystem::path> find_share_files(const std::filesystem::path& folder);

/// What a line holds, in the order of the lines.
struct ShareFileEvents {
    std::function<void(SharePtr)> on_share;
    /// The share may come later, or not at all.
    std::function<void(const dash::Uint256&)> on_verified;
    /// A damaged line, or one of an unknown kind, or a share that is not valid on this network.
    std::function<void(const std::filesystem::path& file, std::uint64_t line, const std::string& problem)> on_problem;
};

/// Shares of a type older than 16 are passed over, as the python node does. X11 runs on all cores. Throws ConfigError
/// when a file cannot be read at all.
void read_share_files(const std::vector<std::filesystem::path>& files, const Network& network,
                      const ShareFileEvents& events);

/// Writes such files into a folder.
class ShareFileWriter {
  public:
    /// Makes the folder when needed. Throws ConfigError when it holds share files already: those would be mixed up.
    explicit ShareFileWriter(std::filesystem::path folder);

    void add(const Share& share, bool verified);
    /// Completes the files. Throws dash::Error when something could not be written.
    void finish();
    /// How many there are: shares.0 … shares.<files − 1>.
    [[nodiscard]] std::uint64_t files() const { return files_; }

  private:
    void write_line(const std::string& line);
    void close();

    std::filesystem::path folder_;
    std::uint64_t files_ = 0;
    std::ofstream file_;
    std::uint64_t file_bytes_ = 0;
};

}  // namespace share_chain::store
