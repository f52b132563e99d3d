#pragma once

#include <string>

namespace p2pool {

/// What --version prints and peers see: `git describe` of the sources, else the project's version.
[[nodiscard]] std::string version();

}  // namespace p2pool
