#include "dash/broadcaster/broadcast.h"

#include <algorithm>
#include <utility>

namespace dash::broadcaster {

Broadcast::Broadcast(const std::vector<PeerAddress>& targets, std::size_t block_bytes, const Clock& clock)
    : clock_(clock),
      start_(clock.steady_now()),
      in_stages_(block_bytes > kSmallBlockBytes),
      progress_(targets.size()),
      moved_(start_) {
    for (const PeerAddress& address : targets) {
        Peer peer;
        peer.address = address;
        peer.full_begun = !in_stages_;
        peers_.push_back(std::move(peer));
    }
}

double Broadcast::elapsed_ms() const {
    return std::chrono::duration<double, std::milli>(clock_.steady_now() - start_).count();
}

void Broadcast::compact_taken(std::size_t peer) {
    peers_[peer].first_byte_ms = elapsed_ms();
    if (!peers_[peer].full_begun) peers_[peer].last_byte_ms = elapsed_ms();
}

void Broadcast::full_taken(std::size_t peer) {
    peers_[peer].last_byte_ms = elapsed_ms();
}

void Broadcast::reached_by(std::size_t peer, const std::string& how) {
    Peer& its = peers_[peer];
    if (its.state != State::kUnderWay) return;
    its.state = State::kReached;
    its.outcome = how;
    its.reached_ms = elapsed_ms();
}

void Broadcast::compact_answered(std::size_t peer) {
    --progress_[peer].answers_awaited;
}

void Broadcast::full_answered(std::size_t peer) {
    reached_by(peer, "answered the ping");
}

void Broadcast::confirmed(std::size_t peer, const std::string& how) {
    reached_by(peer, how);
    if (!peers_[peer].confirmed_ms) peers_[peer].confirmed_ms = elapsed_ms();
}

bool Broadcast::announced(std::size_t peer) {
    reached_by(peer, "announced it");
    if (peers_[peer].confirmed_ms || std::exchange(progress_[peer].announced, true)) return false;
    if (in_stages_) ++progress_[peer].answers_awaited;
    return true;
}

void Broadcast::asked(std::size_t peer) {
    reached_by(peer, "asked for it");
    ++progress_[peer].answers_awaited;
}

void Broadcast::lost(std::size_t peer, const std::string& reason) {
    progress_[peer].gone = true;
    if (peers_[peer].state != State::kUnderWay) return;
    peers_[peer].state = State::kFailed;
    peers_[peer].outcome = reason;
}

void Broadcast::check_deadline() {
    if (elapsed_ms() < static_cast<double>(kDeadline.count())) return;
    for (Peer& peer : peers_) {
        if (peer.state != State::kUnderWay) continue;
        peer.state = State::kFailed;
        peer.outcome = "no sign in " + std::to_string(kDeadline.count() / 1000) + " s";
    }
}

bool Broadcast::needs_full(std::size_t peer) const {
    const Peer& its = peers_[peer];
    return !its.full_begun && !its.confirmed_ms && !progress_[peer].gone && its.state != State::kFailed;
}

bool Broadcast::uplink_is_busy(const std::vector<std::size_t>& peers, const BacklogOf& backlog_of) {
    const auto now = clock_.steady_now();
    bool moving = false;
    bool queued = false;
    for (const std::size_t peer : peers) {
        const p2p::Backlog backlog = backlog_of(peer);
        Progress& its = progress_[peer];
        if (backlog.bytes != its.backlog) its.moved = now;
        if (backlog.bytes < its.backlog && !backlog.held_by_peer) moved_ = now;
        its.backlog = backlog.bytes;
        if (backlog.bytes == 0 || backlog.held_by_peer) continue;
        (now - its.moved < kStall + backlog.round_trip ? moving : queued) = true;
    }
    return moving || (queued && now - moved_ < kStall);
}

std::vector<std::size_t> Broadcast::take_due_fulls(const BacklogOf& backlog_of) {
    const bool patience_is_over = elapsed_ms() >= static_cast<double>(kPatience.count());
    std::vector<std::size_t> waiting;
    for (std::size_t i = 0; i < peers_.size(); ++i) {
        if (needs_full(i)) waiting.push_back(i);
    }
    if (!patience_is_over && uplink_is_busy(waiting, backlog_of)) return {};
    std::vector<std::size_t> due;
    for (const std::size_t peer : waiting) {
        if (!patience_is_over && progress_[peer].answers_awaited > 0) continue;
        peers_[peer].full_begun = true;
        due.push_back(peer);
    }
    return due;
}

bool Broadcast::complete() const {
    return std::none_of(peers_.begin(), peers_.end(), [](const Peer& peer) { return peer.state == State::kUnderWay; });
}

bool Broadcast::settled() const {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
        if (needs_full(i)) return false;
    }
    return complete();
}

std::optional<std::size_t> Broadcast::find(const PeerAddress& address) const {
    const auto found =
        std::find_if(peers_.begin(), peers_.end(), [&](const Peer& peer) { return peer.address == address; });
    if (found == peers_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - peers_.begin());
}

std::size_t Broadcast::reached() const {
    return static_cast<std::size_t>(
        std::count_if(peers_.begin(), peers_.end(), [](const Peer& peer) { return peer.state == State::kReached; }));
}

std::optional<double> Broadcast::reached_ms(unsigned percent) const {
    constexpr unsigned kWhole = 100;
    const std::size_t wanted = (peers_.size() * percent + kWhole - 1) / kWhole;
    std::vector<double> times;
    for (const Peer& peer : peers_) {
        if (peer.reached_ms) times.push_back(*peer.reached_ms);
    }
    if (wanted == 0 || times.size() < wanted) return std::nullopt;
    std::sort(times.begin(), times.end());
    return times[wanted - 1];
}

}  // namespace dash::broadcaster
