#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "dash/p2p/framing.h"
#include "dash/util/clock.h"
#include "p2pool/peers/effort.h"
#include "p2pool/peers/messages.h"
#include "p2pool/peers/peer_transactions.h"
#include "p2pool/peers/settings.h"
#include "p2pool/peers/status.h"
#include "p2pool/peers/transport.h"

namespace p2pool::peers {

class PeerSession;

struct SessionEnd {
    std::string reason;
    bool misbehaved = false;  ///< costs the host a ban
};

/// Who holds the sessions. May throw PeerDropped or dash::PeerMisbehaving (or any other exception, which drops) out of
/// received() and established(): that ends the session.
class SessionOwner {
  public:
    virtual ~SessionOwner() = default;
    [[nodiscard]] virtual Version our_version(const PeerAddress& to) = 0;
    /// The peer's first message came; version() is known.
    virtual void established(PeerSession& session) = 0;
    virtual void received(PeerSession& session, const AddrMe& message) = 0;
    virtual void received(PeerSession& session, const Addrs& message) = 0;
    virtual void received(PeerSession& session, const GetAddrs& message) = 0;
    virtual void received(PeerSession& session, const ShareRequest& message) = 0;
    virtual void received(PeerSession& session, const BestBlock& message) = 0;
    /// Of types that we understand.
    virtual void received(PeerSession& session, Shares message) = 0;
    /// Transactions that nobody had told us before.
    virtual void learned(const std::vector<KnownTransaction>& transactions) = 0;
    /// Transactions are not held for the peer any more.
    virtual void released() = 0;
    /// Once, unless the owner destroys the session before; it must not be destroyed inside this call.
    virtual void ended(PeerSession& session, const SessionEnd& end) = 0;
};

/// What a request for shares came to.
struct ShareAnswer {
    enum class Kind {
        kShares,    ///< the peer answered, perhaps with none
        kRefused,   ///< too much for one message, or a reason that we do not know
        kTimedOut,  ///< the session ends with it
        kLost,      ///< the session ended
    };
    Kind kind = Kind::kLost;
    std::vector<share_chain::TypedContents> shares;
};

/// One connection to a node of the p2pool network: handshake, lifetime, limits, requests under way, and the messages
/// about transactions. Messages are taken one after the other; hold() stops it.
class PeerSession {
  public:
    struct Environment {
        const Settings& settings;
        TimerFactory& timers;
        const dash::Clock& clock;
        KnownTransactions& transactions;
        std::mt19937_64& random;
        EffortAccounts::Account effort;  ///< of the peer's host
    };
    enum class Direction { kIncoming, kOutgoing, kPermanent };

    PeerSession(std::uint64_t id, std::unique_ptr<Channel> channel, Direction direction, SessionOwner& owner,
                Environment environment);
    ~PeerSession();
    PeerSession(const PeerSession&) = delete;
    PeerSession& operator=(const PeerSession&) = delete;

    /// Sends our version, waits for the peer's.
    void start();

    [[nodiscard]] std::uint64_t id() const { return id_; }
    [[nodiscard]] const PeerAddress& address() const { return channel_->remote(); }
    [[nodiscard]] Direction direction() const { return direction_; }
    [[nodiscard]] bool is_incoming() const { return direction_ == Direction::kIncoming; }
    [[nodiscard]] bool is_open() const { return open_; }
    [[nodiscard]] bool is_established() const { return open_ && version_.has_value(); }
    /// Also when it is over.
    [[nodiscard]] bool has_shaken_hands() const { return established_; }
    /// Of established sessions.
    [[nodiscard]] const Version& version() const { return *version_; }
    /// "host:port", under which the tracker knows the peer's shares.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] PeerTransactions& transactions() { return transactions_; }
    [[nodiscard]] PeerStatus status() const;

    /// Nothing happens when the session is over; it ends when the peer does not read what it gets.
    template <typename Message>
    void send(const Message& message) {
        send_frames(make_frames(settings_.network->p2p_prefix, message));
    }
    void send_frame(dash::p2p::SharedFrame frame);
    void send_frames(const std::vector<dash::p2p::SharedFrame>& frames);

