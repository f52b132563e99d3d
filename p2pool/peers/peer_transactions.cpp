#include "p2pool/peers/peer_transactions.h"

#include <algorithm>
#include <string>

#include "dash/util/error.h"
#include "p2pool/peers/peer_dropped.h"

namespace p2pool::peers {
namespace {

std::size_t counted(const dash::Bytes& transaction) {
    return transaction.size() + PeerTransactions::kRememberedOverhead;
}

/// Shares that go out together, and the transactions that the peer must have before.
struct Parcel {
    Shares shares;
    RememberTx remember;
    std::size_t bytes = 0;

    void pack_into(std::vector<dash::p2p::SharedFrame>& frames, dash::ByteSpan prefix) {
        if (shares.shares.empty()) return;
        ForgetTx forget;
        for (const KnownTransaction& transaction : remember.transactions)
            forget.hashes.push_back(transaction.txid);
        const auto append = [&frames](std::vector<dash::p2p::SharedFrame> more) {
            frames.insert(frames.end(), more.begin(), more.end());
        };
        if (!forget.hashes.empty()) append(make_frames(prefix, remember));
        append(make_frames(prefix, shares));
        if (!forget.hashes.empty()) append(make_frames(prefix, forget));
        *this = {};
    }
};

}  // namespace

PeerTransactions::~PeerTransactions() {
    for (const auto& [txid, bytes] : remembered_)
        known_.release(txid);
}

void PeerTransactions::announced(std::span<const dash::Uint256> hashes) {
    // The last ones of a list that is too long would push out the first.
    for (const dash::Uint256& hash : hashes.last(std::min(hashes.size(), kMostAnnounced))) {
        announced_.insert(hash);
        if (announced_.size() > kMostAnnounced) announced_.erase(announced_.begin());
    }
}

void PeerTransactions::withdrawn(std::span<const dash::Uint256> hashes) {
    for (const dash::Uint256& hash : hashes)
        announced_.erase(hash);
}

std::vector<KnownTransaction> PeerTransactions::remember(const RememberTx& message) {
    if (remembered_.size() + message.hashes.size() + message.transactions.size() > RememberTx::kMost) {
        throw PeerDropped("Peer has us remember more than " + std::to_string(RememberTx::kMost) + " transactions");
    }
    std::vector<KnownTransaction> transactions;
    for (const dash::Uint256& txid : message.hashes) {
        auto bytes = known_.find_late(txid);
        if (bytes == nullptr && remembered_.count(txid) == 0) {
            throw PeerDropped("Peer referenced unknown transaction " + txid.to_hex() + ", disconnecting");
        }
        transactions.push_back({txid, std::move(bytes)});
    }
    transactions.insert(transactions.end(), message.transactions.begin(), message.transactions.end());

    std::vector<KnownTransaction> news;
    for (const KnownTransaction& transaction : transactions) {
        if (remembered_.count(transaction.txid) != 0) {
            throw PeerDropped("Peer referenced transaction twice, disconnecting");
        }
        const std::size_t bytes = counted(*transaction.bytes);
        if (remembered_bytes_ + bytes >= kMostRememberedBytes) {
            throw dash::PeerMisbehaving("too much transaction data stored");
        }
        if (known_.add(transaction)) news.push_back(transaction);
        known_.hold(transaction.txid);
        remembered_.emplace(transaction.txid, bytes);
        remembered_bytes_ += bytes;
    }
    return news;
}

void PeerTransactions::forget(std::span<const dash::Uint256> hashes) {
    for (const dash::Uint256& txid : hashes) {
        const auto found = remembered_.find(txid);
        if (found == remembered_.end()) {
            throw PeerDropped("Peer has us forget transaction " + txid.to_hex() +
                              ", which it did not have us remember");
        }
        remembered_bytes_ -= found->second;
        remembered_.erase(found);
        known_.release(txid);
    }
}

PeerTransactions::Update PeerTransactions::change_template(const TemplateTransactions& now) {
    Update update;
    for (auto given = given_.begin(); given != given_.end();) {
        if (now.names.count(given->first) != 0) {
            ++given;
            continue;
        }
        update.forget.hashes.push_back(given->first);
        given_bytes_ -= given->second;
        given = given_.erase(given);
    }
    for (const KnownTransaction& transaction : now.list) {
        if (given_.count(transaction.txid) != 0) continue;
        const std::size_t bytes = counted(*transaction.bytes);
        if (!fits(1, bytes)) continue;
        given_.emplace(transaction.txid, bytes);
        given_bytes_ += bytes;
        if (announced_.count(transaction.txid) != 0) {
            update.remember.hashes.push_back(transaction.txid);
        } else {
            update.remember.transactions.push_back(transaction);
        }
    }
    return update;
}

std::optional<PeerTransactions::Needed> PeerTransactions::needed_for(
    const share_chain::Share& share, const std::unordered_set<dash::Uint256>& sent) const {
    Needed needed;
    std::unordered_set<dash::Uint256> seen;  // a share may announce a transaction twice
    for (const dash::Uint256& txid : share.info().new_transaction_hashes) {
        const bool peer_has_it = announced_.count(txid) != 0 || given_.count(txid) != 0 || sent.count(txid) != 0;
        if (peer_has_it || !seen.insert(txid).second) continue;
        auto transaction = known_.find_late(txid);
        if (transaction == nullptr) return std::nullopt;
        needed.bytes += counted(*transaction);
        needed.transactions.push_back({txid, std::move(transaction)});
    }
    return needed;
}

std::vector<dash::p2p::SharedFrame> PeerTransactions::relay(dash::ByteSpan prefix,
                                                            std::span<const share_chain::SharePtr> shares) const {
    std::vector<dash::p2p::SharedFrame> frames;
    std::unordered_set<dash::Uint256> sent;
    Parcel parcel;
    for (const share_chain::SharePtr& share : shares) {
        std::optional<Needed> needed = needed_for(*share, sent);
        if (!needed || !fits(needed->transactions.size(), needed->bytes)) continue;
        const std::size_t together = parcel.remember.transactions.size() + needed->transactions.size();
        if (!fits(together, parcel.bytes + needed->bytes)) parcel.pack_into(frames, prefix);
        for (KnownTransaction& transaction : needed->transactions) {
            sent.insert(transaction.txid);
            parcel.remember.transactions.push_back(std::move(transaction));
        }
        parcel.bytes += needed->bytes;
        parcel.shares.shares.push_back({share_chain::kShareType, share->packed});
    }
    parcel.pack_into(frames, prefix);
    return frames;
}

}  // namespace p2pool::peers
