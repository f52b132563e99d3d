#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "dash/rpc/client.h"

namespace dash::rpc {

struct HttpAnswer {
    int status = 0;
    std::string body;
};

/// One keep-alive connection to dashd's RPC port. Failures are boost::system::system_error: asio::error::timed_out past
/// the deadline, http::error::body_limit for an answer that is too large.
class HttpConnection {
  public:
    using Deadline = std::chrono::steady_clock::time_point;

    virtual ~HttpConnection() = default;

    /// Sends one request and reads its answer. `authorization`: "user:password", or empty.
    [[nodiscard]] virtual boost::asio::awaitable<HttpAnswer> post(const std::string& authorization, std::string body,
                                                                  Deadline deadline) = 0;

    /// Whether anything of the last answer arrived: if not, dashd may have closed the connection before it saw the
    /// request.
    [[nodiscard]] bool answer_begun() const { return answer_begun_; }
    /// Whether another request may be sent.
    [[nodiscard]] bool reusable() const { return reusable_; }

  protected:
    bool answer_begun_ = false;
    bool reusable_ = false;
};

/// `tls` is null for plain HTTP; else it must outlive the connection.
[[nodiscard]] boost::asio::awaitable<std::unique_ptr<HttpConnection>> open_http(const ClientSettings& settings,
                                                                                boost::asio::ssl::context* tls,
                                                                                HttpConnection::Deadline deadline);

/// The certificate is checked unless the host is this machine.
[[nodiscard]] std::unique_ptr<boost::asio::ssl::context> make_tls_context(const ClientSettings& settings);

}  // namespace dash::rpc
