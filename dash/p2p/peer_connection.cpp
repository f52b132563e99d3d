#include "dash/p2p/peer_connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cmath>
#include <deque>
#include <random>
#include <utility>

#include "dash/util/connect.h"
#include "dash/util/error.h"

namespace dash::p2p {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using boost::system::system_error;
using Kind = PeerEnd::Kind;
using Time = std::chrono::steady_clock::time_point;

constexpr std::size_t kReadBytes = 64U << 10;
/// Dash Core's ADDRV2_PROTO_VERSION.
constexpr std::uint32_t kKnowsAddrV2 = 70223;

std::uint64_t random_nonce() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

struct Outgoing {
    SharedFrame frame;
    PeerConnection::SentHandler done;
};

}  // namespace

struct PeerConnection::State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor given_executor, PeerSettings given_settings, Policy given_policy,
          const Clock& given_clock)
        : executor(given_executor),
          settings(std::move(given_settings)),
          policy(std::move(given_policy)),
          clock(given_clock),
          socket(given_executor),
          timer(given_executor),
          parser(settings.magic) {}

    asio::awaitable<PeerEnd> run(std::string host, std::uint16_t port);
    asio::awaitable<void> serve(std::string host, std::uint16_t port);
    asio::awaitable<void> watch();
    void greet(const std::string& host, std::uint16_t port);
    void take(const Frame& frame);
    void take_handshake(const Frame& frame);
    void become_ready();
    void ping();
    void check_pong();
    void send(std::string_view command, ByteSpan payload);
    void send(SharedFrame frame, SentHandler done);
    void write_next();
    [[nodiscard]] Backlog backlog();
    /// The first reason given stays.
    void end_with(Kind kind, std::string reason);
    void fail_queue();

    asio::any_io_executor executor;
    PeerSettings settings;
    Policy policy;
    const Clock& clock;
    PeerConnection* owner = nullptr;  ///< null once that is destroyed

    tcp::socket socket;
    asio::steady_timer timer;
    FrameParser parser;
    std::deque<Outgoing> queue;  // at most settings.max_queued_bytes
    std::size_t queued_bytes = 0;
    std::size_t taken_bytes = 0;  ///< of the first in the queue, by the operating system
    bool writing = false;

    std::optional<PeerEnd> end;
    std::optional<VersionMessage> peer_version;
    bool connected = false;
    bool acknowledged = false;
    bool ready = false;
    std::uint64_t ping_nonce = 0;
    Time ping_sent;
    std::optional<Time> pong_awaited_since;
    std::size_t last_backlog = 0;  ///< when the pong was looked for last
    std::optional<std::chrono::microseconds> ping_time;
};

void PeerConnection::State::end_with(Kind kind, std::string reason) {
    if (end) return;
    end = PeerEnd{kind, std::move(reason), ready};
    ready = false;
    error_code ignored;
    socket.close(ignored);
    timer.cancel();
}

void PeerConnection::State::fail_queue() {
    std::deque<Outgoing> unsent;
    unsent.swap(queue);
    queued_bytes = taken_bytes = 0;
    for (const Outgoing& outgoing : unsent) {
        if (outgoing.done) outgoing.done(false);
    }
}

asio::awaitable<PeerEnd> PeerConnection::State::run(std::string host, std::uint16_t port) {
    const auto self = shared_from_this();
    try {
        co_await serve(std::move(host), port);
    } catch (const system_error& error) {
        const error_code& code = error.code();
        if (code == asio::error::timed_out) {
            end_with(Kind::kTimeout, "no connection in time");
        } else if (!connected && code == asio::error::connection_refused) {
            end_with(Kind::kRefused, code.message());
        } else {
            end_with(Kind::kLost, code == asio::error::eof ? "closed by the other side" : code.message());
        }
    } catch (const std::exception& error) {
        end_with(Kind::kMisbehaved, error.what());
    }
    fail_queue();
    co_return *end;
}

asio::awaitable<void> PeerConnection::State::serve(std::string host, std::uint16_t port) {
    if (end) co_return;
    socket = co_await connect_tcp(host, port, std::chrono::steady_clock::now() + settings.connect_timeout);
    if (end) {
        socket.close();
        co_return;
    }
    connected = true;
    asio::co_spawn(
        executor, [self = shared_from_this()] { return self->watch(); }, asio::detached);
    greet(host, port);
    std::vector<std::uint8_t> chunk(kReadBytes);
    while (!end) {
        const std::size_t count = co_await socket.async_read_some(asio::buffer(chunk), asio::use_awaitable);
        parser.feed(ByteSpan(chunk).first(count));
        while (!end) {
            const auto frame = parser.next();
            if (!frame) break;
            take(*frame);
        }
    }
}

/// Ends the connection when the other side takes too long, and keeps it alive otherwise.
asio::awaitable<void> PeerConnection::State::watch() {
    timer.expires_after(settings.handshake_timeout);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!end && !ready) end_with(Kind::kTimeout, "the handshake was not completed in time");
    while (!end) {
        timer.expires_after(settings.ping_interval);
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (end) break;
        if (pong_awaited_since) {
            check_pong();
        } else {
            ping();
        }
    }
}

