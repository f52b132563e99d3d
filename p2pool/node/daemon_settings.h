#pragma once

#include <vector>

#include "dash/backends/backend.h"
#include "dash/rpc/client.h"
#include "dash/submission/pipeline.h"
#include "p2pool/options/options.h"

/// How to reach the daemons that the command line names.
namespace p2pool::node {

/// All dashds, in the operator's order: that of --dashd-address, then those of --dashd. At least one.
[[nodiscard]] std::vector<dash::backends::BackendSettings> dashd_settings(const options::Settings& settings);
/// All of them but the first.
[[nodiscard]] std::vector<dash::submission::FurtherDaemon> further_dashd_settings(const options::Settings& settings);
/// Of the chains that are merge-mined.
[[nodiscard]] std::vector<dash::rpc::ClientSettings> merged_settings(const options::Settings& settings);

}  // namespace p2pool::node
