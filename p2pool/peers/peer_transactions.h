#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "dash/p2p/framing.h"
#include "p2pool/peers/known_transactions.h"
#include "p2pool/peers/messages.h"
#include "share_chain/share.h"

namespace p2pool::peers {

/// The transactions of our block template, which all peers shall remember.
struct TemplateTransactions {
    std::vector<KnownTransaction> list;  ///< in the template's order
    std::unordered_set<dash::Uint256> names;
};

/// What one peer and we know of each other's transactions: the peer's announcements, what it has us remember, what we
/// have it remember (python p2pool.p2p Protocol).
class PeerTransactions {
  public:
    /// Each side remembers less than so many bytes for the other, each transaction counted with an overhead; and at
    /// most RememberTx::kMost transactions.
    static constexpr std::size_t kMostRememberedBytes = 2'500'000;
    static constexpr std::size_t kRememberedOverhead = 100;
    /// Announced ones above this push others out.
    static constexpr std::size_t kMostAnnounced = 10'000;

    explicit PeerTransactions(KnownTransactions& known) : known_(known) {}
    ~PeerTransactions();
    PeerTransactions(const PeerTransactions&) = delete;
    PeerTransactions& operator=(const PeerTransactions&) = delete;

    /// have_tx, losing_tx.
    void announced(std::span<const dash::Uint256> hashes);
    void withdrawn(std::span<const dash::Uint256> hashes);

    /// remember_tx: holds them for the peer and returns those that nobody had told us before. Throws PeerDropped for a
    /// transaction that it has us remember already or that is unknown or when they are too many, PeerMisbehaving when
    /// they are too large.
    std::vector<KnownTransaction> remember(const RememberTx& message);
    /// forget_tx. Throws PeerDropped when it is not remembered.
    void forget(std::span<const dash::Uint256> hashes);

    [[nodiscard]] std::size_t remembered_count() const { return remembered_.size(); }
    [[nodiscard]] std::size_t remembered_bytes() const { return remembered_bytes_; }

    /// What to send, so that the peer remembers our template: all of it that fits, in the template's order.
    struct Update {
        ForgetTx forget;
        RememberTx remember;
    };
    [[nodiscard]] Update change_template(const TemplateTransactions& now);

    /// Frames that bring the shares to the peer, in their order, with the transactions that it needs to take them.
    /// Shares whose transactions we do not have, or that are too many, are left out: the peer would drop us; it can ask
    /// for them.
    [[nodiscard]] std::vector<dash::p2p::SharedFrame> relay(dash::ByteSpan prefix,
                                                            std::span<const share_chain::SharePtr> shares) const;

  private:
    struct Needed {
        std::vector<KnownTransaction> transactions;
        std::size_t bytes = 0;
    };
    /// What the peer lacks to take the share, besides `sent`; nullopt when we lack it too.
    [[nodiscard]] std::optional<Needed> needed_for(const share_chain::Share& share,
                                                   const std::unordered_set<dash::Uint256>& sent) const;
    /// The peer may be given so much besides what it has.
    [[nodiscard]] bool fits(std::size_t transactions, std::size_t bytes) const {
        return given_.size() + transactions <= RememberTx::kMost && given_bytes_ + bytes < kMostRememberedBytes;
    }

    KnownTransactions& known_;
    std::unordered_set<dash::Uint256> announced_;                ///< by the peer
    std::unordered_map<dash::Uint256, std::size_t> remembered_;  ///< for the peer; bytes counted
    std::size_t remembered_bytes_ = 0;
    std::unordered_map<dash::Uint256, std::size_t> given_;  ///< that the peer remembers for us; bytes counted
    std::size_t given_bytes_ = 0;
};

}  // namespace p2pool::peers
