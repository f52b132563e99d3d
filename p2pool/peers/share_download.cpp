#include "p2pool/peers/share_download.h"

#include <algorithm>

#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"

namespace p2pool::peers {
namespace {

using share_chain::SharePtr;

/// From a share to its far share.
constexpr std::uint64_t kFarDistance = 100;
/// A line that is long enough, and yet wanted, lacks little.
constexpr std::uint64_t kLeastRoom = 10;
constexpr std::size_t kMostTargets = 300;
/// Each may become two targets.
constexpr std::size_t kMostWantedLines = 100;
/// Requests to one peer at once, so that it has the next one when it has sent an answer.
constexpr std::size_t kMostRequestsToPeer = 2;
/// A request that takes longer is given to another peer too, and that one alone.
constexpr double kPatienceSeconds = 3;
constexpr std::size_t kMostPeersForTarget = 2;
constexpr double kFirstPauseSeconds = 1;
constexpr double kLongestPauseSeconds = 60;
/// Answers without it, before what the tracker does not want is given up: a gap late, since the tracker would want it
/// later and not know how deep it is.
constexpr unsigned kAnswersToGiveUp = 3;
constexpr unsigned kAnswersToGiveUpGap = 20;
constexpr std::size_t kMostStops = 100;
constexpr std::uint64_t kStopDistance = 10;
/// The tracker wants more of a piece that is not yet joined to the line above it, though it is deep enough: not heeded
/// for so long.
constexpr double kEndSeconds = 60;
constexpr double kRateWindowSeconds = 10;
constexpr double kPumpSeconds = 1;

/// What the tracker keeps of a line (share_chain::Tracker::prune).
std::uint64_t kept_length(const share_chain::Network& network) {
    return 2 * std::uint64_t{network.chain_length} + 10;
}

std::string low32_hex(const dash::Uint256& hash) {
    return hash.to_hex().substr(56);
}

}  // namespace

ShareDownload::ShareDownload(const Settings& settings, PeerHost& host, ShareIntake& intake, ShareExchange& exchange,
                             SessionTable& sessions, TimerFactory& timers, const dash::Clock& clock,
                             std::mt19937_64& random)
    : settings_(settings),
      host_(host),
      intake_(intake),
      exchange_(exchange),
      sessions_(sessions),
      clock_(clock),
      random_(random),
      timer_(timers.make_timer()) {}

double ShareDownload::now() const {
    return dash::steady_seconds(clock_);
}

ShareDownload::Target* ShareDownload::find(const dash::Uint256& hash) {
    const auto found =
        std::find_if(targets_.begin(), targets_.end(), [&](const Target& target) { return target.hash == hash; });
    return found == targets_.end() ? nullptr : &*found;
}

void ShareDownload::add(Target target) {
    if (target.hash.is_zero() || host_.tracker().contains(target.hash)) return;
    if (Target* const known = find(target.hash)) {
        known->wanted = known->wanted || target.wanted;
        known->is_own_idea = known->is_own_idea && target.is_own_idea;
        known->rank = std::min(known->rank, target.rank);
        if (known->is_stone && !target.is_stone && known->asked.empty()) {  // the gap above it is filled
            known->is_stone = false;
            known->parents = target.parents;
        }
        return;
    }
    if (targets_.size() >= kMostTargets && target.wanted) {
        const auto spare = std::find_if(targets_.begin(), targets_.end(),
                                        [](const Target& each) { return !each.wanted && each.asked.empty(); });
        if (spare != targets_.end()) targets_.erase(spare);
    }
    if (targets_.size() < kMostTargets) targets_.push_back(std::move(target));
}

void ShareDownload::extend(const share_chain::Share& share, const Target& like) {
    if (like.room == 0) return;
    const bool is_planned = find(share.previous_hash()) != nullptr;
    Target gap;
    gap.hash = share.previous_hash();
    gap.source = like.source;
    gap.parents = std::min(like.room, kFarDistance - 1) - 1;
    gap.room = like.room;
    gap.rank = like.rank;
    gap.wanted = like.wanted;
    gap.is_own_idea = !like.wanted;
    add(std::move(gap));
    if (is_planned || like.room < kFarDistance) return;
    Target stone;
    stone.hash = share.info().far_share_hash;
    stone.source = like.source;
    stone.room = like.room - (kFarDistance - 1);
    stone.rank = like.rank;
    stone.is_stone = true;
    add(std::move(stone));
}

void ShareDownload::set_wanted(const std::vector<share_chain::Decision::Wanted>& wanted) {
    for (Target& target : targets_)
        target.wanted = false;
    // Nothing is missing: what was planned is of no use any more.
    if (wanted.empty()) {
        std::erase_if(targets_, [](const Target& target) { return target.room > 0 && target.asked.empty(); });
    }
    const share_chain::Tracker& tracker = host_.tracker();
    estimated_total_ = 0;
    std::erase_if(ends_, [now = now()](const auto& end) { return end.second <= now; });
    for (const OpenLine& line : choose_lines(wanted)) {
        const std::vector<dash::Uint256> children = tracker.children(line.wanted->hash);
        const SharePtr child = children.empty() ? nullptr : tracker.find(children.front());
        if (child == nullptr || ends_.count(line.wanted->hash) != 0) continue;
        const std::uint64_t below = child->info().absheight == 0 ? 0 : child->info().absheight - 1;
        const std::uint64_t useful = kept_length(tracker.network());
        const std::uint64_t room = std::max(kLeastRoom, useful - std::min(line.height, useful));
        estimated_total_ = std::max<std::size_t>(estimated_total_, line.height + std::min(room, below));
        Target like;
        like.source = line.wanted->source;
        like.room = room;
        like.rank = line.rank;
        like.wanted = true;
        extend(*child, like);
    }
    std::erase_if(targets_,
                  [](const Target& target) { return !target.wanted && !target.is_own_idea && target.asked.empty(); });
    pump();
}

/// The best lines of each connected peer in turn: whoever sends orphans by the thousand has most of them put off, and
/// nobody else's.
std::vector<ShareDownload::OpenLine> ShareDownload::choose_lines(
    const std::vector<share_chain::Decision::Wanted>& wanted) const {
    std::unordered_map<dash::Uint256, OpenLine> lines;
    for (const auto& want : wanted)
        lines[want.hash].wanted = &want;
    for (const dash::Uint256& head : wanted.empty() ? std::vector<dash::Uint256>() : host_.tracker().heads()) {
        auto above = host_.tracker().line(head);
        const auto found = lines.find(above.tail);
        if (found == lines.end()) continue;
        found->second.height = std::max(found->second.height, above.height);
        if (above.work > found->second.work) found->second.work = std::move(above.work);
    }
    std::unordered_map<std::string, std::vector<OpenLine>> by_source;
    for (const PeerSession* session : sessions_.established())
        by_source[session->name()];
    std::vector<OpenLine> of_others;
    for (auto& [hash, line] : lines) {
        const auto source = by_source.find(line.wanted->source);
        (source == by_source.end() ? of_others : source->second).push_back(std::move(line));
    }
    by_source[{}] = std::move(of_others);
    return take_in_turn(by_source);
}

std::vector<ShareDownload::OpenLine> ShareDownload::take_in_turn(
    std::unordered_map<std::string, std::vector<OpenLine>>& by_source) {
    for (auto& [source, lines] : by_source) {
        const std::size_t most = std::min(lines.size(), kMostWantedLines);
        // Of equal ones the same each time.
        const auto is_better = [](const OpenLine& a, const OpenLine& b) {
            return a.work != b.work ? a.work > b.work : a.wanted->hash < b.wanted->hash;
        };
        std::partial_sort(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(most), lines.end(), is_better);
        lines.resize(most);
    }
    std::vector<OpenLine> chosen;
    for (std::size_t rank = 0; rank < kMostWantedLines; ++rank) {
        for (const auto& [source, lines] : by_source) {
            if (rank >= lines.size() || chosen.size() >= kMostWantedLines) continue;
            chosen.push_back(lines[rank]);
            chosen.back().rank = rank;
        }
    }
    return chosen;
}

void ShareDownload::ask_for_head(const dash::Uint256& hash, PeerSession& session) {
    Target head;
    head.hash = hash;
    head.source = session.name();
    add(std::move(head));
    if (Target* const target = find(hash)) {
        target->claimed_by.insert(session.id());
        ask(*target, session);
    }
    pump();
}

void ShareDownload::drop_done() {
    std::erase_if(targets_, [&](const Target& target) {
        if (host_.tracker().contains(target.hash)) return true;
        const bool is_gap = target.room > 0 && !target.is_stone;
        const unsigned most = is_gap ? kAnswersToGiveUpGap : kAnswersToGiveUp;
        return !target.wanted && target.asked.empty() && target.failures >= most;
    });
    std::erase_if(strikes_, [&](const auto& entry) { return sessions_.find(entry.first) == nullptr; });
    const auto is_over = [&](std::uint64_t session) { return sessions_.find(session) == nullptr; };
    for (Target& target : targets_) {
        std::erase_if(target.failed, is_over);
        std::erase_if(target.claimed_by, is_over);
    }
}

/// Asks whatever can be asked now.
void ShareDownload::pump() {
    drop_done();
    if (targets_.empty()) return timer_->cancel();
    timer_->start(kPumpSeconds, [this] { pump(); });
    if (intake_.waiting_bytes() > settings_.most_loading_bytes) return;
    const std::vector<PeerSession*> peers = sessions_.established();
    // Asking may fail at once and change the list.
    std::vector<std::pair<std::size_t, dash::Uint256>> order;
    for (const Target& target : targets_)
        order.emplace_back(target.rank, target.hash);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [rank, hash] : order) {
        Target* const target = find(hash);
        if (target == nullptr || !may_ask(*target, peers.size())) continue;
        if (PeerSession* const peer = choose_peer(*target, peers)) ask(*target, *peer);
    }
}

