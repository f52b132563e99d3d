#pragma once

#include <cstddef>

#include "dash/broadcaster/peer_book.h"

namespace dash::broadcaster {

/// What the local dashd has: it is worth more than any peer.
constexpr double kLocalDashdScore = 999999;

/// What besides its record makes a peer's worth.
struct Standing {
    double connected_seconds = 0;     ///< of the present connection
    double silent_seconds = 0;        ///< since the last message from it; while not connected, since it was last seen
    std::size_t others_of_group = 0;  ///< further connected peers of its network group
};

/// How well a peer serves propagation; the higher, the better. The sum of
///
///     100 · (reached + 1) / (broadcasts + 2)   broadcasts that reached it; 50 for one that was never tried
///      60 · 50 / (50 + ping in ms)             20 when the ping is not known
///      60 · first / (announced + 4)            blocks it announced before any other peer
///      20 · min(1, hours connected in all / 24)
///      20 / (1 + hours silent)                 liveness, from any message
///     − 25 · others of its network group, three at most
///     − 30 while dashd is connected to it too: dashd relays there by itself
///     − 20 · failed attempts to connect since the last connection, three at most
///     + 15 when a peer told of it             dashd's own surroundings are what the local dashd reaches anyway
///
/// and never below 0.
struct ScoreParts {
    double success = 0;
    double ping = 0;
    double first = 0;
    double uptime = 0;
    double liveness = 0;
    double source = 0;
    double group = 0;  ///< not above 0, as the next two
    double at_dashd = 0;
    double failures = 0;

    [[nodiscard]] double sum() const;
};
[[nodiscard]] ScoreParts score_parts(const PeerRecord& peer, const Standing& standing);
[[nodiscard]] double score(const PeerRecord& peer, const Standing& standing);

}  // namespace dash::broadcaster
