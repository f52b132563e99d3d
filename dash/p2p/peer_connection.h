#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dash/p2p/backlog.h"
#include "dash/p2p/framing.h"
#include "dash/p2p/messages.h"
#include "dash/util/clock.h"

namespace dash::p2p {

struct PeerSettings {
    std::array<std::uint8_t, 4> magic{};
    std::string user_agent{};  ///< "/P2Pool:1.0.0/"
    std::uint32_t start_height = 0;
    /// Be told of transactions as they travel (by `inv`; we never ask for one).
    bool relay_transactions = false;
    /// Take addresses by `addrv2` (BIP 155) from peers that know it.
    bool wants_addrv2 = false;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds handshake_timeout{15'000};
    /// While the last ping is unanswered, there is no further one.
    std::chrono::milliseconds ping_interval{10'000};
    /// The connection ends when a ping is unanswered for so long and nothing of what was sent before it leaves. Dash
    /// Core answers when its message thread is free: checking a block takes that some seconds, and a slow disk to which
    /// it writes its chain state not much more.
    std::chrono::milliseconds pong_timeout{20'000};
    /// A peer that does not read is dropped when more than this waits for it.
    std::size_t max_queued_bytes = 16U << 20;
};

/// How a connection ended.
struct PeerEnd {
    enum class Kind {
        kRefused,  ///< nobody listens there
        kTimeout,  ///< connecting or the handshake took too long, or the peer fell silent
        kLost,     ///< closed by the peer or the network; or never there: no route, no such host
        kMisbehaved,
        kStopped,  ///< by close()
    };
    Kind kind = Kind::kLost;
    std::string reason;
    bool was_ready = false;  ///< the handshake had been completed
};

/// One outgoing connection to a node of the Dash network: handshake, framing, keep-alive. We offer no services and
/// never appear as a masternode, so that the other side asks nothing of us. What to do with a peer is its owner's
/// policy. All on the executor's single thread.
class PeerConnection {
  public:
    /// Called on the connection's executor; must not block. An exception of theirs ends the connection as misbehaviour.
    struct Policy {
        /// The handshake is complete: sending may begin.
        std::function<void(PeerConnection&)> on_ready;
        /// Every message after the handshake, unknown commands too. The connection has answered a `ping` already, and
        /// takes the time from a `pong` to its own.
        std::function<void(PeerConnection&, std::string_view command, ByteSpan payload)> on_message;
    };
    using SentHandler = std::function<void(bool sent)>;

    PeerConnection(boost::asio::any_io_executor executor, PeerSettings settings, Policy policy, const Clock& clock);
    ~PeerConnection();
    PeerConnection(const PeerConnection&) = delete;
    PeerConnection& operator=(const PeerConnection&) = delete;

    /// Connects and serves until the connection ends. To be called once; the object may be destroyed meanwhile, which
    /// ends it.
    [[nodiscard]] boost::asio::awaitable<PeerEnd> run(std::string host, std::uint16_t port);
    /// Ends run() soon.
    void close();

    void send(std::string_view command, ByteSpan payload);
    /// `done` is told later: true when the operating system has taken the whole frame, false when the connection ended
    /// before.
    void send(SharedFrame frame, SentHandler done = {});

    [[nodiscard]] bool ready() const;
    /// Of what was given to send(); nothing when not connected.
    [[nodiscard]] Backlog backlog() const;
    /// The peer's own version message, once it came.
    [[nodiscard]] const std::optional<VersionMessage>& peer_version() const;
    /// Of the last answered ping.
    [[nodiscard]] std::optional<std::chrono::microseconds> ping_time() const;
    /// How long the peer has owed us a pong; 0 when it does not. It does not while what was sent before leaves.
    [[nodiscard]] std::chrono::steady_clock::duration pong_overdue() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dash::p2p
