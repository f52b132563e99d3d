#pragma once

#include <cstddef>
#include <span>
#include <unordered_set>
#include <vector>

#include "dash/util/clock.h"
#include "dash/util/token_bucket.h"
#include "p2pool/peers/known_transactions.h"
#include "p2pool/peers/peer_transactions.h"
#include "p2pool/peers/session_table.h"
#include "p2pool/peers/settings.h"

namespace p2pool::peers {

/// Tells peers by name which transactions we have (have_tx) and have no more (losing_tx), so that they need not send
/// them to us in full; no more depends on it. Ours are told all. Those that we have from peers are told as far as a
/// budget goes: a stranger can make up any number of them, and each name goes to everybody.
class TransactionNews {
  public:
    /// What a peer has us remember when it connects, twice; and four times what there is when all blocks are full.
    static constexpr double kNamesAtOnce = 20'000;
    static constexpr double kNamesPerSecond = 200;
    /// Peers keep no more names.
    static constexpr std::size_t kMostForNewcomer = PeerTransactions::kMostAnnounced;

    TransactionNews(const Settings& settings, SessionTable& sessions, const dash::Clock& clock)
        : settings_(settings), sessions_(sessions), clock_(clock) {}

    /// What was told before is not told again.
    void tell_own(std::span<const KnownTransaction> transactions);
    void tell_of_peers(std::span<const KnownTransaction> transactions);
    /// The transactions of our template first, then others that were told.
    void greet(PeerSession& newcomer, const TemplateTransactions& ours) const;
    /// We do not know them any more.
    void take_back(std::span<const dash::Uint256> gone);

  private:
    void tell(const HaveTx& news);

    const Settings& settings_;
    SessionTable& sessions_;
    const dash::Clock& clock_;
    dash::TokenBucket budget_{kNamesPerSecond, kNamesAtOnce};
    std::unordered_set<dash::Uint256> told_;  ///< of the transactions that we know
};

}  // namespace p2pool::peers
