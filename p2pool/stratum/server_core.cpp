#include "p2pool/stratum/server_core.h"

#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/stratum/connection.h"
#include "p2pool/stratum/file_limit.h"

namespace p2pool::stratum {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kSweepInterval{1};
/// Kept sessions and old getwork need no second's precision.
constexpr double kStoreSweepSeconds = 30;
/// When the system has no more sockets to give, asking again at once would only burn time.
constexpr std::chrono::milliseconds kAcceptPause{100};
/// So many connections get new work, in about a tenth of a millisecond, before submits get their turn.
constexpr std::size_t kPushesAtOnce = 8;
constexpr std::size_t kOffendersShown = 20;

constexpr int kSendBufferBytes = 128 * 1024;
constexpr int kKeepaliveIdleSeconds = 60;
constexpr int kKeepaliveIntervalSeconds = 10;
constexpr int kKeepaliveProbes = 3;
constexpr int kUnacknowledgedMilliseconds = 90'000;

/// The address as limits count it: of IPv6 the /64 network, which one client has for himself.
std::string client_key(const asio::ip::address& address) {
    if (address.is_v4()) return address.to_string();
    const asio::ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
    if (v6.is_loopback()) return v6.to_string();
    auto bytes = v6.to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
    return asio::ip::address_v6(bytes).to_string() + "/64";
}

void set_tcp_option(tcp::socket& socket, int option, int value) {
    // A connection does without, so that failure does not matter.
    static_cast<void>(setsockopt(socket.native_handle(), IPPROTO_TCP, option, &value, sizeof value));
}

void prepare(tcp::socket& socket) {
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    socket.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
    set_tcp_option(socket, TCP_KEEPIDLE, kKeepaliveIdleSeconds);
    set_tcp_option(socket, TCP_KEEPINTVL, kKeepaliveIntervalSeconds);
    set_tcp_option(socket, TCP_KEEPCNT, kKeepaliveProbes);
    set_tcp_option(socket, TCP_USER_TIMEOUT, kUnacknowledgedMilliseconds);
}

/// One attempt to say why; whoever connects may be gone already.
void refuse(tcp::socket& socket, const std::string& reason) {
    std::string line;
    append_error(line, nullptr, {ErrorCode::kOther, "Connection refused: " + reason});
    error_code ignored;
    socket.write_some(asio::buffer(line), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

std::size_t connection_limit(const AdmissionSettings& settings) {
    const std::size_t files = raise_file_limit();
    const std::size_t possible = connections_for(files);
    const std::size_t limit = settings.max_connections == 0 ? possible : std::min(settings.max_connections, possible);
    dash::log::info("Up to ", limit, " miner connections (", files, " open files allowed)");
    return limit;
}

}  // namespace

ServerCore::ServerCore(asio::io_context& io_context, work::WorkSource& source, const dash::Clock& clock,
                       ServerSettings settings)
    : io_context_(io_context),
      settings_(std::move(settings)),
      miners_{source,
              clock,
              *settings_.network,
              settings_.share_seconds,
              DifficultyPolicy(*settings_.network),
              Admission(settings_.admission, clock),
              PoolStatistics(clock),
              ExtranoncePool(std::random_device()()),
              {},
              {},
              settings_.bench},
      getwork_(miners_),
      max_connections_(connection_limit(settings_.admission)),
      acceptor_(io_context),
      sweep_timer_(io_context),
      work_event_timer_(io_context, asio::steady_timer::time_point::max()) {}

double ServerCore::now() const {
    return steady_seconds(miners_.clock);
}

void ServerCore::bind(const tcp::endpoint& endpoint) {
    error_code ignored;
    acceptor_.close(ignored);
    acceptor_.open(endpoint.protocol());
    if (endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(false));
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
}

void ServerCore::bind_everywhere() {
    try {
        bind({asio::ip::address_v6::any(), settings_.port});
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::address_in_use) throw;
        bind({asio::ip::address_v4::any(), settings_.port});  // a system without IPv6
    }
}

void ServerCore::listen() {
    try {
        if (settings_.host.empty()) {
            bind_everywhere();
        } else {
            bind({asio::ip::make_address(settings_.host), settings_.port});
        }
    } catch (const boost::system::system_error& error) {
        throw dash::ConfigError("cannot listen for workers on '" + settings_.host + "' port " +
                                std::to_string(settings_.port) + ": " + error.code().message() +
                                ". Stop the program that uses it, or choose another with --worker-port");
    }
    asio::co_spawn(
        io_context_, [self = shared_from_this()] { return self->accept_all(); }, asio::detached);
    asio::co_spawn(
        io_context_, [self = shared_from_this()] { return self->sweep_every_second(); }, asio::detached);
}

std::uint16_t ServerCore::port() const {
    return acceptor_.local_endpoint().port();
}

void ServerCore::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    sweep_timer_.cancel();
    work_event_timer_.cancel();
    while (!connections_.empty()) {
        const auto connection = connections_.begin()->second;
        connection->close();
    }
}

