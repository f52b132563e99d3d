#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "p2pool/stratum/server.h"
#include "web/http/limits.h"
#include "web/http/page.h"

namespace web {

/// HTTP/1.1 on connections that the worker port hands over: keep-alive, HEAD, ETag and 304, gzip. Web thread.
class HttpServer {
  public:
    /// Answers a request; may throw, which is a 500.
    using Handler = std::function<std::shared_ptr<Page>(const Request&)>;

    struct Counters {
        std::size_t connections = 0;                  ///< open now
        std::map<unsigned, std::uint64_t> responses;  ///< status → number since the start
        std::uint64_t bytes_sent = 0;
        double seconds = 0;  ///< spent in the handler
    };

    HttpServer(boost::asio::io_context& io, HttpLimits limits, Handler handler);

    void take(p2pool::stratum::HttpConnection connection);
    [[nodiscard]] const Counters& counters() const { return shared_->counters; }

  private:
    friend class HttpSession;
    struct Shared {
        HttpLimits limits;
        Handler handler;
        Counters counters;
        std::map<std::string, std::size_t> by_client;  ///< bounded by max_connections
    };

    boost::asio::io_context& io_;
    std::shared_ptr<Shared> shared_;
};

}  // namespace web