void PeerConnection::State::check_pong() {
    const std::size_t before = backlog().bytes;
    if (before < last_backlog) pong_awaited_since = clock.steady_now();  // the ping may be on its way still
    last_backlog = before;
    if (clock.steady_now() - *pong_awaited_since >= settings.pong_timeout) end_with(Kind::kTimeout, "answers no ping");
}

void PeerConnection::State::greet(const std::string& host, std::uint16_t port) {
    VersionMessage version;
    version.time = static_cast<std::int64_t>(std::floor(clock.unix_seconds()));
    version.to = make_net_address(host, port);
    version.nonce = random_nonce();
    version.user_agent = settings.user_agent;
    version.start_height = settings.start_height;
    version.relay_transactions = settings.relay_transactions;
    send("version", encode(version));
}

void PeerConnection::State::take(const Frame& frame) {
    if (!ready) return take_handshake(frame);
    if (frame.command == "ping") {
        send("pong", frame.payload);
    } else if (frame.command == "pong" && decode_nonce(frame.payload) == ping_nonce) {
        ping_time = std::chrono::duration_cast<std::chrono::microseconds>(clock.steady_now() - ping_sent);
        pong_awaited_since.reset();
    }
    if (owner != nullptr && policy.on_message) policy.on_message(*owner, frame.command, frame.payload);
}

void PeerConnection::State::take_handshake(const Frame& frame) {
    if (frame.command == "version" && !peer_version) {
        peer_version = decode_version(frame.payload);
        if (settings.wants_addrv2 && peer_version->version >= kKnowsAddrV2) send("sendaddrv2", {});
        send("verack", {});
    } else if (frame.command == "verack") {
        acknowledged = true;
    }
    if (peer_version && acknowledged) become_ready();
}

void PeerConnection::State::become_ready() {
    ready = true;
    timer.cancel();  // from the handshake's deadline to pings
    ping();
    if (owner != nullptr && policy.on_ready) policy.on_ready(*owner);
}

void PeerConnection::State::ping() {
    ping_nonce = random_nonce();
    ping_sent = clock.steady_now();
    pong_awaited_since = ping_sent;
    last_backlog = 0;
    send("ping", encode_nonce(ping_nonce));
}

void PeerConnection::State::send(std::string_view command, ByteSpan payload) {
    send(encode_frame(settings.magic, command, payload), {});
}

void PeerConnection::State::send(SharedFrame frame, SentHandler done) {
    if (!end && queued_bytes + frame->size() > settings.max_queued_bytes) {
        end_with(Kind::kLost, "does not read what it is sent");
    }
    if (end) {
        if (done) asio::post(executor, [done = std::move(done)] { done(false); });
        return;
    }
    queued_bytes += frame->size();
    queue.push_back({std::move(frame), std::move(done)});
    if (!writing) write_next();
}

Backlog PeerConnection::State::backlog() {
    return connected && !end ? read_backlog(socket.native_handle(), queued_bytes - taken_bytes) : Backlog();
}

void PeerConnection::State::write_next() {
    if (end || queue.empty()) return;
    writing = true;
    const SharedFrame frame = queue.front().frame;
    const auto take_all = [self = shared_from_this()](error_code error, std::size_t count) {
        if (!self->queue.empty()) self->taken_bytes = count;
        return asio::transfer_all()(error, count);
    };
    asio::async_write(socket, asio::buffer(*frame), take_all,
                      [self = shared_from_this(), frame](error_code error, std::size_t /*count*/) {
                          self->writing = false;
                          if (error) return self->end_with(Kind::kLost, error.message());
                          if (self->queue.empty()) return;  // the connection ended meanwhile
                          const SentHandler done = std::move(self->queue.front().done);
                          self->queue.pop_front();
                          self->queued_bytes -= frame->size();
                          self->taken_bytes = 0;
                          if (done) done(true);
                          if (!self->writing) self->write_next();
                      });
}

PeerConnection::PeerConnection(asio::any_io_executor executor, PeerSettings settings, Policy policy, const Clock& clock)
    : state_(std::make_shared<State>(std::move(executor), std::move(settings), std::move(policy), clock)) {
    state_->owner = this;
}

PeerConnection::~PeerConnection() {
    state_->owner = nullptr;
    state_->end_with(Kind::kStopped, "closed");
}

asio::awaitable<PeerEnd> PeerConnection::run(std::string host, std::uint16_t port) {
    return state_->run(std::move(host), port);
}

void PeerConnection::close() {
    state_->end_with(Kind::kStopped, "closed");
}

void PeerConnection::send(std::string_view command, ByteSpan payload) {
    state_->send(command, payload);
}

void PeerConnection::send(SharedFrame frame, SentHandler done) {
    state_->send(std::move(frame), std::move(done));
}

bool PeerConnection::ready() const {
    return state_->ready;
}

Backlog PeerConnection::backlog() const {
    return state_->backlog();
}

const std::optional<VersionMessage>& PeerConnection::peer_version() const {
    return state_->peer_version;
}

std::optional<std::chrono::microseconds> PeerConnection::ping_time() const {
    return state_->ping_time;
}

std::chrono::steady_clock::duration PeerConnection::pong_overdue() const {
    const auto& since = state_->pong_awaited_since;
    return since ? state_->clock.steady_now() - *since : std::chrono::steady_clock::duration(0);
}

}  // namespace dash::p2p
