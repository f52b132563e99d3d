#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dash::sqlite {

/// What replace_if_damaged() did.
struct Salvage {
    std::filesystem::path damaged;  ///< where the damaged file is now
    std::string reason;             ///< SQLite's words
    std::uint64_t rows = 0;         ///< that could still be read, and are in the new file
};

/// Looks whether a SQLite file is sound; nothing happens when it is, or does not exist. A damaged file is moved to
/// "<file>.damaged-<unix_seconds>", or the next second that is free (never deleted), and a new file takes its place
/// with every row of every table that can still be read: parts of the program that share the file do not lose what they
/// keep because another's page is bad. Whoever reads the rows must expect wrong content in them.
///
/// Call before anything opens the file. Reads the whole file: about 100 ms for 30 MB. The way over is crash-safe.
/// Throws Error when the file cannot be read or written for another reason, for instance when there is no room.
[[nodiscard]] std::optional<Salvage> replace_if_damaged(const std::filesystem::path& file, std::int64_t unix_seconds);

}  // namespace dash::sqlite
