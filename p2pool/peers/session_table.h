#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "p2pool/peers/peer_session.h"
#include "p2pool/peers/transport.h"

namespace p2pool::peers {

/// All sessions, by age. One that ended is destroyed later, by the event loop: it may be in the middle of a call.
class SessionTable {
  public:
    explicit SessionTable(TimerFactory& timers) : burial_(timers.make_timer()) {}

    PeerSession& add(std::unique_ptr<PeerSession> session);
    void retire(PeerSession& session);

    [[nodiscard]] PeerSession* find(std::uint64_t id) const;  ///< null when it ended
    /// The established one of that name; null when there is none.
    [[nodiscard]] PeerSession* find(const std::string& name) const;
    /// The pointers live until the event loop is back.
    [[nodiscard]] std::vector<PeerSession*> established() const;
    [[nodiscard]] std::vector<PeerSession*> all() const;
    /// An established one; null when there is none.
    [[nodiscard]] PeerSession* any(std::mt19937_64& random) const;
    [[nodiscard]] std::size_t established_count() const;

    template <typename Message>
    void send_to_all(dash::ByteSpan prefix, const Message& message) {
        const std::vector<PeerSession*> sessions = established();
        if (sessions.empty()) return;
        const std::vector<dash::p2p::SharedFrame> frames = make_frames(prefix, message);
        for (PeerSession* session : sessions)
            session->send_frames(frames);
    }

  private:
    std::map<std::uint64_t, std::unique_ptr<PeerSession>> sessions_;
    std::vector<std::unique_ptr<PeerSession>> ended_;
    std::unique_ptr<Timer> burial_;
};

}  // namespace p2pool::peers
