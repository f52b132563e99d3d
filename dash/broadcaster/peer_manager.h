#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dash/broadcaster/peer_book.h"
#include "dash/broadcaster/score.h"
#include "dash/broadcaster/sightings.h"
#include "dash/broadcaster/upkeep.h"
#include "dash/p2p/messages.h"
#include "dash/rpc/daemon.h"
#include "dash/util/clock.h"

namespace dash::broadcaster {

/// How many connections; max_peers includes those to the operator's own dashds, and is more than these.
struct Limits {
    std::size_t max_peers = 20;
    std::size_t min_peers = 5;  ///< without these
    std::size_t local_dashds = 1;
};

struct Statistics {
    std::uint64_t blocks_broadcast = 0;
    std::uint64_t successful_broadcasts = 0;  ///< of blocks to peers
    std::uint64_t failed_broadcasts = 0;
    std::uint64_t connection_attempts = 0;
    std::uint64_t successful_connections = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t refused = 0;
    std::uint64_t errors = 0;
    std::uint64_t dashd_refreshes = 0;

    [[nodiscard]] std::uint64_t failed_connections() const { return timeouts + refused + errors; }
};

/// A connection that is up.
struct Connected {
    double since = 0;  ///< Unix seconds
    SteadyTime since_steady;
    SteadyTime last_message;
    std::size_t addresses_taken = 0;
};

/// Decides which peers to connect to, keep and drop. Does no I/O itself: its owner carries out what the methods return
/// and tells what became of it.
class PeerManager {
  public:
    /// At most this many attempts to connect run at a time.
    static constexpr std::size_t kMostDials = 3;
    /// … and lasts no longer, handshake included.
    static constexpr std::chrono::seconds kDialTimeout{30};
    /// Peers are asked for addresses while fewer are known.
    static constexpr std::size_t kSmallBook = 500;
    /// New addresses that one connection may bring.
    static constexpr std::size_t kMostAddressesOfPeer = 1000;
    /// A peer is replaced by one that scores so much higher, and not before it had time to show what it is worth.
    static constexpr double kRotationMargin = 30;
    static constexpr std::chrono::seconds kLeastStay{600};
    /// One that leaves sooner is not called back at once.
    static constexpr std::chrono::seconds kShortStay{60};

    /// `bootstrapped`: the book is that of an earlier run that had asked dashd. `clock` outlives this.
    PeerManager(Limits limits, PeerBook book, bool bootstrapped, const Clock& clock);

    /// What the check every Upkeep::kCheckInterval finds to do. dials() follows it.
    struct Orders {
        Refresh refresh = Refresh::kNone;
        std::size_t forgotten = 0;
    };
    [[nodiscard]] Orders check();

    struct Dial {
        PeerAddress address;
        int attempt = 1;  ///< of AttemptHistory::kAttemptsPerRound
    };
    /// Attempts to begin now; they count as begun. To be asked again whenever one has ended.
    [[nodiscard]] std::vector<Dial> dials();

    /// An attempt has ended. True when the peer rests now.
    bool dial_failed(const PeerAddress& address, Failure kind);
    /// An attempt has become a connection. Returns who has to go for it, when that makes one too many, or itself when
    /// it has turned out to be the local dashd.
    [[nodiscard]] std::optional<PeerAddress> connected(const PeerAddress& address);
    /// `misbehaved`: it is not tried again soon.
    void disconnected(const PeerAddress& address, bool misbehaved = false);

    /// The local dashd has this address: it is no peer, and is not called as one. True when it is connected as one.
    bool protect(const PeerAddress& dashd);

    // What connected peers say.
    void heard_from(const PeerAddress& address);
    void ping_measured(const PeerAddress& address, std::chrono::microseconds time);
    /// Returns how many blocks it has announced, when this is news.
    std::optional<std::uint64_t> block_announced(const PeerAddress& address, const Uint256& block);
    /// Returns how many it has announced.
    std::uint64_t transactions_announced(const PeerAddress& address, std::size_t count);
    struct Learned {
        std::vector<PeerAddress> added;
        std::size_t updated = 0;
        std::vector<PeerAddress> cleared;  ///< whose failed attempts are forgotten
    };
    Learned addresses_received(const PeerAddress& from, const std::vector<p2p::TimedAddress>& addresses);
    [[nodiscard]] bool wants_addresses() const { return book_.size() < kSmallBook; }
    void broadcast_ended(const PeerAddress& address, bool reached);
    void block_broadcast() { ++statistics_.blocks_broadcast; }

    /// dashd's own peers, as it answered a refresh.
    Learned dashd_answered(Refresh reason, const std::vector<rpc::PeerInfo>& peers);

    [[nodiscard]] double score_of(const PeerAddress& address) const;
    /// All 0 for a peer that is not in the book.
    [[nodiscard]] ScoreParts score_parts_of(const PeerAddress& address) const;
    [[nodiscard]] std::size_t most_peers() const { return limits_.max_peers - limits_.local_dashds; }
    [[nodiscard]] const Limits& limits() const { return limits_; }
    [[nodiscard]] const PeerBook& book() const { return book_; }
    [[nodiscard]] const std::map<PeerAddress, Connected>& connections() const { return connections_; }
    [[nodiscard]] std::size_t dialing() const { return dialing_.size(); }
    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    [[nodiscard]] bool bootstrapped() const { return upkeep_.is_bootstrapped(); }
    [[nodiscard]] double last_refresh() const { return last_refresh_; }  ///< Unix seconds, 0: none yet
    [[nodiscard]] std::vector<const PeerRecord*> resting() const;

  private:
    /// How many connections and attempts each network group has.
    using Crowd = std::map<std::uint64_t, std::size_t>;
    [[nodiscard]] Crowd crowd() const;
    [[nodiscard]] Standing standing_of(const PeerRecord& peer, const Crowd& crowd) const;
    [[nodiscard]] double score_of(const PeerRecord& peer, const Crowd& crowd) const;
    [[nodiscard]] const PeerRecord* best_candidate(const Crowd& crowd) const;
    /// Of those that are connected for long enough.
    [[nodiscard]] std::optional<PeerAddress> worst_connection() const;
    void plan_rotation();
    Dial begin_dial(const PeerAddress& address);

    Limits limits_;
    PeerBook book_;
    const Clock& clock_;
    Upkeep upkeep_;
    BlockSightings blocks_;
    std::map<PeerAddress, Connected> connections_;
    std::set<PeerAddress> dialing_;
    std::size_t dials_allowed_ = 0;           ///< by the present pass
    std::optional<PeerAddress> replacement_;  ///< to be dialed though no place is free
    double last_refresh_ = 0;
    Statistics statistics_;
};

}  // namespace dash::broadcaster
