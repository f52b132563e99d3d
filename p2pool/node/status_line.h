#pragma once

#include <string>
#include <vector>

#include "p2pool/node/node.h"
#include "p2pool/peers/status.h"

namespace p2pool::node {

/// The status as the python node prints it, two to four lines: scripts read them. One line more while somebody votes
/// for a newer share version.
[[nodiscard]] std::vector<std::string> status_lines(const NodeStatus& status, const share_chain::Network& network);

/// How far the download of the share chain is.
[[nodiscard]] std::string download_line(const peers::DownloadProgress& progress);

/// What the operator must not miss, in the python node's words.
[[nodiscard]] std::vector<std::string> status_warnings(const NodeStatus& status);

}  // namespace p2pool::node
