#include "dash/p2p/daemon_link.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

namespace dash::p2p {

namespace asio = boost::asio;

struct DaemonLink::State : std::enable_shared_from_this<State> {
    State(const asio::any_io_executor& given_executor, DaemonLinkSettings given_settings, Events given_events,
          const Clock& given_clock)
        : executor(given_executor),
          settings(std::move(given_settings)),
          events(std::move(given_events)),
          clock(given_clock),
          pause(given_executor),
          random(std::random_device()()) {}

    asio::awaitable<void> keep_connected();
    void take(std::string_view command, ByteSpan payload);
    [[nodiscard]] std::chrono::milliseconds next_delay(bool was_ready);

    asio::any_io_executor executor;
    DaemonLinkSettings settings;
    Events events;
    const Clock& clock;
    asio::steady_timer pause;
    std::minstd_rand random;
    std::chrono::milliseconds delay{0};
    bool stopped = false;
    std::unique_ptr<PeerConnection> peer;
    std::uint64_t connects = 0;
    std::uint64_t blocks_announced = 0;
    std::uint64_t transactions_announced = 0;
    std::string last_error;
};

std::chrono::milliseconds DaemonLink::State::next_delay(bool was_ready) {
    delay = was_ready || delay.count() == 0 ? settings.first_delay : std::min(2 * delay, settings.longest_delay);
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(delay.count() / 2, delay.count())(random));
}

void DaemonLink::State::take(std::string_view command, ByteSpan payload) {
    if (command != "inv") return;
    for (const InvItem& item : decode_inv(payload)) {
        if (item.type == kInvTransaction) ++transactions_announced;
        if (item.type != kInvBlock && item.type != kInvCompactBlock) continue;
        ++blocks_announced;
        if (events.on_block && !stopped) events.on_block(item.hash);
    }
}

asio::awaitable<void> DaemonLink::State::keep_connected() {
    const auto self = shared_from_this();
    while (!stopped) {
        PeerConnection::Policy policy;
        policy.on_ready = [this](PeerConnection&) {
            ++connects;
            if (!stopped && events.on_up) events.on_up();
        };
        policy.on_message = [this](PeerConnection&, std::string_view command, ByteSpan payload) {
            take(command, payload);
        };
        peer = std::make_unique<PeerConnection>(executor, settings.peer, std::move(policy), clock);
        const PeerEnd end = co_await peer->run(settings.host, settings.port);
        peer.reset();
        last_error = end.reason;
        if (stopped) break;
        if (events.on_down) events.on_down(end);
        if (stopped) break;
        pause.expires_after(next_delay(end.was_ready));
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

DaemonLink::DaemonLink(asio::any_io_executor executor, DaemonLinkSettings settings, Events events, const Clock& clock)
    : state_(std::make_shared<State>(executor, std::move(settings), std::move(events), clock)) {}

DaemonLink::~DaemonLink() {
    state_->stopped = true;
    state_->pause.cancel();
    if (state_->peer) state_->peer->close();
}

void DaemonLink::start() {
    asio::co_spawn(
        state_->executor, [state = state_] { return state->keep_connected(); }, asio::detached);
}

bool DaemonLink::up() const {
    return state_->peer && state_->peer->ready();
}

DaemonLinkStatus DaemonLink::status() const {
    DaemonLinkStatus status;
    status.connects = state_->connects;
    status.blocks_announced = state_->blocks_announced;
    status.transactions_announced = state_->transactions_announced;
    status.last_error = state_->last_error;
    status.up = up();
    if (status.up) {
        status.user_agent = state_->peer->peer_version()->user_agent;
        status.ping_time = state_->peer->ping_time();
        status.answers = state_->peer->pong_overdue() < kPongTime;
    }
    return status;
}

void DaemonLink::send_block(SharedFrame frame, PeerConnection::SentHandler done) {
    if (up()) {
        state_->peer->send(std::move(frame), std::move(done));
    } else if (done) {
        asio::post(state_->executor, [done = std::move(done)] { done(false); });
    }
}

}  // namespace dash::p2p