    using AnswerHandler = std::function<void(PeerSession& session, ShareAnswer answer)>;
    /// Asks for shares. The handler is called once, unless the session is destroyed before; what it throws ends the
    /// session.
    void request_shares(std::vector<dash::Uint256> hashes, std::uint64_t parents, std::vector<dash::Uint256> stops,
                        AnswerHandler handler);
    [[nodiscard]] std::size_t requests_under_way() const { return requests_.size(); }

    /// No further message is taken, or read, until resume().
    void hold();
    void resume();
    /// The message just taken made the node do this much besides reading it (effort.h).
    void charge(double effort);
    /// The same for a price that is above what it takes here: nobody has to wait for a turn for it.
    void charge_price(double price);
    /// A message that brought so many entries; none is noise.
    void charge_list(std::size_t entries, double effort_of_each);

    /// The peer sent us this share: no need to send it back.
    void note_share(const dash::Uint256& hash);
    [[nodiscard]] bool has_share(const dash::Uint256& hash) const { return shares_.count(hash) != 0; }

    void end(const SessionEnd& end);

  private:
    struct Request {
        dash::Uint256 id;
        double sent_at = 0;
        AnswerHandler handler;
    };

    void on_bytes(dash::ByteSpan bytes);
    void take_messages();
    /// Stops when the peer has had its part of the node thread, until the others had theirs.
    void rest_if_due();
    /// Reads what the peer sends, unless it has to wait.
    void listen();
    /// Runs it; what it throws ends the session.
    void guarded(const std::function<void()>& action);
    void handle(const dash::p2p::Frame& frame);
    void handle_version(dash::ByteSpan payload);
    void handle_transactions(const dash::p2p::Frame& frame);
    void handle_reply(dash::ByteSpan payload);
    [[nodiscard]] Trailing trailing() const;
    /// Drops shares of types that we do not know, or throws.
    void keep_known_types(std::vector<share_chain::TypedContents>& shares);
    void check_silence();
    void check_requests();
    void measure_ping();
    [[nodiscard]] double now() const;

    const std::uint64_t id_;
    std::unique_ptr<Channel> channel_;
    const Direction direction_;
    const std::string name_;
    SessionOwner& owner_;
    const Settings& settings_;
    const dash::Clock& clock_;
    std::mt19937_64& random_;
    dash::p2p::FrameParser parser_;
    PeerTransactions transactions_;
    EffortAccounts::Account effort_;
    std::unique_ptr<Timer> rest_timer_;
    std::unique_ptr<Timer> silence_timer_;
    std::unique_ptr<Timer> ping_timer_;
    std::unique_ptr<Timer> request_timer_;

    bool open_ = true;
    bool held_ = false;
    bool resting_ = false;
    double turn_effort_ = 0;  ///< since the peer's turn began
    bool taking_ = false;
    bool established_ = false;  ///< the owner took the peer
    std::optional<Version> version_;
    double connected_since_ = 0;  ///< unix seconds
    double started_at_ = 0;       ///< steady seconds, as all below
    double heard_at_ = 0;
    std::optional<double> ping_seconds_;
    std::uint64_t bytes_received_ = 0;
    std::uint64_t bytes_sent_ = 0;
    std::deque<Request> requests_;        ///< oldest first; we are the ones who ask
    std::set<std::uint64_t> told_types_;  ///< unknown share types that the log has; at most kMostToldTypes
    std::unordered_set<dash::Uint256> shares_;
    std::deque<dash::Uint256> share_order_;  ///< at most kMostNotedShares
};

/// Does what a session was held for and then lets it go on, also when that throws: nobody else would, and a session
/// that is held is never silent for too long. `session` may be null: it is over.
template <typename Action>
void resume_after(PeerSession* session, Action&& action) {
    try {
        action();
    } catch (...) {
        if (session != nullptr) session->resume();
        throw;
    }
    if (session != nullptr) session->resume();
}

}  // namespace p2pool::peers