bool ShareDownload::may_ask(const Target& target, std::size_t peers) const {
    if (target.not_before > now() || target.asked.size() >= kMostPeersForTarget) return false;
    if (target.is_stone) {
        // Stones far ahead of the gaps would only be orphans in the tracker.
        const auto open_gaps = std::count_if(targets_.begin(), targets_.end(), [&](const Target& each) {
            return !each.is_stone && each.rank <= target.rank;
        });
        if (static_cast<std::size_t>(open_gaps) > kMostRequestsToPeer * peers + 1) return false;
    }
    return std::all_of(target.asked.begin(), target.asked.end(),
                       [&](const auto& asked) { return asked.second + kPatienceSeconds <= now(); });
}

/// What the tracker wants is asked of the one who should have it first; the rest of those who are reliable and not
/// busy: a stone that waits behind a long answer of the same peer is of no use.
PeerSession* ShareDownload::choose_peer(const Target& target, const std::vector<PeerSession*>& peers) {
    PeerSession* best = nullptr;
    std::uint64_t best_rank = 0;
    for (PeerSession* const peer : peers) {
        const std::uint64_t busy = peer->requests_under_way();
        if (!peer->is_established() || busy >= kMostRequestsToPeer || target.failed.count(peer->id()) != 0 ||
            target.asked.count(peer->id()) != 0) {
            continue;
        }
        const auto found = strikes_.find(peer->id());
        const std::uint64_t strikes = found == strikes_.end() ? 0 : found->second;
        const bool is_source =
            target.wanted && target.failures == 0 && target.asked.empty() && peer->name() == target.source;
        const std::uint64_t rank = (is_source ? 0 : 1 + strikes + busy) << 16 | (random_() & 0xffff);
        if (best != nullptr && rank >= best_rank) continue;
        best = peer;
        best_rank = rank;
    }
    return best;
}

