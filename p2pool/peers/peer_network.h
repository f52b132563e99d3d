#pragma once

#include <memory>
#include <vector>

#include "dash/util/clock.h"
#include "p2pool/peers/address_book.h"
#include "p2pool/peers/bans.h"
#include "p2pool/peers/known_transactions.h"
#include "p2pool/peers/peer_host.h"
#include "p2pool/peers/settings.h"
#include "p2pool/peers/share_loading.h"
#include "p2pool/peers/status.h"
#include "p2pool/peers/transport.h"
#include "share_chain/tracker.h"

namespace p2pool::peers {

/// What the network needs from outside; all must outlive it.
struct Environment {
    PeerHost& host;
    Transport& transport;
    TimerFactory& timers;
    ShareLoader& loader;
    const dash::Clock& clock;
};

/// The node's place in the p2pool network, protocol version 1700 (python p2pool.p2p, p2pool.node P2PNode): finds peers,
/// lets peers in, exchanges shares, transactions and addresses with them. What a peer does wrong costs that peer.
/// Does no I/O. Node thread only; host calls come from the event loop or from inside these calls.
class PeerNetwork {
  public:
    PeerNetwork(Settings settings, Environment environment);
    ~PeerNetwork();
    PeerNetwork(const PeerNetwork&) = delete;
    PeerNetwork& operator=(const PeerNetwork&) = delete;

    /// Call after the store's shares are in the tracker: those are not told to anybody. Before it, addresses() may be
    /// filled.
    void start();

    /// Whether somebody accepts connections for us; until it is said again, Settings::listening holds.
    void set_listening(bool listening);

    /// After every think(): asks for what is wanted, bans who misbehaved, tells peers the new best share and verified
    /// blocks.
    void take_decision(const share_chain::Decision& decision);
    /// The transactions of the current block template, without the coinbase: peers keep them, so that shares need not
    /// bring them.
    void take_template(std::vector<KnownTransaction> transactions);
    /// Tells peers a share that they should have at once, e.g. one of ours; and up to four of its ancestors they were
    /// not told.
    void broadcast_share(const dash::Uint256& hash);
    void announce_best_block(const dash::BlockHeader& header);

    /// Peers we have or had, to be loaded and saved by the owner.
    [[nodiscard]] AddressBook& addresses();
    [[nodiscard]] const KnownTransactions& transactions() const;
    [[nodiscard]] std::size_t peer_count() const;  ///< that shook hands
    /// A share chain is to be had from others: a peer told of shares that are on their way, or none is connected yet
    /// and there is somebody to connect to: permanent peers, addresses or bootstrap hosts.
    [[nodiscard]] bool expects_chain() const;
    [[nodiscard]] DownloadProgress download_progress() const;
    [[nodiscard]] NetworkStatus status() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace p2pool::peers
