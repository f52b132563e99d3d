#pragma once

#include <filesystem>

namespace dash {

/// For a file that holds a secret: when everybody on this computer may read or write it, it becomes its owner's alone.
/// The log says so, and where that fails what the operator has to do. What his group may do is the operator's choice,
/// unless others may do it too.
void make_private(const std::filesystem::path& file);

}  // namespace dash