std::vector<dash::Uint256> ShareDownload::stops() const {
    const share_chain::Tracker& tracker = host_.tracker();
    std::set<dash::Uint256> stops;
    for (const dash::Uint256& head : tracker.heads()) {
        if (stops.size() + 2 > kMostStops) break;
        const std::uint64_t height = tracker.line(head).height;
        stops.insert(head);
        stops.insert(tracker.ancestor(head, std::min(height - 1, kStopDistance)));
    }
    return {stops.begin(), stops.end()};
}

void ShareDownload::ask(Target& target, PeerSession& session) {
    const dash::Uint256 hash = target.hash;
    const std::uint64_t parents = target.parents;
    for (const auto& [other, since] : target.asked) {
        if (since + kPatienceSeconds <= now()) ++strikes_[other];
    }
    target.asked[session.id()] = now();
    dash::log::info("Requesting parent share ", low32_hex(hash), " from ", session.name());
    session.request_shares(
        {hash}, parents, parents == 0 ? std::vector<dash::Uint256>() : stops(),
        [this, hash](PeerSession& from, ShareAnswer answer) { answered(hash, from, std::move(answer)); });
}

void ShareDownload::answered(const dash::Uint256& hash, PeerSession& session, ShareAnswer answer) {
    Target* const target = find(hash);
    const bool has_shares = answer.kind == ShareAnswer::Kind::kShares && !answer.shares.empty();
    if (has_shares && target != nullptr) {
        if (answer.shares.size() > target->parents + 1) answer.shares.resize(target->parents + 1);
        session.hold();
        intake_.load(std::move(answer.shares), [this, hash, id = session.id(), name = session.name()](Answered shares) {
            resume_after(sessions_.find(id), [&] { loaded(hash, id, name, std::move(shares)); });
            pump();
        });
        return;
    }
    if (target != nullptr) {
        target->asked.erase(session.id());
        const bool is_too_much = answer.kind == ShareAnswer::Kind::kRefused && target->parents > 0;
        if (is_too_much) {
            target->parents /= 2;
        } else if (answer.kind == ShareAnswer::Kind::kShares || answer.kind == ShareAnswer::Kind::kRefused) {
            failed(*target, session.id());
        }
    }
    pump();
}

