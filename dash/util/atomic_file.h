#pragma once

#include <filesystem>
#include <string_view>

namespace dash {

/// Replaces the file's content, or makes the file: whoever reads it, also after a crash at any moment, finds the old
/// content or the new one, never a part. Goes through "<file>.new" beside it and waits for the disk. Throws Error.
void write_file_atomically(const std::filesystem::path& file, std::string_view content);

}  // namespace dash
