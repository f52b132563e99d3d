#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "dash/rpc/daemon.h"

/// Reads the `result` of the calls that Daemon makes; fields that are not known do not matter. Each throws DecodeError
/// that names what is missing or of the wrong kind.
namespace dash::rpc {

[[nodiscard]] HeaderInfo read_header_info(const nlohmann::json& result);
[[nodiscard]] ChainLock read_chainlock(const nlohmann::json& result);
[[nodiscard]] ChainInfo read_chain_info(const nlohmann::json& result);
[[nodiscard]] NetworkInfo read_network_info(const nlohmann::json& result);
[[nodiscard]] std::vector<PeerInfo> read_peers(const nlohmann::json& result);
[[nodiscard]] AddressInfo read_address_info(const nlohmann::json& result);

}  // namespace dash::rpc
