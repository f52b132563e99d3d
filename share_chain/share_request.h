#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dash/primitives/uint256.h"
#include "share_chain/tracker.h"

namespace share_chain {

/// What a peer gets who asks for shares (python p2pool.node P2PNode.handle_get_shares): each of `hashes` that is known
/// and its `parents`, newest first, up to one of `stops`, which is not sent. Fewer parents where they would be more
/// than 1000 for all hashes together; what is asked for twice is sent twice. Throws DecodeError when no hash is given.
[[nodiscard]] std::vector<SharePtr> answer_share_request(const Tracker& tracker, std::span<const dash::Uint256> hashes,
                                                         std::uint64_t parents, std::span<const dash::Uint256> stops);

}  // namespace share_chain
