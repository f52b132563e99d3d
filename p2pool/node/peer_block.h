#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dash/primitives/bytes.h"
#include "share_chain/tracker.h"

namespace p2pool::node {

/// Serialized transaction; null when it is not known.
using FindTransaction = std::function<std::shared_ptr<const dash::Bytes>(const dash::Uint256& txid)>;

/// What a share of a peer is worth as a Dash block.
struct PeerBlock {
    std::shared_ptr<const dash::Bytes> bytes;  ///< the serialized block; null: not to be sent …
    std::string problem;                       ///< … because of this
    bool is_early = false;                     ///< … which may pass
};

/// What the Dash network asks now of a block on a certain one.
struct BlockDemands {
    std::optional<std::uint32_t> bits;  ///< nullopt when that one is not among the last of dashd's chain
    /// Unix seconds. The earliest for the tip is good for the blocks below it too: the median of the last blocks' times
    /// never falls.
    double earliest_time = 0;
    double latest_time = 0;
};

/// Puts together the block of a share that claims to be one.
///
/// The share chain's rules prove neither a share's previous block nor its bits, version and time, and Dash peers ban
/// whoever sends them an invalid block: so these are held against dashd's chain, the proof of work against those bits,
/// and the transactions against the merkle root. `share` is verified and in the tracker.
[[nodiscard]] PeerBlock assemble_peer_block(const share_chain::Tracker& tracker, const share_chain::Share& share,
                                            const BlockDemands& demands, const FindTransaction& find_transaction);

}  // namespace p2pool::node
