#pragma once

#include <boost/system/system_error.hpp>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "dash/rpc/client.h"
#include "dash/rpc/error.h"
#include "dash/rpc/http_connection.h"

namespace dash::rpc {

/// The `result` in the answer to the call with this id; throws RpcError when it holds an error, or is no JSON-RPC
/// answer.
[[nodiscard]] nlohmann::json read_result(const ClientSettings& settings, const HttpAnswer& answer, std::uint64_t id);

/// What a failure to connect, or a failure after that, means to the operator.
[[nodiscard]] RpcError connect_error(const ClientSettings& settings, const boost::system::system_error& error);
[[nodiscard]] RpcError exchange_error(const ClientSettings& settings, const boost::system::system_error& error);

}  // namespace dash::rpc
