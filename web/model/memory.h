#pragma once

#include <optional>

namespace web {

/// Memory that this program holds (VmRSS); nullopt where the system does not tell.
[[nodiscard]] std::optional<double> resident_bytes();

}  // namespace web
