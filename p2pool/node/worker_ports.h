#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
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
    /// Takes the ports and reads the certificate; nobody is let in yet. `io_context`, `settings` and `clock` must
    /// outlive it. Throws ConfigError when a port or the certificate cannot be used.
    WorkerPorts(boost::asio::io_context& io_context, const options::Settings& settings, const dash::Clock& clock);

    /// Makes the server, once, before all that follows. `source` must outlive this.
    void set_source(work::WorkSource& source);
    /// Lets miners in. Throws ConfigError.
    void listen();
    [[nodiscard]] bool listening() const { return listening_; }
    void stop();
    [[nodiscard]] stratum::Server& server() { return *server_; }

    /// Never ends: brings changes of the file to the ports some seconds later.
    [[nodiscard]] boost::asio::awaitable<void> follow_security_config();

  private:
    boost::asio::io_context& io_context_;
    const options::Settings& settings_;
    const dash::Clock& clock_;
    options::SecurityConfigFile security_;  ///< after the start on disk_
    boost::asio::thread_pool disk_{1};
    boost::asio::ip::tcp::acceptor port_;  ///< the plain one, until listen()
    std::unique_ptr<stratum::Server> server_;
    bool listening_ = false;
    std::unique_ptr<stratum::TlsPort> tls_;  ///< null without --worker-tls-port
};

}  // namespace p2pool::node
