#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "tests/simnet/rpc_table.h"

namespace simnet {

struct HttpResult {
    unsigned status = 0;
    std::map<std::string, std::string> headers;
    std::string body;

    [[nodiscard]] Json json() const { return Json::parse(body); }
};

struct HttpCall {
    std::uint16_t port = 0;
    std::string target = "/";
    std::optional<std::string> body;  ///< GET without one
    std::string credentials = "simnet:simnet";
    std::chrono::milliseconds timeout{10'000};
};

/// One request on a connection of its own. nullopt when there was no answer in time; throws boost::system::system_error
/// when there is no connection.
[[nodiscard]] std::optional<HttpResult> http_call(const HttpCall& call);

/// A JSON-RPC request.
[[nodiscard]] std::optional<HttpResult> rpc_call(std::uint16_t port, const std::string& method,
                                                 const Json& params = Json::array(),
                                                 std::chrono::milliseconds timeout = std::chrono::seconds(10));

}  // namespace simnet
