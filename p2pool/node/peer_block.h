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
};

/// Puts together the block of a share that claims to be one. `demanded_bits`: what dashd's chain demands of a block on
/// the share's previous block; nullopt when that is not one of its last blocks.
///
/// The share chain's rules prove neither a share's previous block nor its bits, and Dash peers ban whoever sends them
/// an invalid block: so both are held against dashd's chain, the proof of work against those bits, and the transactions
/// against the merkle root. `share` is verified and in the tracker.
[[nodiscard]] PeerBlock assemble_peer_block(const share_chain::Tracker& tracker, const share_chain::Share& share,
                                            const std::optional<std::uint32_t>& demanded_bits,
                                            const FindTransaction& find_transaction);

}  // namespace p2pool::node
