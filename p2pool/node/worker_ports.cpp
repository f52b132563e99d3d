#include "p2pool/node/worker_ports.h"

#include <boost/asio.hpp>

#include "dash/util/coroutines.h"
#include "dash/util/log.h"
#include "p2pool/node/limits.h"
#include "p2pool/stratum/socket_setup.h"

namespace p2pool::node {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kSecurityLookInterval{2};

stratum::ServerSettings server_settings(const options::Settings& settings, const options::SecurityConfig& security) {
    stratum::ServerSettings server;
    server.admission = admission_settings(security);
    server.submit_limit = submit_limit_settings(security);
    server.proxies = settings.options.worker_proxies;
    server.host = settings.worker.host;
    server.port = settings.worker.port;
    server.has_tls_port = settings.options.worker_tls.has_value();
    server.network = settings.network;
    server.share_seconds = settings.options.share_rate_seconds;
    server.bench = settings.options.bench;
    return server;
}

stratum::TlsPortSettings tls_settings(const options::Settings& settings) {
    stratum::TlsPortSettings tls;
    tls.host = settings.options.worker_tls->host;
    tls.port = settings.options.worker_tls->port;
    tls.certificate = settings.options.worker_tls_certificate;
    tls.key = settings.options.worker_tls_key;
    tls.proxies = settings.options.worker_proxies;
    return tls;
}

}  // namespace

WorkerPorts::WorkerPorts(asio::io_context& io_context, const options::Settings& settings, const dash::Clock& clock)
    : io_context_(io_context),
      settings_(settings),
      clock_(clock),
      security_(settings.net_datadir / "security_config.json", clock),
      port_(stratum::bind_port(io_context, stratum::worker_port_place(settings.worker.host, settings.worker.port))) {
    if (!settings.options.worker_tls) return;
    tls_ = std::make_unique<stratum::TlsPort>(tls_settings(settings), [this](int socket, std::string address) {
        asio::post(io_context_, [this, socket, address = std::move(address)] { server_->take_in(socket, address); });
    });
    tls_->bind();
}

void WorkerPorts::set_source(work::WorkSource& source) {
    server_ =
        std::make_unique<stratum::Server>(io_context_, source, clock_, server_settings(settings_, security_.current()));
}

void WorkerPorts::listen() {
    listening_ = true;
    server_->listen(std::move(port_));
    if (tls_ != nullptr) {
        tls_->listen();
        dash::log::info("Listening for workers through TLS on '", settings_.options.worker_tls->host, "' port ",
                        settings_.options.worker_tls->port, "...");
    }
    dash::log::info("Listening for workers on '", settings_.worker.host, "' port ", settings_.worker.port, "...");
}

void WorkerPorts::stop() {
    if (tls_ != nullptr) tls_->stop();
    if (server_ != nullptr) server_->stop();
}

/// The file is looked at by a thread that may wait for a disk.
asio::awaitable<void> WorkerPorts::follow_security_config() {
    for (;;) {
        co_await dash::pause(kSecurityLookInterval);
        const options::SecurityConfig config = co_await asio::co_spawn(
            disk_, [this]() -> asio::awaitable<options::SecurityConfig> { co_return security_.current(); },
            asio::use_awaitable);
        server_->set_limits(admission_settings(config), submit_limit_settings(config));
    }
}

}  // namespace p2pool::node
