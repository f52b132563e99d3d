#pragma once

#include <string>
#include <vector>

#include "p2pool/node/node.h"

namespace p2pool::node {

/// The status as the python node prints it, two to four lines: scripts read them.
[[nodiscard]] std::vector<std::string> status_lines(const NodeStatus& status, const share_chain::Network& network);

}  // namespace p2pool::node
