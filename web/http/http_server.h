#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "p2pool/stratum/server.h"
#include "web/http/limits.h"
#include "web/http/page.h"

namespace web {

class HttpSession;

/// HTTP/1.1 on connections that the worker port hands over: keep-alive, HEAD, ETag and 304, gzip. No client can use up
/// what others need: each has its own bounds, and beyond them its requests are `crowded`. Web thread.
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
        struct Client {
            std::list<HttpSession*> served;  ///< the oldest first
            std::size_t refused = 0;
            std::size_t unsent_bytes = 0;
        };
        std::map<std::string, Client> clients;  ///< those that have connections
        std::size_t served = 0;
        std::list<HttpSession*> refused;  ///< of all clients, the oldest first

        /// Whether one more connection of this client is served; may end one of a greedier client for it.
        [[nodiscard]] bool admit(const std::string& ip);
        [[nodiscard]] bool take_place_of_greediest(std::size_t own);
        /// Ends the oldest refused connections, where one more would be too many.
        void bound_refused(const std::string& ip);
    };

    boost::asio::io_context& io_;
    std::shared_ptr<Shared> shared_;
};

}  // namespace web
