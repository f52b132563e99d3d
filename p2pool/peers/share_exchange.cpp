#include "p2pool/peers/share_exchange.h"

#include <algorithm>

#include "dash/util/log.h"
#include "p2pool/peers/peer_dropped.h"
#include "share_chain/share_request.h"

namespace p2pool::peers {
namespace {

using share_chain::SharePtr;

constexpr std::uint64_t kMostSharesTold = 5;
/// Fewer come in one message all the time: not worth a line in the log.
constexpr std::size_t kQuietShares = 5;

}  // namespace

void ShareExchange::start() {
    const share_chain::Tracker& tracker = host_.tracker();
    for (const dash::Uint256& head : tracker.heads()) {
        for (const SharePtr& share : tracker.chain(head, tracker.line(head).height)) {
            if (!told_.insert(share->hash).second) break;
        }
    }
}

void ShareExchange::received(PeerSession& session, Shares message) {
    if (message.shares.empty()) return;
    session.hold();
    intake_.load(std::move(message.shares),
                 [this, id = session.id(), source = session.name()](std::vector<LoadedShare> loaded) {
                     // The session may be over: what it sent before is as good as any.
                     PeerSession* const sender = sessions_.find(id);
                     resume_after(sender, [&] { take(sender, source, std::move(loaded)); });
                 });
}

void ShareExchange::take(PeerSession* session, const std::string& source, std::vector<LoadedShare> loaded) {
    std::vector<SharePtr> good;
    std::optional<SessionEnd> end;
    for (LoadedShare& each : loaded) {
        if (each.share == nullptr) {
            end = SessionEnd{each.problem, each.misbehaving};
            break;
        }
        if (session != nullptr) session->note_share(each.share->hash);
        if (host_.tracker().contains(each.share->hash)) continue;
        try {
            check_transactions(*each.share);
        } catch (const PeerDropped& problem) {
            end = SessionEnd{problem.what(), false};
            break;
        }
        good.push_back(std::move(each.share));
    }
    deliver(good, {.peer = source, .vouches = true});
    if (session != nullptr && end) session->end(*end);
}

void ShareExchange::check_transactions(const share_chain::Share& share) {
    std::vector<KnownTransaction> again;
    for (const dash::Uint256& txid : share.info().new_transaction_hashes) {
        if (transactions_.contains(txid)) continue;
        auto bytes = transactions_.find_late(txid);
        if (bytes != nullptr) {
            if (transactions_.add({txid, bytes})) again.push_back({txid, bytes});
        } else if (!transactions_.was_known(txid)) {
            throw PeerDropped("Peer referenced unknown transaction " + txid.to_hex() + ", disconnecting");
        }
    }
    if (!again.empty()) learned_(again);
}

std::size_t ShareExchange::deliver(const std::vector<SharePtr>& shares, const share_chain::Source& source) {
    std::vector<SharePtr> fresh;
    for (const SharePtr& share : shares) {
        if (!host_.tracker().contains(share->hash)) fresh.push_back(share);
    }
    if (fresh.empty()) return 0;
    const bool is_much = shares.size() > kQuietShares;
    if (is_much) dash::log::info("Processing ", shares.size(), " shares from ", source.peer, "...");
    host_.shares_came(fresh, source);
    if (is_much) {
        dash::log::info("... done processing ", shares.size(), " shares. New: ", fresh.size(),
                        " Have: ", host_.tracker().size(), "/~", 2 * settings_.network->chain_length);
    }
    return fresh.size();
}

void ShareExchange::answer(PeerSession& session, const ShareRequest& request) const {
    const std::vector<SharePtr> shares =
        share_chain::answer_share_request(host_.tracker(), request.hashes, request.parents, request.stops);
    ShareReply reply;
    reply.id = request.id;
    std::size_t bytes = 0;
    for (const SharePtr& share : shares)
        bytes += share->packed.size();
    session.charge(effort::kShareAnswered * static_cast<double>(shares.size()));
    if (bytes > dash::p2p::kMaxPayloadBytes) {
        reply.result = ShareResult::kTooLong;
        return session.send(reply);
    }
    session.charge(effort::of_answer(bytes));
    for (const SharePtr& share : shares)
        reply.shares.push_back({share_chain::kShareType, share->packed});
    if (!shares.empty()) dash::log::info("Sending ", shares.size(), " shares to ", session.name());
    session.send_frame(make_reply_frame(settings_.network->p2p_prefix, reply));
}

void ShareExchange::broadcast(const dash::Uint256& hash) {
    const share_chain::Tracker& tracker = host_.tracker();
    if (!tracker.contains(hash)) return;
    std::vector<SharePtr> news;
    for (const SharePtr& share : tracker.chain(hash, kMostSharesTold)) {
        if (!tracker.is_verified(share->hash) || !told_.insert(share->hash).second) break;
        news.push_back(share);
    }
    if (news.empty()) return;
    for (PeerSession* session : sessions_.established()) {
        std::vector<SharePtr> for_peer;
        std::copy_if(news.begin(), news.end(), std::back_inserter(for_peer), [&](const SharePtr& share) {
            return !session->has_share(share->hash) && tracker.source(share->hash) != session->name();
        });
        session->send_frames(session->transactions().relay(settings_.network->p2p_prefix, for_peer));
    }
}

void ShareExchange::clean_up() {
    std::erase_if(told_, [&](const dash::Uint256& hash) { return !host_.tracker().contains(hash); });
}

}  // namespace p2pool::peers
