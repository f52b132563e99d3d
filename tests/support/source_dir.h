#pragma once

#include <filesystem>

namespace tests {

/// The root of the source tree.
[[nodiscard]] std::filesystem::path source_dir();

}  // namespace tests
