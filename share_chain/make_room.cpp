#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "dash/primitives/target.h"
#include "dash/primitives/wide.h"
#include "share_chain/tracker.h"

/// Which shares go when too many may be worth nothing. (The reference keeps them all.)
namespace share_chain {
namespace {

/// So much of the room is made at once, since each time all shares are looked at.
constexpr std::size_t kPartMadeAtOnce = 4;

/// Roughly what a share takes, with its place in the maps.
std::size_t bytes_of(const Share& share) {
    constexpr std::size_t kPlaces = 900;
    return sizeof(Share) + kPlaces + 2 * share.packed.size();
}

std::string_view host_of(const Source& source) {
    return std::string_view(source.peer).substr(0, source.peer.rfind(':'));
}

}  // namespace

/// Verified or not, down to their tails.
std::unordered_set<dash::Uint256> Tracker::best_lines() const {
    std::unordered_set<dash::Uint256> lines;
    for (const dash::Uint256& head : best_heads_) {
        const Entry* at = entry(head);
        while (at != nullptr && lines.insert(at->share->hash).second)
            at = entry(at->share->previous_hash());
    }
    return lines;
}

/// Not loose are the best lines, what is ours or stored, and what think() will check next: it then is verified or gone.
std::vector<Tracker::Loose> Tracker::loose_shares() const {
    const std::unordered_set<dash::Uint256> best = best_lines();
    std::vector<Loose> loose;
    for (const auto& [hash, entry] : entries_) {
        const bool is_next = !entry.rejected && !is_verified(hash) && is_verified(entry.share->previous_hash());
        if (entry.source.peer.empty() || is_next || best.count(hash) != 0) continue;
        const std::size_t bytes = bytes_of(*entry.share);
        const double work_per_byte =
            dash::true_division(dash::average_attempts(entry.share->target), dash::Wide(bytes));
        loose.push_back({hash, host_of(entry.source), bytes, work_per_byte, entry.time_seen});
    }
    std::sort(loose.begin(), loose.end(), [](const Loose& a, const Loose& b) {
        return std::tie(b.work_per_byte, a.time_seen, a.hash) < std::tie(a.work_per_byte, b.time_seen, b.hash);
    });
    return loose;
}

void Tracker::make_room_for(const Share& share) {
    const std::size_t made_at_once = environment_.most_loose_bytes / kPartMadeAtOnce;
    const std::size_t most_kept = environment_.most_loose_bytes - made_at_once;
    bytes_since_made_room_ += bytes_of(share);
    if (bytes_since_made_room_ <= made_at_once) return;
    bytes_since_made_room_ = 0;

    const std::vector<Loose> loose = loose_shares();
    std::size_t total = 0;
    std::unordered_map<std::string_view, std::size_t> left_of_hosts;
    for (const Loose& each : loose) {
        total += each.bytes;
        left_of_hosts[each.host] = 0;
    }
    if (total <= most_kept) return;
    for (auto& [host, left] : left_of_hosts)
        left = most_kept / 2 / left_of_hosts.size();
    std::size_t left_for_all = most_kept / 2;
    std::vector<dash::Uint256> leaving;  // the hosts' names are theirs: none goes before all are chosen
    for (const Loose& each : loose) {
        std::size_t& left_of_host = left_of_hosts[each.host];
        std::size_t& left = each.bytes <= left_of_host ? left_of_host : left_for_all;
        if (each.bytes <= left) {
            left -= each.bytes;
        } else {
            leaving.push_back(each.hash);
        }
    }
    for (const dash::Uint256& hash : leaving) {
        if (contains(hash)) erase_branch(hash, made_room_);
    }
}

}  // namespace share_chain