asio::awaitable<void> ServerCore::accept_all() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(kAwait);
        if (!error) {
            take_in(std::move(socket));
        } else if (acceptor_.is_open() && error != asio::error::connection_aborted) {
            dash::log::warning("Cannot take another miner's connection: ", error.message(),
                               ". If it stays so, raise the limit of open files (ulimit -n)");
            asio::steady_timer timer(io_context_, kAcceptPause);
            co_await timer.async_wait(kAwait);
        }
    }
}

void ServerCore::take_in(tcp::socket socket) {
    error_code error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error) return;
    prepare(socket);
    const std::string ip = client_key(peer.address());
    if (const std::string refusal = miners_.admission.admit(ip); !refusal.empty()) {
        dash::log::debug("Rejected connection from ", ip, ": ", refusal);
        refuse(socket, refusal);
        return;
    }
    if (connections_.size() >= max_connections_ && !make_room()) {
        miners_.admission.leave(ip);
        refuse(socket, "this node serves as many miners as it can");
        return;
    }
    const std::uint64_t number = next_number_++;
    auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket), number, ip);
    connections_.emplace(number, connection);
    unproven_.insert(number);
    connection->start();
}

bool ServerCore::make_room() {
    if (unproven_.empty()) return false;
    const auto oldest = connections_.find(*unproven_.begin());
    const auto connection = oldest->second;
    connection->close();
    return true;
}

void ServerCore::remove(std::uint64_t number, const std::string& ip) {
    unproven_.erase(number);
    if (connections_.erase(number) != 0) miners_.admission.leave(ip);
}

asio::awaitable<void> ServerCore::sweep_every_second() {
    while (acceptor_.is_open()) {
        sweep_timer_.expires_after(kSweepInterval);
        co_await sweep_timer_.async_wait(kAwait);
        if (acceptor_.is_open()) sweep();
    }
}

void ServerCore::sweep() {
    for (auto next = connections_.begin(); next != connections_.end();) {
        const auto connection = (next++)->second;
        connection->tick();
    }
    if (now() < next_store_sweep_) return;
    next_store_sweep_ = now() + kStoreSweepSeconds;
    miners_.sessions.expire(now());
    getwork_.expire(now());
}

asio::awaitable<void> ServerCore::wait_for_work_event() {
    co_await work_event_timer_.async_wait(kAwait);
}

void ServerCore::work_changed(bool clean) {
    ++work_number_;
    miners_.notifies.clear();
    if (clean) {
        last_clean_number_ = work_number_;
        work_event_timer_.cancel();
    }
    another_round_ = pushing_;
    if (!pushing_) start_round();
}

void ServerCore::start_round() {
    pushing_ = true;
    next_to_push_ = 0;
    asio::post(io_context_, [self = shared_from_this()] { self->push_some(); });
}

void ServerCore::push_some() {
    auto next = connections_.lower_bound(next_to_push_);
    for (std::size_t pushed = 0; pushed < kPushesAtOnce && next != connections_.end(); ++pushed) {
        const auto connection = (next++)->second;
        connection->push_work(work_number_, last_clean_number_);
    }
    if (next != connections_.end()) {
        next_to_push_ = next->first;
        asio::post(io_context_, [self = shared_from_this()] { self->push_some(); });
        return;
    }
    pushing_ = false;
    if (std::exchange(another_round_, false)) start_round();
}

ServerStatus ServerCore::status() {
    ServerStatus status;
    status.totals = miners_.statistics.totals();
    status.workers = miners_.statistics.workers();
    for (const auto& entry : connections_) {
        if (auto connection = entry.second->status()) status.connections.push_back(std::move(*connection));
    }
    status.connections_by_ip = miners_.admission.connections();
    status.bans = miners_.admission.bans();
    status.offenders = miners_.admission.offenders(kOffendersShown);
    status.max_connections = max_connections_;
    return status;
}

}  // namespace p2pool::stratum
