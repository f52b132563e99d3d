#include "dash/broadcaster/peer_pool.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

#include "dash/broadcaster/announcement_limit.h"
#include "dash/broadcaster/pool_log.h"
#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "dash/x11/x11.h"

namespace dash::broadcaster {
namespace {

namespace asio = boost::asio;
using p2p::PeerConnection;
using p2p::PeerEnd;

/// More at a time are a chain somebody wants to show, not the announcement of a block.
constexpr std::size_t kMostAnnouncedBlocks = 8;

Failure failure_of(const PeerEnd& end) {
    switch (end.kind) {
        case PeerEnd::Kind::kTimeout:
            return Failure::kTimeout;
        case PeerEnd::Kind::kRefused:
            return Failure::kRefused;
        case PeerEnd::Kind::kLost:
        case PeerEnd::Kind::kMisbehaved:
        case PeerEnd::Kind::kStopped:
            break;
    }
    return Failure::kError;
}

}  // namespace

struct PeerPool::State : std::enable_shared_from_this<State> {
    struct Peer {
        Peer(const asio::any_io_executor& executor, SteadyTime now) : begun(now), deadline(executor) {}

        SteadyTime begun;
        std::unique_ptr<PeerConnection> connection;
        asio::steady_timer deadline;  ///< of the handshake
        AnnouncementLimit announcements;
        std::string drop_reason;  ///< why we end it, when we do
    };

    State(asio::any_io_executor given_executor, PoolSettings given_settings, PeerManager given_manager,
          std::function<rpc::Daemon&()> given_best_daemon, Events given_events, const Clock& given_clock)
        : executor(given_executor),
          settings(std::move(given_settings)),
          manager(std::move(given_manager)),
          best_daemon(std::move(given_best_daemon)),
          events(std::move(given_events)),
          clock(given_clock),
          check_timer(given_executor) {}

    asio::awaitable<void> keep_up();
    asio::awaitable<void> refresh(Refresh reason);
    void dial();
    asio::awaitable<void> serve(PeerManager::Dial dial, std::shared_ptr<Peer> peer);
    std::shared_ptr<Peer> make_peer(const PeerManager::Dial& dial);
    void became_ready(const PeerManager::Dial& dial, PeerConnection& connection);
    void ended(const PeerManager::Dial& dial, const PeerEnd& end, SteadyTime begun);
    void drop(const PeerAddress& address, const std::string& reason);
    void protect(const PeerAddress& dashd);
    void measure_pings();

    void take(const PeerAddress& from, std::string_view command, ByteSpan payload);
    void take_inventory(const PeerAddress& from, ByteSpan payload);
    void take_addresses(const PeerAddress& from, const std::vector<p2p::TimedAddress>& addresses);
    void take_header(const PeerAddress& from, ByteSpan header);
    /// Whether one more block that the peer announces is looked at. Throws PeerMisbehaving when there are too many.
    bool admits_block(const PeerAddress& from);
    void take_block(const PeerAddress& from, const Uint256& hash);