void ShareDownload::failed(Target& target, std::uint64_t session) {
    target.failed.insert(session);
    ++target.failures;
    const std::vector<PeerSession*> peers = sessions_.established();
    const bool nobody_left = std::all_of(peers.begin(), peers.end(),
                                         [&](const PeerSession* peer) { return target.failed.count(peer->id()) != 0; });
    if (!nobody_left) return;
    target.failed.clear();
    const double pause = kFirstPauseSeconds * static_cast<double>(std::uint64_t{1} << std::min(target.failures, 10U));
    target.not_before = now() + std::min(pause, kLongestPauseSeconds);
}

void ShareDownload::loaded(const dash::Uint256& hash, std::uint64_t session_id, const std::string& source,
                           Answered loaded) {
    PeerSession* const session = sessions_.find(session_id);
    std::vector<SharePtr> line;
    std::optional<SessionEnd> end;
    dash::Uint256 expected = hash;
    for (LoadedShare& each : loaded) {
        if (each.share == nullptr) end = SessionEnd{each.problem, each.misbehaving};
        if (each.share == nullptr || each.share->hash != expected) break;
        expected = each.share->previous_hash();
        line.push_back(std::move(each.share));
    }
    if (line.empty() && !end) {
        dash::log::info("Peer ", source, " answered a request with shares that nobody asked for");
    }
    share_chain::Source from{.peer = source, .vouches = false};
    if (Target* const target = find(hash)) {
        target->asked.erase(session_id);
        from.vouches = target->claimed_by.count(session_id) != 0;
        const bool is_short = !line.empty() && line.size() < target->parents + 1 && !expected.is_zero();
        if (is_short && !host_.tracker().contains(expected)) ++strikes_[session_id];
        // Before the tracker has them: it would want the same, but does not know how deep the line shall be.
        follow_up(Target(*target), line);
    }
    count(exchange_.deliver(line, from));
    Target* const target = find(hash);
    // It had another share, or the tracker has no room for this one.
    if (target != nullptr && !host_.tracker().contains(hash)) failed(*target, session_id);
    if (session != nullptr) {
        for (const SharePtr& share : line)
            session->note_share(share->hash);
        if (end) session->end(*end);
    }
}

void ShareDownload::follow_up(const Target& target, const std::vector<SharePtr>& line) {
    if (line.empty()) return;
    if (target.room <= line.size()) {
        if (target.room > 0 && ends_.size() < kMostTargets) {
            ends_[line.back()->previous_hash()] = now() + kEndSeconds;
        }
        return;
    }
    Target rest;
    rest.source = target.source;
    rest.room = target.room - line.size();
    rest.rank = target.rank;
    if (target.is_stone) return extend(*line.back(), rest);
    rest.hash = line.back()->previous_hash();
    rest.parents = std::min(rest.room, kFarDistance - 1) - 1;
    add(std::move(rest));
}

void ShareDownload::count(std::size_t shares) {
    if (shares > 0) arrivals_.emplace_back(now(), shares);
    while (!arrivals_.empty() && arrivals_.front().first < now() - kRateWindowSeconds)
        arrivals_.pop_front();
}

DownloadProgress ShareDownload::progress() const {
    DownloadProgress progress;
    progress.active = std::any_of(targets_.begin(), targets_.end(),
                                  [](const Target& target) { return target.wanted || target.room > 0; });
    progress.known_shares = host_.tracker().size();
    progress.estimated_total = std::max(estimated_total_, progress.known_shares);
    std::size_t arrived = 0;
    double since = now();
    for (const auto& [when, shares] : arrivals_) {
        if (when < now() - kRateWindowSeconds) continue;
        since = std::min(since, when);
        arrived += shares;
    }
    const double span = std::max(now() - since, 1.0);
    progress.shares_per_second = static_cast<double>(arrived) / span;
    const std::size_t missing = progress.estimated_total - progress.known_shares;
    if (arrived > 0) progress.seconds_left = static_cast<double>(missing) / progress.shares_per_second;
    return progress;
}

}  // namespace p2pool::peers
