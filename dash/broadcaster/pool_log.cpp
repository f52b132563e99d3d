#include "dash/broadcaster/pool_log.h"

#include <cstdio>

#include "dash/util/log.h"

namespace dash::broadcaster::pool_log {
namespace {

std::string seconds_text(Seconds time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3fs", time.count());
    return text;
}

std::string attempt_text(const PeerManager::Dial& dial) {
    return "attempt " + std::to_string(dial.attempt) + "/" + std::to_string(AttemptHistory::kAttemptsPerRound);
}

const char* word(Failure kind) {
    switch (kind) {
        case Failure::kTimeout:
            return "TIMEOUT";
        case Failure::kRefused:
            return "REFUSED";
        case Failure::kError:
            break;
    }
    return "ERROR";
}

template <typename... Parts>
void info_unless(bool repeated, const Parts&... parts) {
    if (repeated) {
        log::debug(parts...);
    } else {
        log::info(parts...);
    }
}

void list_resting(const PeerManager& manager, SteadyTime now, bool repeated) {
    const auto resting = manager.resting();
    if (resting.empty()) return;
    info_unless(repeated, "Broadcaster: ", resting.size(), " peers in backoff period:");
    constexpr std::size_t kMostLines = 10;
    for (std::size_t i = 0; i < std::min(resting.size(), kMostLines); ++i) {
        info_unless(repeated, "  - ", to_text(resting[i]->address),
                    " (backoff: ", resting[i]->attempts.remaining(now).count(), "s remaining)");
    }
    if (resting.size() > kMostLines) info_unless(repeated, "  ... and ", resting.size() - kMostLines, " more");
}

}  // namespace

void dialing(const PeerManager::Dial& dial, std::chrono::milliseconds timeout) {
    log::debug("Broadcaster: Initiated connection to ", to_text(dial.address),
               " (timeout=", std::chrono::duration_cast<std::chrono::seconds>(timeout).count(), "s)");
}

void connected(const PeerManager::Dial& dial, Seconds after) {
    log::info("Broadcaster: CONNECTED to ", to_text(dial.address), " (", seconds_text(after), ", ", attempt_text(dial),
              ")");
}

void dial_failed(const PeerManager::Dial& dial, Failure kind, const std::string& reason, Seconds after) {
    log::info("Broadcaster: CONNECTION ", word(kind), " to ", to_text(dial.address), " (", seconds_text(after), ", ",
              attempt_text(dial), ")");
    log::debug("  -> ", reason);
}

void resting(const PeerAddress& address, std::chrono::seconds backoff) {
    log::info("Broadcaster: Peer ", to_text(address), " exceeded max attempts (", AttemptHistory::kAttemptsPerRound,
              "), entering backoff");
    log::debug("  -> not tried again for ", backoff.count(), "s");
}

void lost(const PeerAddress& address, const p2p::PeerEnd& end) {
    if (end.kind == p2p::PeerEnd::Kind::kMisbehaved) {
        log::warning("Broadcaster: DISCONNECTED ", to_text(address), ", it broke the protocol: ", end.reason);
    } else {
        log::info("Broadcaster: DISCONNECTED from ", to_text(address), ": ", end.reason);
    }
}

void rotated(const PeerAddress& worst, const PeerAddress& better) {
    log::info("Broadcaster: ROTATION - peer ", to_text(worst), " makes room for ", to_text(better));
}

void refresh_begun(Refresh reason, const PeerManager& manager, SteadyTime now, bool repeated) {
    switch (reason) {
        case Refresh::kBootstrap:
            info_unless(repeated, "Broadcaster: BOOTSTRAP PHASE - Fetching peers from dashd");
            break;
        case Refresh::kEmergency:
            info_unless(repeated, "Broadcaster: EMERGENCY DASHD REFRESH TRIGGERED");
            info_unless(repeated, "  Reason: Insufficient healthy peers");
            info_unless(repeated, "  Active peers: ", manager.connections().size(), " / ", manager.limits().min_peers);
            info_unless(repeated, "  Failed peers in backoff: ", manager.resting().size());
            break;
        case Refresh::kScheduled:
        case Refresh::kNone:
            info_unless(repeated, "Broadcaster: Scheduled dashd refresh");
            break;
    }
    list_resting(manager, now, repeated);
}

void refresh_done(Refresh reason, const PeerManager::Learned& learned, const PeerManager& manager, bool repeated) {
    for (const PeerAddress& address : learned.added) {
        const auto record = manager.book().records().find(address);
        if (record == manager.book().records().end()) continue;
        const auto& ping = record->second.ping_ms;
        char ping_text[32] = "unknown";
        if (ping) std::snprintf(ping_text, sizeof ping_text, "%.1fms", *ping);
        log::info("Broadcaster: NEW peer from dashd: ", to_text(address), " (ping=", ping_text,
                  ", score=", static_cast<int>(manager.score_of(address)), ")");
    }
    for (const PeerAddress& address : learned.cleared) {
        log::info("Broadcaster: dashd is connected to ", to_text(address));
        log::info("  -> Cleared previous failure history");
    }
    const bool quiet = repeated && learned.added.empty() && learned.cleared.empty();
    info_unless(quiet, reason == Refresh::kBootstrap ? "Broadcaster: Bootstrap complete"
                                                     : "Broadcaster: Dashd refresh complete");
    info_unless(quiet, "  New peers added: ", learned.added.size());
    info_unless(quiet, "  Existing peers updated: ", learned.updated);
    info_unless(quiet, "  Total peers in database: ", manager.book().size());
}

void refresh_failed(const std::string& error, bool repeated) {
    if (repeated) {
        log::debug("Broadcaster: dashd does not tell its peers: ", error);
    } else {
        log::warning("Broadcaster: dashd does not tell its peers, asking again later: ", error);
    }
}

void addresses(std::size_t received, const PeerManager::Learned& learned, std::size_t book_size) {
    // Peers also pass on single addresses all the time.
    constexpr std::size_t kAnswerToGetaddr = 10;
    const bool quiet = received < kAnswerToGetaddr || learned.added.empty();
    info_unless(quiet, "Broadcaster: P2P Discovery - Received ", received, " peer addresses");
    for (const PeerAddress& address : learned.added)
        log::debug("  + NEW: ", to_text(address), " (via P2P discovery)");
    info_unless(quiet, "Broadcaster: P2P discovery complete - ", learned.added.size(), " new, ", learned.updated,
                " updated (total: ", book_size, " peers)");
}

void block(const PeerAddress& from, const Uint256& hash, std::uint64_t blocks_of_peer) {
    if (!log::enabled(log::Level::kDebug)) return;  // peers announce at their pleasure
    log::debug("Broadcaster: BLOCK from ", to_text(from), " (hash=", hash.to_hex(), ", total_blocks=", blocks_of_peer,
               ")");
}

void transactions(const PeerAddress& from, std::uint64_t before, std::uint64_t now) {
    constexpr std::uint64_t kStep = 500;
    if (before / kStep == now / kStep) return;
    log::debug("Broadcaster: TX activity from ", to_text(from), " (", now / kStep * kStep, " transactions relayed)");
}

void ping(const PeerAddress& from) {
    if (!log::enabled(log::Level::kDebug)) return;  // as for blocks
    log::debug("Broadcaster: PING from ", to_text(from), " (peer still alive)");
}

}  // namespace dash::broadcaster::pool_log
