#include "dash/rpc/error.h"

namespace dash::rpc {
namespace {

std::string for_operator(int code, const std::string& message) {
    switch (code) {
        case code::kWarmup:
            return "dashd is starting up: " + message;
        case code::kInitialDownload:
            return "Dash Core is in initial sync, waiting for blocks... (" + message + ")";
        case code::kNotConnected:
            return "dashd has no connection to the Dash network, so its work would be old: wait, or check its network "
                   "(" +
                   message + ")";
        case code::kMethodNotFound:
            return "dashd does not know this call: it is too old, or the port is that of another program (" + message +
                   ")";
        default:
            return "dashd RPC error: " + std::to_string(code) + " " + message;
    }
}

}  // namespace

RpcError::RpcError(Kind kind, const std::string& text, int http_status)
    : Error(text), kind_(kind), http_status_(http_status) {}

RpcError RpcError::from_daemon(int code, std::string message, int http_status) {
    RpcError error(Kind::kDaemon, for_operator(code, message), http_status);
    error.code_ = code;
    error.daemon_message_ = std::move(message);
    return error;
}

}  // namespace dash::rpc
