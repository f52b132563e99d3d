#include "p2pool/peer_io/tcp_transport.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "dash/util/connect.h"
#include "dash/util/coroutines.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "p2pool/peer_io/protect.h"
#include "p2pool/peer_io/tcp_channel.h"

namespace p2pool::peer_io {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using boost::system::system_error;
using dash::kAwait;
using tcp = asio::ip::tcp;

/// When the system has no more sockets to give, asking again at once would only burn time.
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

/// Coroutines that are under way hold it.
class TcpTransport::Core : public std::enable_shared_from_this<Core> {
  public:
    Core(asio::any_io_executor executor, std::size_t most_unsent_bytes)
        : executor_(std::move(executor)), most_unsent_bytes_(most_unsent_bytes), acceptor_(executor_) {}

    void listen(std::uint16_t port);
    [[nodiscard]] std::uint16_t port() const { return acceptor_.is_open() ? acceptor_.local_endpoint().port() : 0; }
    void connect(std::string host, std::uint16_t port, double timeout_seconds, Connected done);
    void on_incoming(std::function<void(std::unique_ptr<peers::Channel>)> accept);
    void stop();

  private:
    void bind(const tcp::endpoint& endpoint);
    void bind_everywhere(std::uint16_t port);
    /// As soon as there are both a port and somebody who takes what comes.
    void begin_to_accept();
    [[nodiscard]] asio::awaitable<void> accept_all();
    [[nodiscard]] asio::awaitable<void> connect_one(std::string host, std::uint16_t port, double timeout_seconds,
                                                    Connected done);
    [[nodiscard]] std::unique_ptr<peers::Channel> channel(tcp::socket socket, const tcp::endpoint& remote);

    asio::any_io_executor executor_;
    std::size_t most_unsent_bytes_;
    std::shared_ptr<Scratch> scratch_ = std::make_shared<Scratch>();
    tcp::acceptor acceptor_;
    std::function<void(std::unique_ptr<peers::Channel>)> accept_;
    bool accepting_ = false;
    bool stopped_ = false;
};

void TcpTransport::Core::bind(const tcp::endpoint& endpoint) {
    error_code ignored;
    acceptor_.close(ignored);
    acceptor_.open(endpoint.protocol());
    if (endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(false));
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
}

void TcpTransport::Core::bind_everywhere(std::uint16_t port) {
    try {
        bind({asio::ip::address_v6::any(), port});
    } catch (const system_error& error) {
        if (error.code() == asio::error::address_in_use) throw;
        bind({asio::ip::address_v4::any(), port});  // a system without IPv6
    }
}

void TcpTransport::Core::listen(std::uint16_t port) {
    try {
        bind_everywhere(port);
    } catch (const system_error& error) {
        error_code ignored;
        acceptor_.close(ignored);
        throw dash::ConfigError("cannot listen for p2pool peers on port " + std::to_string(port) + ": " +
                                error.code().message() +
                                ". Stop the program that uses it, or choose another with --p2pool-port");
    }
    begin_to_accept();
}

void TcpTransport::Core::on_incoming(std::function<void(std::unique_ptr<peers::Channel>)> accept) {
    accept_ = std::move(accept);
    begin_to_accept();
}

void TcpTransport::Core::begin_to_accept() {
    if (accept_ == nullptr || !acceptor_.is_open() || std::exchange(accepting_, true)) return;
    asio::co_spawn(
        executor_, [self = shared_from_this()] { return self->accept_all(); }, asio::detached);
}

asio::awaitable<void> TcpTransport::Core::accept_all() {
    while (acceptor_.is_open()) {
        tcp::endpoint remote;
        auto [error, socket] = co_await acceptor_.async_accept(remote, kAwait);
        if (stopped_) co_return;
        if (!error) {
            auto incoming = channel(std::move(socket), remote);
            static_cast<void>(protect("A new p2pool connection", [&] { accept_(std::move(incoming)); }));
        } else if (acceptor_.is_open() && error != asio::error::connection_aborted) {
            dash::log::warning("Cannot take another p2pool peer's connection: ", error.message(),
                               ". If it stays so, raise the limit of open files (ulimit -n)");
            asio::steady_timer timer(executor_, kAcceptPause);
            co_await timer.async_wait(kAwait);
        }
    }
    accepting_ = false;
}

std::unique_ptr<peers::Channel> TcpTransport::Core::channel(tcp::socket socket, const tcp::endpoint& remote) {
    return make_channel(std::move(socket), remote, scratch_, most_unsent_bytes_);
}

void TcpTransport::Core::connect(std::string host, std::uint16_t port, double timeout_seconds, Connected done) {
    asio::co_spawn(executor_, connect_one(std::move(host), port, timeout_seconds, std::move(done)),
                   [self = shared_from_this()](const std::exception_ptr& failure) {
                       static_cast<void>(protect("A new p2pool connection", [&failure] {
                           if (failure) std::rethrow_exception(failure);
                       }));
                   });
}

asio::awaitable<void> TcpTransport::Core::connect_one(std::string host, std::uint16_t port, double timeout_seconds,
                                                      Connected done) {
    const auto timeout =
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(timeout_seconds));
    std::unique_ptr<peers::Channel> connected;
    std::string reason;
    try {
        tcp::socket socket =
            co_await dash::connect_tcp(std::move(host), port, std::chrono::steady_clock::now() + timeout);
        const tcp::endpoint remote = socket.remote_endpoint();
        connected = channel(std::move(socket), remote);
    } catch (const system_error& error) {
        reason = error.code().message();
    }
    if (!stopped_) done(std::move(connected), reason);
}

void TcpTransport::Core::stop() {
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
}

TcpTransport::TcpTransport(asio::any_io_executor executor, std::size_t most_unsent_bytes)
    : core_(std::make_shared<Core>(std::move(executor), most_unsent_bytes)) {}

TcpTransport::~TcpTransport() {
    core_->stop();
}

void TcpTransport::listen(std::uint16_t port) {
    core_->listen(port);
}

std::uint16_t TcpTransport::port() const {
    return core_->port();
}

void TcpTransport::connect(const std::string& host, std::uint16_t port, double timeout_seconds, Connected done) {
    core_->connect(host, port, timeout_seconds, std::move(done));
}

void TcpTransport::on_incoming(std::function<void(std::unique_ptr<peers::Channel>)> accept) {
    core_->on_incoming(std::move(accept));
}

}  // namespace p2pool::peer_io
