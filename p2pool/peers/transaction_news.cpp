#include "p2pool/peers/transaction_news.h"

#include "dash/util/steady_seconds.h"

namespace p2pool::peers {

void TransactionNews::tell_own(std::span<const KnownTransaction> transactions) {
    HaveTx news;
    for (const KnownTransaction& transaction : transactions) {
        if (told_.insert(transaction.txid).second) news.hashes.push_back(transaction.txid);
    }
    tell(news);
}

void TransactionNews::tell_of_peers(std::span<const KnownTransaction> transactions) {
    const double now = dash::steady_seconds(clock_);
    HaveTx news;
    for (const KnownTransaction& transaction : transactions) {
        if (told_.count(transaction.txid) != 0) continue;
        if (!budget_.take(now)) break;
        told_.insert(transaction.txid);
        news.hashes.push_back(transaction.txid);
    }
    tell(news);
}

void TransactionNews::tell(const HaveTx& news) {
    if (!news.hashes.empty()) sessions_.send_to_all(settings_.network->p2p_prefix, news);
}

void TransactionNews::greet(PeerSession& newcomer, const TemplateTransactions& ours) const {
    HaveTx known;
    for (const KnownTransaction& transaction : ours.list) {
        if (known.hashes.size() < kMostForNewcomer) known.hashes.push_back(transaction.txid);
    }
    for (const dash::Uint256& txid : told_) {
        if (known.hashes.size() >= kMostForNewcomer) break;
        if (ours.names.count(txid) == 0) known.hashes.push_back(txid);
    }
    newcomer.send(known);
}

void TransactionNews::take_back(std::span<const dash::Uint256> gone) {
    LosingTx lost;
    for (const dash::Uint256& txid : gone) {
        if (told_.erase(txid) != 0) lost.hashes.push_back(txid);
    }
    if (!lost.hashes.empty()) sessions_.send_to_all(settings_.network->p2p_prefix, lost);
}

}  // namespace p2pool::peers
