#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dash/primitives/uint256.h"

namespace share_chain::store {

struct ArchivedShare {
    dash::Uint256 hash;
    std::int64_t timestamp = 0;
    bool verified = false;
};

/// What an archive file says of itself.
struct ArchiveHeading {
    std::int64_t unix_seconds = 0;
    std::string_view reason;  ///< "periodic" or "startup cleanup"
    std::uint64_t chain_height = 0;
    std::uint64_t active_shares = 0;  ///< those of the best chain that are kept
};

/// Writes folder/shares_<unix>.txt, which lists shares that are kept no longer, in the form of the python node; the
/// next second that is free when there is such a file. The folder is made when needed. Throws dash::Error.
std::filesystem::path write_archive(const std::filesystem::path& folder, const ArchiveHeading& heading,
                                    const std::vector<ArchivedShare>& shares);

}  // namespace share_chain::store
