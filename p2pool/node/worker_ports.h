#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>

#include "dash/util/clock.h"
#include "p2pool/options/options.h"
#include "p2pool/options/security_config.h"
#include "p2pool/stratum/server.h"
#include "p2pool/stratum/tls_port.h"

namespace p2pool::node {

/// The ports that miners connect to, the plain one and that through TLS, within the limits of security_config.json.
/// Node thread.
class WorkerPorts {
  public:
    /// `io_context`, `settings`, `source` and `clock` must outlive it. Throws ConfigError.
    WorkerPorts(boost::asio::io_context& io_context, const options::Settings& settings, work::WorkSource& source,
                const dash::Clock& clock);

    /// Throws ConfigError when a port cannot be used.
    void listen();
    void stop();
    [[nodiscard]] stratum::Server& server() { return server_; }

    /// Never ends: brings changes of the file to the ports some seconds later.
    [[nodiscard]] boost::asio::awaitable<void> follow_security_config();

  private:
    boost::asio::io_context& io_context_;
    const options::Settings& settings_;
    options::SecurityConfigFile security_;  ///< after the start on disk_
    boost::asio::thread_pool disk_{1};
    stratum::Server server_;
    std::unique_ptr<stratum::TlsPort> tls_;  ///< null without --worker-tls-port
};

}  // namespace p2pool::node
