#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dash/broadcaster/address.h"
#include "dash/p2p/backlog.h"
#include "dash/util/clock.h"

namespace dash::broadcaster {

/// The course of one block's broadcast to its peers; sends nothing itself. Peers are named by their place in the list
/// of targets. Each gets the compact block at once. The full block goes right behind, or, when it is so large that it
/// would keep an uplink busy, in a second stage: then the compact blocks of all peers go out first, and a peer that has
/// proved to have the block needs no more.
class Broadcast {
  public:
    /// A peer that has given no sign until then has failed.
    static constexpr std::chrono::milliseconds kDeadline{10'000};
    /// Larger blocks go in two stages.
    static constexpr std::size_t kSmallBlockBytes = 32U << 10;
    /// The second stage waits so long at most, for compact blocks that have not left, and for a peer's answer.
    static constexpr std::chrono::milliseconds kPatience{1'000};
    /// It does not wait for a compact block that the peer's own receive window holds back, nor for one of which nothing
    /// has left for this and a round trip, the time in which a living peer acknowledges. That one may stand in a busy
    /// uplink's queue, and is waited for while others' bytes leave at shorter intervals than this.
    static constexpr std::chrono::milliseconds kStall{20};

    enum class State { kUnderWay, kReached, kFailed };
    struct Peer {
        PeerAddress address;
        State state = State::kUnderWay;
        std::string outcome;      ///< what showed that it was reached, or why it failed
        bool full_begun = false;  ///< else only the compact block was sent
        /// Milliseconds since the start of the broadcast.
        std::optional<double> first_byte_ms;  ///< the operating system took the compact block
        std::optional<double> last_byte_ms;   ///< … and what was sent last
        std::optional<double> reached_ms;
        std::optional<double> confirmed_ms;  ///< it proved to have the block
    };

    /// Begins now. `clock` outlives this.
    Broadcast(const std::vector<PeerAddress>& targets, std::size_t block_bytes, const Clock& clock);

    // What has happened.
    void compact_taken(std::size_t peer);  ///< by the operating system
    void full_taken(std::size_t peer);
    void compact_answered(std::size_t peer);  ///< the ping behind the compact block, or behind an answer of ours
    void full_answered(std::size_t peer);     ///< the ping behind the full block
    /// It proved to have the block.
    void confirmed(std::size_t peer, const std::string& how);
    /// It named the block, which reaches it but proves nothing. True when it is to be asked for a proof, once; in
    /// stages with a ping behind, as behind an answer of ours.
    [[nodiscard]] bool announced(std::size_t peer);
    /// It asked for the block or a part; a ping goes behind our answer too.
    void asked(std::size_t peer);
    void lost(std::size_t peer, const std::string& reason);
    /// Fails those whose time is over.
    void check_deadline();

    /// What has not left for a peer yet.
    using BacklogOf = std::function<p2p::Backlog(std::size_t peer)>;
    /// Whom the full block shall be sent to now; counts as begun. In stages to be asked every few milliseconds.
    [[nodiscard]] std::vector<std::size_t> take_due_fulls(const BacklogOf& backlog_of);

    [[nodiscard]] bool in_stages() const { return in_stages_; }
    /// Every peer is reached or failed.
    [[nodiscard]] bool complete() const;
    /// … and no full block is to be begun any more.
    [[nodiscard]] bool settled() const;

    [[nodiscard]] const std::vector<Peer>& peers() const { return peers_; }
    [[nodiscard]] std::optional<std::size_t> find(const PeerAddress& address) const;
    [[nodiscard]] std::size_t reached() const;
    /// When so many percent of the targets were reached, rounded up to whole peers; nullopt: not yet.
    [[nodiscard]] std::optional<double> reached_ms(unsigned percent) const;
    [[nodiscard]] double elapsed_ms() const;

  private:
    struct Progress {
        int answers_awaited = 1;  ///< to the pings behind the compact block and behind what we sent since
        bool announced = false;
        bool gone = false;                            ///< no connection any more
        std::size_t backlog = 0;                      ///< at the last look
        std::chrono::steady_clock::time_point moved;  ///< when that changed
    };
    void reached_by(std::size_t peer, const std::string& how);
    [[nodiscard]] bool needs_full(std::size_t peer) const;
    /// Compact blocks for some of these are on their way out.
    [[nodiscard]] bool uplink_is_busy(const std::vector<std::size_t>& peers, const BacklogOf& backlog_of);

    const Clock& clock_;
    std::chrono::steady_clock::time_point start_;
    bool in_stages_;
    std::vector<Peer> peers_;
    std::vector<Progress> progress_;
    std::chrono::steady_clock::time_point moved_;  ///< when bytes left for anybody, as far as it was looked at
};

}  // namespace dash::broadcaster
