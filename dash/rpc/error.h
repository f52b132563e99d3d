#pragma once

#include <string>

#include "dash/util/error.h"

namespace dash::rpc {

/// Error codes of Dash Core's JSON-RPC (src/rpc/protocol.h) that this project tells apart.
namespace code {
constexpr int kInvalidAddressOrKey = -5;  ///< also: "Block not found"
constexpr int kInvalidParameter = -8;     ///< also: "Block height out of range"
constexpr int kNotConnected = -9;
constexpr int kInitialDownload = -10;
constexpr int kDeserialization = -22;
constexpr int kWarmup = -28;
constexpr int kMethodNotFound = -32601;
constexpr int kInternal = -32603;
}  // namespace code

/// A call that gave no result. what() is one sentence for the operator: what is wrong with dashd and what to do about
/// it.
class RpcError : public Error {
  public:
    enum class Kind {
        kUnreachable,   ///< no connection: refused, no such host, TLS failed
        kTimeout,       ///< the deadline passed
        kDisconnected,  ///< the connection ended in the middle of the call
        kUnauthorized,  ///< HTTP 401 or 403
        kBadAnswer,  ///< not the answer of a JSON-RPC server: HTML, truncated, wrong id, too large, not of the promised
                     ///< form
        kDaemon,     ///< dashd answered with an error: see code()
    };

    RpcError(Kind kind, const std::string& text, int http_status = 0);

    /// An error object of dashd; the text for the operator is made from the code.
    [[nodiscard]] static RpcError from_daemon(int code, std::string message, int http_status);

    [[nodiscard]] Kind kind() const { return kind_; }
    /// 0 unless kind() is kDaemon.
    [[nodiscard]] int code() const { return code_; }
    /// dashd's own words; empty unless kind() is kDaemon.
    [[nodiscard]] const std::string& daemon_message() const { return daemon_message_; }
    /// 0 when no HTTP answer arrived.
    [[nodiscard]] int http_status() const { return http_status_; }

  private:
    Kind kind_;
    int code_ = 0;
    int http_status_ = 0;
    std::string daemon_message_;
};

}  // namespace dash::rpc
