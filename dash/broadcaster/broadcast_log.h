#pragma once

#include <string>
#include <vector>

#include "dash/broadcaster/report.h"

namespace dash::broadcaster {

/// What operators read about a broadcast that has ended, in the phrases of the python node.
[[nodiscard]] std::vector<std::string> broadcast_lines(const BroadcastReport& report, bool dashd_has_it);

}  // namespace dash::broadcaster
