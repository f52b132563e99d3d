#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dash/p2p/peer_connection.h"
#include "dash/primitives/uint256.h"

namespace dash::p2p {

struct DaemonLinkSettings {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
    /// Looked after more closely than peers, and not given up as soon: away it is no better.
    PeerSettings peer{.ping_interval = std::chrono::milliseconds(5'000),
                      .pong_timeout = std::chrono::milliseconds(90'000)};
    /// Reconnects after this, doubled at each failure up to the longest delay, forever; each delay is shortened by up
    /// to a half at random.
    std::chrono::milliseconds first_delay{100};
    std::chrono::milliseconds longest_delay{1000};
};

struct DaemonLinkStatus {
    bool up = false;
    bool answers = false;    ///< up, and no ping is unanswered for longer than DaemonLink::kPongTime
    std::string user_agent;  ///< dashd's, while up
    std::optional<std::chrono::microseconds> ping_time;
    std::uint64_t connects = 0;
    std::uint64_t blocks_announced = 0;  ///< since the start, over all connections
    std::uint64_t transactions_announced = 0;
    std::string last_error;
};

/// The P2P link to the local dashd that is always there: tells new blocks, takes found ones. All on the executor's
/// single thread.
class DaemonLink {
  public:
    /// A dashd that leaves a ping unanswered for longer is frozen or overwhelmed; checking a block takes it less.
    static constexpr std::chrono::seconds kPongTime{10};

    struct Events {
        std::function<void()> on_up;
        std::function<void(const PeerEnd&)> on_down;  ///< also after each failed attempt to connect
        /// dashd announced this block: its new best one, or one it considers.
        std::function<void(const Uint256&)> on_block;
    };

    DaemonLink(boost::asio::any_io_executor executor, DaemonLinkSettings settings, Events events,
               const Clock& clock = system_clock());
    /// Ends the link; no event comes after.
    ~DaemonLink();
    DaemonLink(const DaemonLink&) = delete;
    DaemonLink& operator=(const DaemonLink&) = delete;

    void start();

    [[nodiscard]] bool up() const;
    [[nodiscard]] DaemonLinkStatus status() const;

    /// `frame` holds a `block` message. `done` is told later whether the operating system took it all; false when the
    /// link is down.
    void send_block(SharedFrame frame, PeerConnection::SentHandler done);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dash::p2p
