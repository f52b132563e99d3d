#include "share_chain/tracker.h"

#include <algorithm>

#include "dash/primitives/target.h"
#include "share_chain/context_check.h"
#include "share_chain/payout_window.h"

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
    : network_(network), environment_(std::move(environment)), payout_window_(std::make_unique<PayoutWindow>()) {
    if (!environment_.block_relative_height)
        environment_.block_relative_height = [](const dash::Uint256&) { return 0; };
    if (!environment_.transaction_size) {
        environment_.transaction_size = [](const dash::Uint256&) { return std::optional<std::size_t>(); };
    }
    if (!environment_.check) environment_.check = check_in_context;
}

Tracker::~Tracker() = default;

bool Tracker::add(SharePtr share, double time_seen, const Source& source) {
    const dash::Uint256 hash = share->hash;
    if (!all_.add(hash, share->previous_hash(), effort_of(*share))) return false;
    unverified_.insert(hash);
    const auto added = entries_.emplace(hash, Entry{std::move(share), time_seen, source}).first;
    if (source.peer.empty()) return true;
    make_room_for(*added->second.share);
    if (contains(hash)) return true;
    std::erase(made_room_, hash);  // nobody knows of it
    return false;
}

void Tracker::trust(const dash::Uint256& hash) {
    const Entry* const known = entry(hash);
    if (known == nullptr) return;
    const Share& share = *known->share;
    if (!verified_.add(hash, share.previous_hash(), effort_of(share))) return;
    unverified_.erase(hash);
}

const Tracker::Entry* Tracker::entry(const dash::Uint256& hash) const {
    const auto found = entries_.find(hash);
    return found == entries_.end() ? nullptr : &found->second;
}

SharePtr Tracker::find(const dash::Uint256& hash) const {
    const Entry* const known = entry(hash);
    return known == nullptr ? nullptr : known->share;
}

/// Nothing when it stands between two others.
void Tracker::erase(const dash::Uint256& hash, std::vector<dash::Uint256>& removed) {
    if (!all_.remove(hash)) return;
    const auto known = entries_.find(hash);
    if (!verified_.remove(hash)) unverified_.erase(hash);
    removed.push_back(hash);
    entries_.erase(known);
}

/// With all that stands on it.
void Tracker::erase_branch(const dash::Uint256& root, std::vector<dash::Uint256>& removed) {
    std::vector<dash::Uint256> branch{root};
    for (std::size_t i = 0; i < branch.size(); ++i) {
        const std::vector<dash::Uint256> next = all_.children(branch[i]);
        branch.insert(branch.end(), next.begin(), next.end());
    }
    for (auto hash = branch.rbegin(); hash != branch.rend(); ++hash)
        erase(*hash, removed);
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
    const Entry* const known = entry(hash);
    return known == nullptr ? 0 : known->time_seen;
}

std::string Tracker::source(const dash::Uint256& hash) const {
    const Entry* const known = entry(hash);
    return known == nullptr ? std::string() : known->source.peer;
}

}  // namespace share_chain
