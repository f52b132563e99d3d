#include "dash/broadcaster/peer_book.h"

#include <algorithm>

namespace dash::broadcaster {
namespace {

/// forget_old() makes room when there is less than this, and so much.
constexpr std::size_t kRoom = PeerBook::kMostPeers / 20;

}  // namespace

std::string_view to_string(Source source) {
    switch (source) {
        case Source::kDashd:
            return "dashd";
        case Source::kDashdRefresh:
            return "dashd_refresh";
        case Source::kP2p:
            break;
    }
    return "p2p";
}

std::optional<Source> source_from(std::string_view text) {
    for (const Source source : {Source::kDashd, Source::kDashdRefresh, Source::kP2p}) {
        if (text == to_string(source)) return source;
    }
    return std::nullopt;
}

void PeerBook::protect(const PeerAddress& dashd) {
    if (is_protected(dashd)) return;
    if (dashd_.size() >= kMostOfDashd) dashd_.erase(dashd_.begin());
    dashd_.push_back(dashd);
    const auto known = records_.find(dashd);
    if (known != records_.end()) erase(known);
}

bool PeerBook::is_protected(const PeerAddress& address) const {
    return std::find(dashd_.begin(), dashd_.end(), address) != dashd_.end();
}

bool PeerBook::has_room_for(const PeerAddress& address) const {
    if (records_.size() >= kMostPeers) return false;
    if (rules_.local_ones_too) return true;  // a test network is one group
    const auto group = group_sizes_.find(network_group(address));
    return group == group_sizes_.end() || group->second < kMostOfGroup;
}

PeerBook::Added PeerBook::add(const PeerAddress& address, Source source, double last_seen, double now) {
    if (PeerRecord* known = find(address)) {
        known->last_seen = std::max(known->last_seen, std::min(last_seen, now));
        return Added::kKnown;
    }
    PeerRecord record;
    record.address = address;
    record.source = source;
    record.first_seen = now;
    record.last_seen = last_seen;
    return restore(record, now);
}

PeerBook::Added PeerBook::restore(const PeerRecord& record, double now) {
    const PeerAddress& address = record.address;
    if (!acceptable(address, rules_) || is_protected(address) || !has_room_for(address)) return Added::kRefused;
    if (now - record.last_seen > kLongestAbsenceSeconds) return Added::kRefused;
    const auto [it, is_new] = records_.emplace(address, record);
    if (!is_new) return Added::kKnown;
    it->second.last_seen = std::min(record.last_seen, now);
    ++group_sizes_[network_group(address)];
    return Added::kNew;
}

PeerRecord* PeerBook::find(const PeerAddress& address) {
    const auto it = records_.find(address);
    return it == records_.end() ? nullptr : &it->second;
}

void PeerBook::erase(std::map<PeerAddress, PeerRecord>::iterator it) {
    const auto group = group_sizes_.find(network_group(it->first));
    if (--group->second == 0) group_sizes_.erase(group);
    records_.erase(it);
}

std::size_t PeerBook::forget_old(const std::vector<PeerAddress>& kept, double now) {
    const std::size_t before = records_.size();
    const auto is_kept = [&](const PeerAddress& address) {
        return std::find(kept.begin(), kept.end(), address) != kept.end();
    };
    std::vector<std::pair<double, PeerAddress>> by_age;
    for (auto it = records_.begin(); it != records_.end();) {
        const auto here = it++;
        if (is_kept(here->first)) continue;
        const double last_seen = here->second.last_seen;
        if (now - last_seen > kLongestAbsenceSeconds) {
            erase(here);
        } else {
            by_age.emplace_back(last_seen, here->first);
        }
    }
    if (records_.size() + kRoom > kMostPeers) {
        std::sort(by_age.begin(), by_age.end());
        for (std::size_t i = 0; i < std::min(kRoom, by_age.size()); ++i)
            erase(records_.find(by_age[i].second));
    }
    return before - records_.size();
}

}  // namespace dash::broadcaster
