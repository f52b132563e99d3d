#pragma once

#include <optional>
#include <string>
#include <vector>

#include "p2pool/node/node.h"
#include "p2pool/peers/status.h"

namespace p2pool::node {

/// The status as the python node prints it, two to four lines: scripts read them. One line more while somebody votes
/// for a newer share version.
[[nodiscard]] std::vector<std::string> status_lines(const NodeStatus& status, const share_chain::Network& network);

/// What is said of the donation at the start.
[[nodiscard]] std::vector<std::string> donation_lines(double percent);

/// Said at the start of a chain that is too short for shares to leave it.
[[nodiscard]] std::optional<std::string> archive_line(std::uint64_t chain_height, std::uint64_t chain_length);

/// How far the download of the share chain is.
[[nodiscard]] std::string download_line(const peers::DownloadProgress& progress);

/// What is said of a block of the pool: "Recorded block …" and "BLOCK LUCK: …". `seconds_since_last`: since the pool's
/// block before, nullopt when that is not known.
[[nodiscard]] std::vector<std::string> won_block_lines(const dash::submission::WonBlock& block,
                                                       const NodeStatus& status,
                                                       std::optional<double> seconds_since_last);

/// What the operator must not miss, in the python node's words.
[[nodiscard]] std::vector<std::string> status_warnings(const NodeStatus& status);

}  // namespace p2pool::node
