#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "dash/p2p/framing.h"
#include "dash/primitives/bytes.h"
#include "p2pool/peers/peer_address.h"

/// What carries the p2pool network's bytes and time. The protocol itself (peer_session.h, peer_network.h) does no I/O
/// and waits for nothing: in the node these are sockets and clocks of an io_context, in tests a network in memory and a
/// clock moved by hand. Node thread only; every callback is called from the event loop, never from inside the call that
/// caused it.
namespace p2pool::peers {

/// One open connection. Destroying it closes it without a callback.
class Channel {
  public:
    struct Events {
        std::function<void(dash::ByteSpan bytes)> on_bytes;
        /// Once, when the other side closed or the connection broke; not after close(). The text is for the log.
        std::function<void(const std::string& reason)> on_closed;
    };

    virtual ~Channel() = default;

    /// Bytes are read from now on. Call once.
    virtual void start(Events events) = 0;
    /// Frames go out whole and in order; nothing after close().
    virtual void send(dash::p2p::SharedFrame frame) = 0;
    /// False: reads no more until true, so that a peer who sends faster than we digest waits in his own system. What
    /// was read already may still arrive.
    virtual void set_reading(bool reading) = 0;
    /// What send() took and the system has not: a peer that does not read.
    [[nodiscard]] virtual std::size_t unsent_bytes() const = 0;
    /// Drops the connection at once, unsent bytes with it.
    virtual void close() = 0;
    [[nodiscard]] virtual const PeerAddress& remote() const = 0;
};

class Transport {
  public:
    /// A channel, or a null pointer and the reason.
    using Connected = std::function<void(std::unique_ptr<Channel> channel, const std::string& reason)>;

    virtual ~Transport() = default;

    /// `host` is a name or an address in digits. Answers once, within the time given, unless the transport is destroyed
    /// before.
    virtual void connect(const std::string& host, std::uint16_t port, double timeout_seconds, Connected done) = 0;
    /// Who connects to us, from listening on; whoever does not want the channel destroys it.
    virtual void on_incoming(std::function<void(std::unique_ptr<Channel>)> accept) = 0;
};

/// Something to be done later; destroying or cancelling it means never.
class Timer {
  public:
    virtual ~Timer() = default;
    /// Replaces what was planned.
    virtual void start(double seconds, std::function<void()> action) = 0;
    virtual void cancel() = 0;
};

class TimerFactory {
  public:
    virtual ~TimerFactory() = default;
    [[nodiscard]] virtual std::unique_ptr<Timer> make_timer() = 0;
};

}  // namespace p2pool::peers
