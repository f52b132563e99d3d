#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "dash/broadcaster/broadcast.h"
#include "dash/broadcaster/own_block.h"
#include "tests/propagation/network_model.h"

namespace propagation {

/// The line of our node, which stands beside the network's first node, the local dashd.
struct OurLine {
    double bits_per_second = 20e6;  ///< upwards, shared by all connections
};

/// What came of pushing a block to some nodes.
struct PushResult {
    std::vector<std::optional<double>> has_block_ms;  ///< by node; of those it was pushed to
    std::vector<dash::broadcaster::Broadcast::Peer> peers;
    std::optional<double> reached_90_ms;
    double settled_ms = 0;
    std::size_t full_blocks = 0;  ///< begun
};

/// Has a Broadcast push a block to `targets` (nodes of the network) over the modelled lines, on a clock of its own, and
/// plays the peers: they rebuild the block, or wait for what they lack, and answer pings and requests as Dash Core
/// does. Messages leave one after the other; what exceeds ten segments takes a further round trip each time it doubles
/// (TCP's slow start).
[[nodiscard]] PushResult push_block(const NetworkModel& network, const std::vector<std::size_t>& targets,
                                    const dash::broadcaster::OwnBlock& block, const OurLine& line);

}  // namespace propagation
