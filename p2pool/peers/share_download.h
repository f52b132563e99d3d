#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dash/primitives/wide.h"
#include "dash/util/clock.h"
#include "p2pool/peers/peer_host.h"
#include "p2pool/peers/session_table.h"
#include "p2pool/peers/settings.h"
#include "p2pool/peers/share_exchange.h"
#include "p2pool/peers/share_intake.h"
#include "p2pool/peers/status.h"
#include "share_chain/tracker.h"

namespace p2pool::peers {

/// Gets missing ancestors from several peers at once.
///
/// Each share names the share 100 below it (its "far share"), so that a long line is cut into pieces of that length
/// which are asked for side by side: single far shares are fetched ahead as stepping stones, and the gaps between them
/// are filled. An answer counts only as far as it is the line that was asked for. A peer that is slow, has not what
/// is asked, or sends something else is passed by; a share that everybody withholds is asked for ever more rarely.
class ShareDownload {
  public:
    ShareDownload(const Settings& settings, PeerHost& host, ShareIntake& intake, ShareExchange& exchange,
                  SessionTable& sessions, TimerFactory& timers, const dash::Clock& clock, std::mt19937_64& random);

    /// What the tracker misses now, instead of what it missed before.
    void set_wanted(const std::vector<share_chain::Decision::Wanted>& wanted);
    /// The peer's best share, which we do not have.
    void ask_for_head(const dash::Uint256& hash, PeerSession& session);

    [[nodiscard]] DownloadProgress progress() const;
    /// Shares are asked for or about to be, also such as only a peer spoke of.
    [[nodiscard]] bool is_busy() const { return !targets_.empty(); }

  private:
    struct Target {
        dash::Uint256 hash;
        std::string source;                     ///< the peer who should have it; empty = anybody
        std::set<std::uint64_t> claimed_by;     ///< sessions whose best share it is, they say; at most all there are
        std::uint64_t parents = 0;              ///< asked for with it
        std::uint64_t room = 0;                 ///< shares of this line, from this one down, that are of use
        std::size_t rank = 0;                   ///< of its line among those of the same source; 0 is asked for first
        bool is_stone = false;                  ///< a far share that is fetched alone, ahead of the gap above it
        bool wanted = false;                    ///< by the tracker; others are given up more easily
        bool is_own_idea = true;                ///< the tracker never wanted it
        std::map<std::uint64_t, double> asked;  ///< sessions that did not answer yet, and since when
        std::set<std::uint64_t> failed;         ///< sessions that did not have it; at most all there are
        unsigned failures = 0;
        double not_before = 0;
    };
    using Answered = std::vector<LoadedShare>;
    /// Shares whose oldest one's parent is missing.
    struct OpenLine {
        const share_chain::Decision::Wanted* wanted = nullptr;
        std::uint64_t height = 0;
        dash::Wide work;
        std::size_t rank = 0;
    };

    void add(Target target);
    [[nodiscard]] Target* find(const dash::Uint256& hash);
    /// Plans the line below a share that we have: with like.room, like.rank, like.source, and like.wanted by the
    /// tracker.
    void extend(const share_chain::Share& share, const Target& like);

    [[nodiscard]] std::vector<OpenLine> choose_lines(const std::vector<share_chain::Decision::Wanted>& wanted) const;
    [[nodiscard]] static std::vector<OpenLine> take_in_turn(
        std::unordered_map<std::string, std::vector<OpenLine>>& by_source);
    void pump();
    [[nodiscard]] bool may_ask(const Target& target, std::size_t peers) const;
    [[nodiscard]] PeerSession* choose_peer(const Target& target, const std::vector<PeerSession*>& peers);
    void ask(Target& target, PeerSession& session);
    [[nodiscard]] std::vector<dash::Uint256> stops() const;

    void answered(const dash::Uint256& hash, PeerSession& session, ShareAnswer answer);
    void loaded(const dash::Uint256& hash, std::uint64_t session, const std::string& source, Answered loaded);
    void follow_up(const Target& target, const std::vector<share_chain::SharePtr>& line);
    void failed(Target& target, std::uint64_t session);
    void drop_done();
    void count(std::size_t shares);
    [[nodiscard]] double now() const;

    const Settings& settings_;
    PeerHost& host_;
    ShareIntake& intake_;
    ShareExchange& exchange_;
    SessionTable& sessions_;
    const dash::Clock& clock_;
    std::mt19937_64& random_;
    std::unique_ptr<Timer> timer_;

    std::vector<Target> targets_;                ///< at most kMostTargets, oldest first
    std::map<std::uint64_t, unsigned> strikes_;  ///< of connected peers: how often one was passed by
    std::map<dash::Uint256, double> ends_;       ///< where lines are deep enough, and until when; at most kMostTargets
    std::size_t estimated_total_ = 0;
    std::deque<std::pair<double, std::size_t>> arrivals_;  ///< when, and how many; of the last seconds
};

}  // namespace p2pool::peers
