#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "p2pool/peers/known_transactions.h"
#include "p2pool/peers/peer_host.h"
#include "p2pool/peers/session_table.h"
#include "p2pool/peers/settings.h"
#include "p2pool/peers/share_intake.h"

namespace p2pool::peers {

/// Shares from peers to the host and from the host to peers (python p2pool.node P2PNode: handle_shares,
/// broadcast_share, handle_get_shares).
class ShareExchange {
  public:
    /// `learned` is told transactions that are known again because a share uses them.
    ShareExchange(const Settings& settings, PeerHost& host, ShareIntake& intake, SessionTable& sessions,
                  KnownTransactions& transactions, std::function<void(const std::vector<KnownTransaction>&)> learned)
        : settings_(settings),
          host_(host),
          intake_(intake),
          sessions_(sessions),
          transactions_(transactions),
          learned_(std::move(learned)) {}

    /// What the tracker holds now is old news.
    void start();

    /// A peer told us shares: no further message of it is taken until they are hashed.
    void received(PeerSession& session, Shares message);
    void answer(PeerSession& session, const ShareRequest& request) const;
    /// Gives shares that came, in their order, to the host; returns how many it did not have.
    std::size_t deliver(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source);
    /// Tells the share and up to four of its ancestors, back to the first that was told before or is not verified: who
    /// tells of a bad share is banned.
    void broadcast(const dash::Uint256& hash);
    /// Forgets the shares that the tracker dropped. Every few seconds.
    void clean_up();

  private:
    /// `session`: null when it is over.
    void take(PeerSession* session, const std::string& source, std::vector<LoadedShare> loaded);
    /// Throws PeerDropped when the share uses a transaction that nobody ever told us.
    void check_transactions(const share_chain::Share& share);

    const Settings& settings_;
    PeerHost& host_;
    ShareIntake& intake_;
    SessionTable& sessions_;
    KnownTransactions& transactions_;
    std::function<void(const std::vector<KnownTransaction>&)> learned_;
    std::unordered_set<dash::Uint256> told_;  ///< of the shares in the tracker
};

}  // namespace p2pool::peers
