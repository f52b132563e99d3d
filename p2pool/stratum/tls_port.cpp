#include "p2pool/stratum/tls_port.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ssl.hpp>
#include <map>
#include <thread>

#include "dash/util/coroutines.h"
#include "dash/util/ip_list.h"
#include "dash/util/log.h"
#include "p2pool/stratum/file_limit.h"
#include "p2pool/stratum/proxy_protocol.h"
#include "p2pool/stratum/socket_setup.h"
#include "p2pool/stratum/tls_context.h"

namespace p2pool::stratum {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using boost::system::error_code;
using dash::kAwait;
using dash::pause;
using tcp = asio::ip::tcp;
using Inner = asio::local::stream_protocol::socket;

constexpr std::chrono::seconds kLookInterval{5};
constexpr std::chrono::seconds kHandshakePatience{10};
/// To say that it is over; who does not answer loses nothing by it.
constexpr std::chrono::milliseconds kGoodbyePatience{200};
constexpr std::size_t kMostHandshakes = 256;
constexpr std::size_t kMostFarewells = 128;
/// Each connection has two of these for as long as it lasts.
constexpr std::size_t kChunkBytes = 4096;

/// Everything that comes from one side goes to the other; returns when one of them is over.
template <typename From, typename To>
asio::awaitable<void> pass_on(From& from, To& to) {
    std::array<char, kChunkBytes> chunk{};
    for (;;) {
        const auto [read_error, size] = co_await from.async_read_some(asio::buffer(chunk), kAwait);
        if (size > 0) {
            const auto [write_error, written] =
                co_await asio::async_write(to, asio::buffer(chunk.data(), size), kAwait);
            if (write_error) co_return;
        }
        if (read_error) co_return;
    }
}

/// Connections at a stage where strangers could let them pile up: one too many, and the oldest is closed.
class Stage {
  public:
    explicit Stage(std::size_t most) : most_(most) {}

    /// A connection is at this stage as long as this is there.
    class Place {
      public:
        Place(Stage& stage, tcp::socket& socket) : stage_(stage), number_(stage.enter(socket)) {}
        ~Place() { stage_.sockets_.erase(number_); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

      private:
        Stage& stage_;
        std::uint64_t number_;
    };

  private:
    std::uint64_t enter(tcp::socket& socket) {
        if (sockets_.size() >= most_) {
            error_code ignored;
            sockets_.begin()->second->close(ignored);
            sockets_.erase(sockets_.begin());
        }
        sockets_.emplace(++last_number_, &socket);
        return last_number_;
    }

    std::size_t most_;
    std::uint64_t last_number_ = 0;
    std::map<std::uint64_t, tcp::socket*> sockets_;  ///< the oldest first; at most most_
};

}  // namespace

class TlsPort::Impl {
  public:
    Impl(TlsPortSettings settings, Handoff handoff)
        : settings_(std::move(settings)),
          proxies_(settings_.proxies),
          handoff_(std::move(handoff)),
          context_(settings_.certificate, settings_.key) {}
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void bind() { acceptor_ = bind_port(io_, place()); }
    void listen() {
        if (!acceptor_.is_open()) bind();
        start_listening(acceptor_, place());
        asio::co_spawn(io_, accept_all(), dash::log_failure("The TLS port"));
        asio::co_spawn(io_, look_at_files(), dash::log_failure("The look at the TLS certificate"));
        thread_ = std::thread([this] { dash::run_guarded(io_, "the TLS port"); });
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    void stop() {
        io_.stop();
        if (thread_.joinable()) thread_.join();
    }

  private:
    using Stream = asio::ssl::stream<tcp::socket>;

    [[nodiscard]] PortPlace place() const { return {settings_.host, settings_.port, "--worker-tls-port"}; }

    asio::awaitable<void> look_at_files() {
        for (;;) {
            co_await pause(kLookInterval);
            context_.look();
        }
    }

    asio::awaitable<void> accept_all() {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(kAwait);
            if (error) {
                co_await pause(kAcceptPause);
                continue;
            }
            asio::co_spawn(io_, serve(std::move(socket)), [](const std::exception_ptr& failure) {
                try {
                    if (failure) std::rethrow_exception(failure);
                } catch (const std::exception& problem) {
                    dash::log::debug("A TLS connection ended: ", problem.what());
                }
            });
        }
    }

    /// The client's address once he has shaken hands; empty when he has not.
    asio::awaitable<std::string> shake_hands(Stream& stream) {
        const Stage::Place place(handshakes_, stream.next_layer());
        error_code error;
        asio::ip::address address = stream.next_layer().remote_endpoint(error).address();
        if (error) co_return std::string();
        if (proxies_.contains(address.to_string())) {
            const auto told = co_await read_proxy_header(stream.next_layer(), address);
            if (!told) co_return std::string();
            address = *told;
        }
        const auto result = co_await (stream.async_handshake(Stream::server, kAwait) || pause(kHandshakePatience));
        if (result.index() != 0 || std::get<0>(std::get<0>(result))) co_return std::string();
        co_return address.to_string();
    }

    /// Closes the connection when the worker port has hung up, and what it said last is still not taken. Who waits for
    /// the client to take something does not see the other end go.
    asio::awaitable<void> end_farewell(Inner& inner, tcp::socket& client) {
        const auto [all_was_passed_on] = co_await inner.async_wait(Inner::wait_error, kAwait);
        if (all_was_passed_on) co_return;
        const Stage::Place place(farewells_, client);
        asio::steady_timer patience(io_, settings_.farewell);
        const auto [all_was_taken] = co_await patience.async_wait(kAwait);
        if (all_was_taken) co_return;
        error_code ignored;
        client.close(ignored);
    }

    asio::awaitable<void> serve(tcp::socket socket) {
        prepare_miner_socket(socket);
        const std::shared_ptr<asio::ssl::context> context = context_.current();
        Stream stream(std::move(socket), *context);
        std::string address = co_await shake_hands(stream);
        if (address.empty()) co_return;
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0) co_return;
        {
            Inner inner(io_, asio::local::stream_protocol(), ends[0]);
            handoff_(ends[1], std::move(address));
            co_await (pass_on(stream, inner) || pass_on(inner, stream) || end_farewell(inner, stream.next_layer()));
        }
        co_await (stream.async_shutdown(kAwait) || pause(kGoodbyePatience));
    }

    TlsPortSettings settings_;
    dash::IpList proxies_;
    Handoff handoff_;
    TlsContext context_;
    Stage handshakes_{kMostHandshakes};
    Stage farewells_{kMostFarewells};
    asio::io_context io_{1};
    tcp::acceptor acceptor_{io_};
    std::thread thread_;
};

TlsPort::TlsPort(TlsPortSettings settings, Handoff handoff)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(handoff))) {}

TlsPort::~TlsPort() = default;

void TlsPort::bind() {
    impl_->bind();
}

void TlsPort::listen() {
    impl_->listen();
}

std::uint16_t TlsPort::port() const {
    return impl_->port();
}

void TlsPort::stop() {
    impl_->stop();
}

}  // namespace p2pool::stratum
