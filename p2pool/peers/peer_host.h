#pragma once

#include <vector>

#include "dash/primitives/block.h"
#include "share_chain/share.h"
#include "share_chain/tracker.h"

namespace p2pool::peers {

/// The node, as the p2pool network sees it. Node thread only.
class PeerHost {
  public:
    virtual ~PeerHost() = default;

    [[nodiscard]] virtual const share_chain::Tracker& tracker() const = 0;
    /// What we mine on; zero: no chain.
    [[nodiscard]] virtual dash::Uint256 best_share() const = 0;

    /// Shares that the tracker did not know, newest first where they are a line; each passed the checks that need no
    /// other share. The host adds them to its tracker before it returns, and think()s soon; then it calls
    /// PeerNetwork::take_decision().
    virtual void shares_came(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source) = 0;

    /// A peer's best block; its hash meets its own bits, which nobody checked. The host decides whether it believes it,
    /// and then calls PeerNetwork::announce_best_block().
    virtual void best_block_came(const dash::BlockHeader& header, const dash::Uint256& hash) = 0;

    /// The block of this share is dashd's best one, or stands on it or on one of the five below: the share is worth
    /// telling even when it is not the best (python p2pool.node P2PNode).
    [[nodiscard]] virtual bool is_recent_block(const share_chain::Share& share) const = 0;
};

}  // namespace p2pool::peers
