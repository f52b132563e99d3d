#include "share_chain/store/archive.h"

#include <array>
#include <ctime>
#include <sstream>

#include "dash/util/atomic_file.h"
#include "dash/util/error.h"

namespace share_chain::store {
namespace {

std::string utc(std::int64_t unix_seconds) {
    const auto time = static_cast<std::time_t>(unix_seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return {text.data(), size};
}

}  // namespace

std::filesystem::path write_archive(const std::filesystem::path& folder, const ArchiveHeading& heading,
                                    const std::vector<ArchivedShare>& shares) {
    std::ostringstream text;
    text << "# P2Pool Share Archive - Created: " << utc(heading.unix_seconds) << "\n"
         << "# Reason: " << heading.reason << "\n"
         << "# Chain height: " << heading.chain_height << ", Shares in active chain: " << heading.active_shares << "\n"
         << "# Format: share_hash timestamp verified\n\n";
    for (const ArchivedShare& share : shares) {
        text << share.hash.to_hex() << " " << share.timestamp << (share.verified ? " verified\n" : " unverified\n");
    }
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw dash::Error("cannot make the folder " + folder.string() + ": " + error.message());
    std::int64_t second = heading.unix_seconds;
    const auto file = [&] { return folder / ("shares_" + std::to_string(second) + ".txt"); };
    while (std::filesystem::exists(file()))
        ++second;
    dash::write_file_atomically(file(), text.str());
    return file();
}

}  // namespace share_chain::store
