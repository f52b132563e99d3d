#include "share_chain/tracker.h"

#include <algorithm>

#include "dash/primitives/target.h"
#include "share_chain/context_check.h"

namespace share_chain {
namespace {

Forest::Effort effort_of(const Share& share) {
    return {dash::average_attempts(share.target), dash::average_attempts_from_bits(share.info().max_bits)};
}

std::vector<dash::Uint256> listed(const std::set<dash::Uint256>& hashes) {
    return {hashes.begin(), hashes.end()};
}

}  // namespace

Tracker::Tracker(const Network& network, TrackerEnvironment environment)
    : network_(network), environment_(std::move(environment)) {
    if (!environment_.block_relative_height)
        environment_.block_relative_height = [](const dash::Uint256&) { return 0; };
    if (!environment_.transaction_size) {
        environment_.transaction_size = [](const dash::Uint256&) { return std::optional<std::size_t>(); };
    }
    if (!environment_.check) environment_.check = check_in_context;
}

bool Tracker::add(SharePtr share, double time_seen, const Source& source) {
    if (!all_.add(share->hash, share->previous_hash(), effort_of(*share))) return false;
    const dash::Uint256& hash = share->hash;
    entries_.emplace(hash, Entry{std::move(share), time_seen, source});
    return true;
}

void Tracker::trust(const dash::Uint256& hash) {
    if (const SharePtr share = find(hash)) verified_.add(hash, share->previous_hash(), effort_of(*share));
}

SharePtr Tracker::find(const dash::Uint256& hash) const {
    const auto entry = entries_.find(hash);
    return entry == entries_.end() ? nullptr : entry->second.share;
}

bool Tracker::is_ancestor(const dash::Uint256& older, const dash::Uint256& younger) const {
    return all_.is_ancestor(older, younger);
}

std::vector<SharePtr> Tracker::chain(const dash::Uint256& start, std::uint64_t count) const {
    std::vector<SharePtr> shares;
    shares.reserve(std::min<std::uint64_t>(count, size()));
    for (SharePtr share = find(start); share && shares.size() < count; share = find(share->previous_hash())) {
        shares.push_back(share);
    }
    return shares;
}

std::vector<dash::Uint256> Tracker::heads() const {
    return listed(all_.heads());
}
std::vector<dash::Uint256> Tracker::verified_heads() const {
    return listed(verified_.heads());
}
std::vector<dash::Uint256> Tracker::tails() const {
    return listed(all_.tails());
}
std::vector<dash::Uint256> Tracker::verified_tails() const {
    return listed(verified_.tails());
}

double Tracker::time_seen(const dash::Uint256& hash) const {
    const auto entry = entries_.find(hash);
    return entry == entries_.end() ? 0 : entry->second.time_seen;
}

Source Tracker::source(const dash::Uint256& hash) const {
    const auto entry = entries_.find(hash);
    return entry == entries_.end() ? Source() : entry->second.source;
}

}  // namespace share_chain
