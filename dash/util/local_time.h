#pragma once

#include <string>

namespace dash {

/// "2026-01-31 12:00:00" in the time zone of this computer, as the python node prints times.
[[nodiscard]] std::string format_local_time(double unix_seconds);

}  // namespace dash
