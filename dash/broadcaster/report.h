#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dash/broadcaster/broadcast.h"
#include "dash/primitives/uint256.h"

namespace dash::broadcaster {

/// How the broadcast of one block went.
struct BroadcastReport {
    Uint256 hash;
    std::uint32_t height = 0;
    double started_at = 0;  ///< Unix seconds
    std::size_t block_bytes = 0;
    std::size_t compact_bytes = 0;
    std::size_t transactions = 0;
    std::size_t prefilled = 0;
    std::vector<Broadcast::Peer> peers;       ///< the targets
    std::vector<Broadcast::Peer> latecomers;  ///< that connected after the start, and got it then
    std::size_t reached = 0;
    double elapsed_ms = 0;        ///< until the last target was reached or had failed
    std::optional<double> ms_50;  ///< until half of the targets were reached; nullopt: that many never were
    std::optional<double> ms_90;
    std::optional<double> ms_all;

    /// A peer that had the block not from us, announced it, and proved to have it.
    struct Announcement {
        PeerAddress from;
        double ms = 0;  ///< since the start of the broadcast
    };
    std::vector<Announcement> announcements;

    [[nodiscard]] std::size_t failed() const { return peers.size() - reached; }
    /// Peers that proved to have the block.
    [[nodiscard]] std::size_t confirmed() const;
    [[nodiscard]] std::optional<double> first_confirmed_ms() const;
};

/// What the broadcaster did, summed up now and then, for trends.
struct HistoryPoint {
    double at = 0;  ///< Unix seconds
    std::size_t connected = 0;
    std::size_t known = 0;
    std::size_t resting = 0;
    std::uint64_t connection_attempts = 0;  ///< since the start, as all that follow
    std::uint64_t failed_connections = 0;
    std::uint64_t successful_broadcasts = 0;
    std::uint64_t failed_broadcasts = 0;
    std::optional<double> median_ping_ms;
};

/// Own blocks by what became of them.
struct BlockTotals {
    std::uint64_t won = 0;
    std::uint64_t accepted = 0;  ///< on the main chain, or final there
    std::uint64_t orphaned = 0;  ///< another block has their place, for now or for good
    std::uint64_t rejected = 0;

    /// Of those whose fate is known; 0 without any.
    [[nodiscard]] double orphan_rate_percent() const;
};

}  // namespace dash::broadcaster