    asio::any_io_executor executor;
    PoolSettings settings;
    PeerManager manager;
    std::function<rpc::Daemon&()> best_daemon;
    Events events;
    const Clock& clock;
    asio::steady_timer check_timer;
    TransactionSightings transactions;
    std::map<PeerAddress, std::shared_ptr<Peer>> peers;  // connected and dialing; bounded by the manager
    bool refreshing = false;
    std::optional<std::pair<std::size_t, std::size_t>> last_told;  ///< peers and book size at the last refresh
    bool refresh_failed = false;
    bool stopped = false;
};

asio::awaitable<void> PeerPool::State::keep_up() {
    const auto self = shared_from_this();
    while (!stopped) {
        measure_pings();
        const PeerManager::Orders orders = manager.check();
        if (orders.refresh != Refresh::kNone && !std::exchange(refreshing, true)) {
            asio::co_spawn(
                executor, [self, reason = orders.refresh] { return self->refresh(reason); }, asio::detached);
        }
        dial();
        check_timer.expires_after(settings.check_interval);
        co_await check_timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void PeerPool::State::measure_pings() {
    for (const auto& [address, peer] : peers) {
        const auto time = peer->connection->ping_time();
        if (time && peer->connection->ready()) manager.ping_measured(address, *time);
    }
}

asio::awaitable<void> PeerPool::State::refresh(Refresh reason) {
    const auto self = shared_from_this();
    const auto present = std::pair(manager.connections().size(), manager.book().size());
    const bool repeated = last_told == present;
    last_told = present;
    pool_log::refresh_begun(reason, manager, clock.steady_now(), repeated);
    try {
        rpc::Daemon& daemon = best_daemon();
        const rpc::NetworkInfo network = co_await daemon.get_network_info();
        const std::vector<rpc::PeerInfo> answer = co_await daemon.get_peer_info();
        if (stopped) co_return;
        for (const std::string& text : network.local_addresses) {
            if (const auto own = parse_peer_address(text)) protect(*own);
        }
        const PeerManager::Learned learned = manager.dashd_answered(reason, answer);
        pool_log::refresh_done(reason, learned, manager, repeated);
        refresh_failed = false;
        dial();
    } catch (const rpc::RpcError& error) {
        pool_log::refresh_failed(error.what(), std::exchange(refresh_failed, true));
    }
    refreshing = false;
}

void PeerPool::State::dial() {
    if (stopped) return;
    for (const PeerManager::Dial& dial : manager.dials()) {
        pool_log::dialing(dial, settings.dial_timeout);
        const auto peer = make_peer(dial);
        peers[dial.address] = peer;
        asio::co_spawn(
            executor, [self = shared_from_this(), dial, peer] { return self->serve(dial, peer); }, asio::detached);
    }
}

std::shared_ptr<PeerPool::State::Peer> PeerPool::State::make_peer(const PeerManager::Dial& dial) {
    p2p::PeerSettings connection;
    connection.magic = settings.magic;
    connection.user_agent = settings.user_agent;
    connection.relay_transactions = true;  // what is announced tells what peers hold
    connection.wants_addrv2 = true;
    connection.connect_timeout = settings.dial_timeout;
    connection.handshake_timeout = settings.dial_timeout;
    PeerConnection::Policy policy;
    policy.on_ready = [this, dial](PeerConnection& its) { became_ready(dial, its); };
    policy.on_message = [this, from = dial.address](PeerConnection&, std::string_view command, ByteSpan payload) {
        if (!stopped) take(from, command, payload);
    };
    auto peer = std::make_shared<Peer>(executor, clock.steady_now());
    peer->connection = std::make_unique<PeerConnection>(executor, std::move(connection), std::move(policy), clock);
    peer->deadline.expires_after(settings.dial_timeout);
    peer->deadline.async_wait([weak = std::weak_ptr<Peer>(peer)](boost::system::error_code error) {
        const auto its = weak.lock();
        if (!error && its != nullptr && !its->connection->ready()) its->connection->close();
    });
    return peer;
}

asio::awaitable<void> PeerPool::State::serve(PeerManager::Dial dial, std::shared_ptr<Peer> peer) {
    const auto self = shared_from_this();
    PeerEnd end = co_await peer->connection->run(host_text(dial.address), dial.address.port);
    peer->deadline.cancel();
    if (stopped) co_return;
    if (end.kind == PeerEnd::Kind::kStopped) {
        // By us: the handshake's deadline, or on purpose.
        if (!end.was_ready) end.kind = PeerEnd::Kind::kTimeout;
        end.reason = peer->drop_reason.empty() ? "the handshake was not completed in time" : peer->drop_reason;
    }
    peers.erase(dial.address);
    ended(dial, end, peer->begun);
}

void PeerPool::State::became_ready(const PeerManager::Dial& dial, PeerConnection& connection) {
    if (stopped) return;
    Peer& peer = *peers.at(dial.address);
    peer.deadline.cancel();
    pool_log::connected(dial, clock.steady_now() - peer.begun);
    connection.send("sendcmpct", encode(p2p::SendCompact{false, 1}));
    if (manager.wants_addresses()) connection.send("getaddr", {});
    const auto surplus = manager.connected(dial.address);
    if (surplus && *surplus != dial.address) pool_log::rotated(*surplus, dial.address);
    if (surplus) drop(*surplus, "no place for it");
    if (surplus != dial.address && events.on_ready) events.on_ready(dial.address);
}

void PeerPool::State::ended(const PeerManager::Dial& dial, const PeerEnd& end, SteadyTime begun) {
    const PeerAddress& address = dial.address;
    if (end.was_ready) {
        pool_log::lost(address, end);
        manager.disconnected(address, end.kind == PeerEnd::Kind::kMisbehaved);
        if (events.on_lost) events.on_lost(address, end.reason);
    } else {
        const Failure kind = failure_of(end);
        pool_log::dial_failed(dial, kind, end.reason, clock.steady_now() - begun);
        if (manager.dial_failed(address, kind)) {
            const auto record = manager.book().records().find(address);
            if (record != manager.book().records().end()) {
                pool_log::resting(address, record->second.attempts.backoff());
            }
        }
    }
    this->dial();
}

void PeerPool::State::drop(const PeerAddress& address, const std::string& reason) {
    const auto peer = peers.find(address);
    if (peer == peers.end()) return;
    peer->second->drop_reason = reason;
    peer->second->connection->close();
}

void PeerPool::State::protect(const PeerAddress& dashd) {
    if (manager.protect(dashd)) drop(dashd, "it is the local dashd");
}

void PeerPool::State::take(const PeerAddress& from, std::string_view command, ByteSpan payload) {
    manager.heard_from(from);
    if (command == "ping") pool_log::ping(from);
    if (command == "inv") {
        take_inventory(from, payload);
    } else if (command == "addr") {
        take_addresses(from, p2p::decode_addr(payload));
    } else if (command == "addrv2") {
        take_addresses(from, p2p::decode_addrv2(payload));
    } else if (command == "headers") {
        const std::vector<BlockHeader> headers = p2p::decode_headers(payload);
        if (headers.size() > kMostAnnouncedBlocks) return;
        for (const BlockHeader& header : headers)
            take_header(from, header.serialize());
    } else if ((command == "cmpctblock" || command == "block") && payload.size() >= BlockHeader::kBytes) {
        take_header(from, payload.first(BlockHeader::kBytes));
    }
    if (events.on_message) events.on_message(from, command, payload);
}

void PeerPool::State::take_inventory(const PeerAddress& from, ByteSpan payload) {
    std::size_t announced = 0;
    std::size_t blocks = 0;
    for (const p2p::InvItem& item : p2p::decode_inv(payload)) {
        if (item.type == p2p::kInvBlock || item.type == p2p::kInvCompactBlock) {
            if (++blocks <= kMostAnnouncedBlocks && admits_block(from)) take_block(from, item.hash);
        } else if (item.type == p2p::kInvTransaction) {
            transactions.announced(item.hash, clock.steady_now());
            ++announced;
        }
    }
    if (blocks > kMostAnnouncedBlocks) peers.at(from)->announcements.passed_over(blocks - kMostAnnouncedBlocks);
    if (announced == 0) return;
    const std::uint64_t total = manager.transactions_announced(from, announced);
    pool_log::transactions(from, total - std::min<std::uint64_t>(announced, total), total);
}

void PeerPool::State::take_addresses(const PeerAddress& from, const std::vector<p2p::TimedAddress>& addresses) {
    const PeerManager::Learned learned = manager.addresses_received(from, addresses);
    pool_log::addresses(addresses.size(), learned, manager.book().size());
}

void PeerPool::State::take_header(const PeerAddress& from, ByteSpan header) {
    if (admits_block(from)) take_block(from, x11::hash_number(header));
}

bool PeerPool::State::admits_block(const PeerAddress& from) {
    return peers.at(from)->announcements.admits(steady_seconds(clock));
}

void PeerPool::State::take_block(const PeerAddress& from, const Uint256& hash) {
    if (const auto total = manager.block_announced(from, hash)) pool_log::block(from, hash, *total);
    if (events.on_block) events.on_block(from, hash);
}

PeerPool::PeerPool(asio::any_io_executor executor, PoolSettings settings, PeerManager manager,
                   std::function<rpc::Daemon&()> best_daemon, Events events, const Clock& clock)
    : state_(std::make_shared<State>(std::move(executor), std::move(settings), std::move(manager),
                                     std::move(best_daemon), std::move(events), clock)) {}

PeerPool::~PeerPool() {
    state_->stopped = true;
    state_->check_timer.cancel();
    for (const auto& [address, peer] : state_->peers) {
        peer->deadline.cancel();
        peer->connection->close();
    }
}

void PeerPool::start() {
    asio::co_spawn(
        state_->executor, [state = state_] { return state->keep_up(); }, asio::detached);
}

std::vector<PeerAddress> PeerPool::ready_peers() const {
    std::vector<std::pair<std::chrono::microseconds, PeerAddress>> ready;
    for (const auto& [address, peer] : state_->peers) {
        if (!peer->connection->ready()) continue;
        ready.emplace_back(peer->connection->ping_time().value_or(std::chrono::microseconds::max()), address);
    }
    std::sort(ready.begin(), ready.end());
    std::vector<PeerAddress> addresses;
    addresses.reserve(ready.size());
    for (const auto& [ping, address] : ready)
        addresses.push_back(address);
    return addresses;
}

PeerConnection* PeerPool::find(const PeerAddress& address) {
    const auto peer = state_->peers.find(address);
    const bool ready = peer != state_->peers.end() && peer->second->connection->ready();
    return ready ? peer->second->connection.get() : nullptr;
}

void PeerPool::drop(const PeerAddress& address, const std::string& reason) {
    state_->drop(address, reason);
}

void PeerPool::protect(const PeerAddress& dashd) {
    state_->protect(dashd);
}

PeerManager& PeerPool::manager() {
    return state_->manager;
}

const PeerManager& PeerPool::manager() const {
    return state_->manager;
}

const TransactionSightings& PeerPool::transactions() const {
    return state_->transactions;
}

}  // namespace dash::broadcaster
