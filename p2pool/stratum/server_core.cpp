#include "p2pool/stratum/server_core.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

#include "dash/util/coroutines.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/stratum/connection.h"
#include "p2pool/stratum/file_limit.h"
#include "p2pool/stratum/proxy_protocol.h"
#include "p2pool/stratum/socket_setup.h"

namespace p2pool::stratum {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using dash::kAwait;
using tcp = asio::ip::tcp;

constexpr std::chrono::seconds kSweepInterval{1};
/// Kept sessions and old getwork need no second's precision.
constexpr double kStoreSweepSeconds = 30;
/// When the system has no more sockets to give, asking again at once would only burn time.
/// So many connections get new work, in about a tenth of a millisecond, before submits get their turn.
constexpr std::size_t kPushesAtOnce = 8;
/// Much cheaper than a push.
constexpr std::size_t kVisitsAtOnce = 128;
constexpr std::size_t kOffendersShown = 20;

/// One attempt to say why; whoever connects may be gone already.
void refuse(tcp::socket& socket, const std::string& reason) {
    std::string line;
    append_error(line, nullptr, {ErrorCode::kOther, "Connection refused: " + reason});
    error_code ignored;
    socket.write_some(asio::buffer(line), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
}

std::size_t connection_limit(const ServerSettings& settings) {
    const std::size_t files = raise_file_limit();
    const std::size_t possible = connections_for(settings.has_tls_port ? files_beside_tls(files) : files);
    const std::size_t chosen = settings.admission.max_connections;
    const std::size_t limit = chosen == 0 ? possible : std::min(chosen, possible);
    dash::log::info("Up to ", limit, " miner connections (", files, " open files allowed)");
    return limit;
}

}  // namespace

ServerCore::ServerCore(asio::io_context& io_context, work::WorkSource& source, const dash::Clock& clock,
                       ServerSettings settings)
    : io_context_(io_context),
      settings_(std::move(settings)),
      max_connections_(connection_limit(settings_)),
      proxies_(settings_.proxies),
      miners_{source,
              clock,
              *settings_.network,
              settings_.share_seconds,
              DifficultyPolicy(*settings_.network),
              Admission(settings_.admission, max_connections_, clock),
              SubmitLimit(settings_.submit_limit),
              PoolStatistics(clock),
              ExtranoncePool(std::random_device()()),
              {},
              {},
              settings_.bench},
      getwork_(miners_),
      acceptor_(io_context),
      sweep_timer_(io_context),
      work_event_timer_(io_context, asio::steady_timer::time_point::max()) {}

double ServerCore::now() const {
    return steady_seconds(miners_.clock);
}

void ServerCore::listen() {
    listen(bind_port(io_context_, worker_port_place(settings_.host, settings_.port)));
}

void ServerCore::listen(tcp::acceptor bound) {
    acceptor_ = std::move(bound);
    start_listening(acceptor_, worker_port_place(settings_.host, settings_.port));
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

void ServerCore::set_limits(AdmissionSettings admission, SubmitLimitSettings submit_limit) {
    miners_.admission.configure(std::move(admission));
    miners_.submit_limit.configure(std::move(submit_limit));
}

void ServerCore::take_in(tcp::socket socket) {
    error_code error;
    const asio::ip::address peer = socket.remote_endpoint(error).address();
    if (error) return;
    prepare_miner_socket(socket);
    if (!proxies_.contains(peer.to_string())) {
        take_in(std::move(socket), client_key(peer));
    } else if (proxied_ < max_connections_) {
        ++proxied_;
        asio::co_spawn(
            io_context_,
            [self = shared_from_this(), moved = std::make_shared<tcp::socket>(std::move(socket)), peer] {
                return self->take_in_proxied(std::move(*moved), peer);
            },
            [self = shared_from_this()](const std::exception_ptr&) { --self->proxied_; });
    }
}

asio::awaitable<void> ServerCore::take_in_proxied(tcp::socket socket, asio::ip::address balancer) {
    const auto client = co_await read_proxy_header(socket, balancer);
    if (client && acceptor_.is_open()) {
        take_in(std::move(socket), client_key(*client));
    } else {
        dash::log::debug("A connection of ", balancer.to_string(), " began without a PROXY header");
    }
}

void ServerCore::take_in(int number, const std::string& address) {
    tcp::socket socket(io_context_);
    error_code error;
    socket.assign(tcp::v4(), number, error);
    if (error) {
        ::close(number);
        return;
    }
    // Asio has to be told, too: else it waits where the socket does not, for a client that does not read.
    socket.non_blocking(true, error);
    const asio::ip::address client = asio::ip::make_address(address, error);
    if (!error && acceptor_.is_open()) take_in(std::move(socket), client_key(client));
}

void ServerCore::take_in(tcp::socket socket, const std::string& ip) {
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
    refuse(connection->socket(), "this node is full, and who says nothing makes room");
    connection->close();
    return true;
}

void ServerCore::remove(std::uint64_t number, const std::string& ip) {
    unproven_.erase(number);
    if (connections_.erase(number) != 0) miners_.admission.leave(ip);
}

template <typename Visit>
std::uint64_t ServerCore::visit_some(std::uint64_t from, std::size_t most, const Visit& visit) {
    auto next = connections_.lower_bound(from);
    for (std::size_t visited = 0; visited < most && next != connections_.end(); ++visited) {
        const auto connection = (next++)->second;  // it may end, and be removed
        visit(*connection);
    }
    return next == connections_.end() ? 0 : next->first;
}

/// In slices, so that miners are answered in between.
asio::awaitable<void> ServerCore::sweep_every_second() {
    while (acceptor_.is_open()) {
        sweep_timer_.expires_after(kSweepInterval);
        co_await sweep_timer_.async_wait(kAwait);
        for (std::uint64_t next = 1; next != 0 && acceptor_.is_open();) {
            next = visit_some(next, kVisitsAtOnce, [](Connection& connection) { connection.tick(); });
            co_await asio::post(io_context_, asio::use_awaitable);
        }
        if (acceptor_.is_open()) expire();
    }
}

void ServerCore::sweep() {
    visit_some(0, SIZE_MAX, [](Connection& connection) { connection.tick(); });
    expire();
}

void ServerCore::expire() {
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
    next_to_push_ = visit_some(next_to_push_, kPushesAtOnce, [this](Connection& connection) {
        connection.push_work(work_number_, last_clean_number_);
    });
    if (next_to_push_ != 0) {
        asio::post(io_context_, [self = shared_from_this()] { self->push_some(); });
        return;
    }
    pushing_ = false;
    if (std::exchange(another_round_, false)) start_round();
}

void ServerCore::finish(ServerStatus& status) {
    status.totals = miners_.statistics.totals();
    status.bans = miners_.admission.bans();
    status.offenders = miners_.admission.offenders(kOffendersShown);
    status.max_connections = max_connections_;
}

std::uint64_t ServerCore::add_connections(ServerStatus& status, std::uint64_t from, std::size_t most) {
    return visit_some(from, most, [&status](const Connection& connection) {
        ++status.connections_by_ip[connection.ip()];
        if (auto entry = connection.status()) status.connections.push_back(std::move(*entry));
    });
}

ServerStatus ServerCore::status() {
    ServerStatus status;
    add_connections(status, 1, SIZE_MAX);
    static_cast<void>(miners_.statistics.add_workers(status.workers, 1, SIZE_MAX));
    finish(status);
    return status;
}

asio::awaitable<ServerStatus> ServerCore::collect_status() {
    ServerStatus status;
    status.connections.reserve(connections_.size());
    for (std::uint64_t next = 1; next != 0;) {
        next = add_connections(status, next, kVisitsAtOnce);
        co_await asio::post(io_context_, asio::use_awaitable);
    }
    for (std::uint64_t next = 1; next != 0;) {
        next = miners_.statistics.add_workers(status.workers, next, kVisitsAtOnce);
        co_await asio::post(io_context_, asio::use_awaitable);
    }
    finish(status);
    co_return status;
}

}  // namespace p2pool::stratum
