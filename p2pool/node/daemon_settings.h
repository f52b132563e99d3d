#pragma once

#include <vector>

#include "dash/p2p/daemon_link.h"
#include "dash/rpc/client.h"
#include "p2pool/options/options.h"

namespace p2pool::node {

/// How dashd is reached by RPC.
[[nodiscard]] dash::rpc::ClientSettings rpc_settings(const options::Settings& settings);
/// How dashd is reached by P2P.
[[nodiscard]] dash::p2p::DaemonLinkSettings link_settings(const options::Settings& settings);
/// How the daemons of merged chains are reached (--merged).
[[nodiscard]] std::vector<dash::rpc::ClientSettings> merged_settings(const options::Settings& settings);

}  // namespace p2pool::node
