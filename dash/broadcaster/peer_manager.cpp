#include "dash/broadcaster/peer_manager.h"

#include <algorithm>
#include <utility>

namespace dash::broadcaster {
namespace {

double seconds_between(SteadyTime earlier, SteadyTime later) {
    return std::chrono::duration<double>(later - earlier).count();
}

/// Others tell when they heard of an address, in the past or the future of their clocks; what is no honest time is
/// taken as some days old.
double believable_time(std::uint32_t claimed, double now) {
    constexpr double kFutureAllowed = 600;
    constexpr double kEarliest = 1'100'000'000;
    constexpr double kInstead = 5 * 86400;
    const auto time = static_cast<double>(claimed);
    return time < kEarliest || time > now + kFutureAllowed ? now - kInstead : time;
}

}  // namespace

PeerManager::PeerManager(Limits limits, PeerBook book, bool bootstrapped, const Clock& clock)
    : limits_(limits),
      book_(std::move(book)),
      clock_(clock),
      upkeep_(bootstrapped && book_.size() >= limits.min_peers, clock.steady_now()) {}

PeerManager::Orders PeerManager::check() {
    const Upkeep::Plan plan = upkeep_.check(
        {.peers = connections_.size(), .least = limits_.min_peers, .most = most_peers()}, clock_.steady_now());
    if (plan.grow) dials_allowed_ = most_peers() - connections_.size();
    Orders orders;
    orders.refresh = plan.refresh;
    if (plan.refresh != Refresh::kNone) {
        std::vector<PeerAddress> kept(dialing_.begin(), dialing_.end());
        for (const auto& [address, connection] : connections_)
            kept.push_back(address);
        orders.forgotten = book_.forget_old(kept, clock_.unix_seconds());
    }
    // Of those that are left: who is forgotten cannot be dialed.
    if (plan.rotate) plan_rotation();
    return orders;
}

void PeerManager::plan_rotation() {
    const auto worst = worst_connection();
    const Crowd present = crowd();
    const PeerRecord* candidate = best_candidate(present);
    if (!worst || candidate == nullptr) return;
    if (score_of(*candidate, present) >= score_of(*worst) + kRotationMargin) replacement_ = candidate->address;
}

std::vector<PeerManager::Dial> PeerManager::dials() {
    std::vector<Dial> begun;
    if (replacement_ && dialing_.empty() && connections_.size() == most_peers()) {
        begun.push_back(begin_dial(*replacement_));
    }
    replacement_.reset();
    while (dials_allowed_ > 0 && dialing_.size() < kMostDials && connections_.size() + dialing_.size() < most_peers()) {
        const PeerRecord* candidate = best_candidate(crowd());
        if (candidate == nullptr) break;
        --dials_allowed_;
        begun.push_back(begin_dial(candidate->address));
    }
    return begun;
}

PeerManager::Dial PeerManager::begin_dial(const PeerAddress& address) {
    PeerRecord* record = book_.find(address);
    dialing_.insert(address);
    ++record->connection_attempts;
    ++statistics_.connection_attempts;
    return {address, record->attempts.begin()};
}

bool PeerManager::dial_failed(const PeerAddress& address, Failure kind) {
    dialing_.erase(address);
    ++(kind == Failure::kTimeout   ? statistics_.timeouts
       : kind == Failure::kRefused ? statistics_.refused
                                   : statistics_.errors);
    PeerRecord* record = book_.find(address);
    return record != nullptr && record->attempts.failed(kind, clock_.steady_now());
}

std::optional<PeerAddress> PeerManager::connected(const PeerAddress& address) {
    dialing_.erase(address);
    ++statistics_.successful_connections;
    const SteadyTime now = clock_.steady_now();
    connections_[address] = {clock_.unix_seconds(), now, now, 0};
    if (PeerRecord* record = book_.find(address)) {
        record->attempts.clear();
        record->last_seen = clock_.unix_seconds();
    }
    if (book_.is_protected(address)) return address;
    if (connections_.size() <= most_peers()) return std::nullopt;
    const auto worst = worst_connection();
    return worst ? worst : address;
}

void PeerManager::disconnected(const PeerAddress& address, bool misbehaved) {
    const auto connection = connections_.find(address);
    if (connection == connections_.end()) return;
    const SteadyTime now = clock_.steady_now();
    const SteadyTime since = connection->second.since_steady;
    if (PeerRecord* record = book_.find(address)) {
        record->uptime_seconds += seconds_between(since, now);
        record->last_seen = clock_.unix_seconds();
        if (misbehaved) {
            record->attempts.rest(now);
        } else if (now - since < kShortStay) {
            record->attempts.pause(now);
        }
    }
    connections_.erase(connection);
}

bool PeerManager::protect(const PeerAddress& dashd) {
    book_.protect(dashd);
    if (replacement_ == dashd) replacement_.reset();
    return connections_.count(dashd) != 0;
}

void PeerManager::heard_from(const PeerAddress& address) {
    const auto connection = connections_.find(address);
    if (connection == connections_.end()) return;
    connection->second.last_message = clock_.steady_now();
    if (PeerRecord* record = book_.find(address)) record->last_seen = clock_.unix_seconds();
}

void PeerManager::ping_measured(const PeerAddress& address, std::chrono::microseconds time) {
    constexpr double kMicrosecondsPerMillisecond = 1000;
    if (PeerRecord* record = book_.find(address)) {
        record->ping_ms = static_cast<double>(time.count()) / kMicrosecondsPerMillisecond;
        // The same measurement may be told again.
        if (!record->recent_pings_ms.empty() && record->recent_pings_ms.back() == *record->ping_ms) return;
        record->recent_pings_ms.push_back(*record->ping_ms);
        if (record->recent_pings_ms.size() > PeerRecord::kRecentPings) record->recent_pings_ms.pop_front();
    }
}

std::optional<std::uint64_t> PeerManager::block_announced(const PeerAddress& address, const Uint256& block) {
    const BlockSightings::Sighting sighting = blocks_.announced(block, address);
    if (sighting.winner) {
        if (PeerRecord* winner = book_.find(*sighting.winner)) ++winner->blocks_first;
    }
    PeerRecord* record = book_.find(address);
    if (!sighting.is_news || record == nullptr) return std::nullopt;
    return ++record->blocks_relayed;
}

std::uint64_t PeerManager::transactions_announced(const PeerAddress& address, std::size_t count) {
    PeerRecord* record = book_.find(address);
    return record == nullptr ? 0 : record->txs_relayed += count;
}

PeerManager::Learned PeerManager::addresses_received(const PeerAddress& from,
                                                     const std::vector<p2p::TimedAddress>& addresses) {
    Learned learned;
    const auto connection = connections_.find(from);
    if (connection == connections_.end()) return learned;
    const double now = clock_.unix_seconds();
    for (const auto& [time, net_address] : addresses) {
        const PeerAddress address = to_peer_address(net_address);
        const bool known = book_.find(address) != nullptr;
        if (!known && connection->second.addresses_taken >= kMostAddressesOfPeer) continue;
        switch (book_.add(address, Source::kP2p, believable_time(time, now), now)) {
            case PeerBook::Added::kNew:
                ++connection->second.addresses_taken;
                learned.added.push_back(address);
                break;
            case PeerBook::Added::kKnown:
                ++learned.updated;
                break;
            case PeerBook::Added::kRefused:
                break;
        }
    }
    return learned;
}

void PeerManager::broadcast_ended(const PeerAddress& address, bool reached) {
    ++(reached ? statistics_.successful_broadcasts : statistics_.failed_broadcasts);
    if (PeerRecord* record = book_.find(address)) {
        ++(reached ? record->successful_broadcasts : record->failed_broadcasts);
    }
}

PeerManager::Learned PeerManager::dashd_answered(Refresh reason, const std::vector<rpc::PeerInfo>& peers) {
    Learned learned;
    const double now = clock_.unix_seconds();
    const Source source = reason == Refresh::kBootstrap ? Source::kDashd : Source::kDashdRefresh;
    for (auto& [address, record] : book_.records())
        record.at_dashd = false;
    for (const rpc::PeerInfo& peer : peers) {
        const auto address = parse_peer_address(peer.address);
        if (!address) continue;
        const PeerBook::Added added = book_.add(*address, source, now, now);
        PeerRecord* record = book_.find(*address);
        if (added == PeerBook::Added::kRefused || record == nullptr) continue;
        record->at_dashd = true;
        record->outbound = !peer.inbound;
        constexpr double kMillisecondsPerSecond = 1000;
        if (peer.ping_seconds && !record->ping_ms) record->ping_ms = *peer.ping_seconds * kMillisecondsPerSecond;
        if (record->attempts.failures() > 0) learned.cleared.push_back(*address);
        record->attempts.clear();
        if (added == PeerBook::Added::kNew) {
            learned.added.push_back(*address);
        } else {
            ++learned.updated;
        }
    }
    upkeep_.bootstrapped();
    last_refresh_ = now;
    ++statistics_.dashd_refreshes;
    // What it brought is tried at once.
    if (connections_.size() < most_peers()) dials_allowed_ = most_peers() - connections_.size();
    return learned;
}

PeerManager::Crowd PeerManager::crowd() const {
    Crowd crowd;
    for (const auto& [address, connection] : connections_)
        ++crowd[network_group(address)];
    for (const PeerAddress& address : dialing_)
        ++crowd[network_group(address)];
    return crowd;
}

Standing PeerManager::standing_of(const PeerRecord& peer, const Crowd& crowd) const {
    Standing standing;
    const auto group = crowd.find(network_group(peer.address));
    if (group != crowd.end()) standing.others_of_group = group->second;
    const auto connection = connections_.find(peer.address);
    if (connection == connections_.end()) {
        standing.silent_seconds = clock_.unix_seconds() - peer.last_seen;
    } else {
        const SteadyTime now = clock_.steady_now();
        standing.connected_seconds = seconds_between(connection->second.since_steady, now);
        standing.silent_seconds = seconds_between(connection->second.last_message, now);
        --standing.others_of_group;
    }
    return standing;
}

double PeerManager::score_of(const PeerRecord& peer, const Crowd& crowd) const {
    return score(peer, standing_of(peer, crowd));
}

double PeerManager::score_of(const PeerAddress& address) const {
    return score_parts_of(address).sum();
}

ScoreParts PeerManager::score_parts_of(const PeerAddress& address) const {
    const auto record = book_.records().find(address);
    return record == book_.records().end() ? ScoreParts{}
                                           : score_parts(record->second, standing_of(record->second, crowd()));
}

const PeerRecord* PeerManager::best_candidate(const Crowd& crowd) const {
    const SteadyTime now = clock_.steady_now();
    const PeerRecord* best = nullptr;
    double best_score = 0;
    for (const auto& [address, record] : book_.records()) {
        if (!record.attempts.may_try(now) || connections_.count(address) != 0 || dialing_.count(address) != 0) continue;
        const double candidate_score = score_of(record, crowd);
        if (best != nullptr && candidate_score <= best_score) continue;
        best = &record;
        best_score = candidate_score;
    }
    return best;
}

std::optional<PeerAddress> PeerManager::worst_connection() const {
    const SteadyTime now = clock_.steady_now();
    const Crowd present = crowd();
    std::optional<PeerAddress> worst;
    double worst_score = 0;
    for (const auto& [address, connection] : connections_) {
        const auto record = book_.records().find(address);
        if (now - connection.since_steady < kLeastStay || record == book_.records().end()) continue;
        const double its_score = score_of(record->second, present);
        if (worst && its_score >= worst_score) continue;
        worst = address;
        worst_score = its_score;
    }
    return worst;
}

std::vector<const PeerRecord*> PeerManager::resting() const {
    std::vector<const PeerRecord*> found;
    for (const auto& [address, record] : book_.records()) {
        if (record.attempts.resting(clock_.steady_now())) found.push_back(&record);
    }
    return found;
}

}  // namespace dash::broadcaster
