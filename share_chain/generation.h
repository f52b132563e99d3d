#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "dash/primitives/transaction.h"
#include "share_chain/network.h"
#include "share_chain/share.h"

/// Building what the share chain's rules dictate: difficulty, references, payouts, and the coinbase ("generation") transaction. The
/// node uses it for new work and to check others' shares: both must give the same bytes (python p2pool.data generate_transaction).
namespace share_chain {

class Tracker;

struct GenerationRequest {
    ShareData share_data;
    dash::Uint256 block_target;                         ///< bounds the payout window
    std::uint32_t desired_timestamp = 0;
    dash::Uint256 desired_target;                       ///< clipped to what the chain allows
    std::vector<dash::Uint256> transaction_hashes;      ///< the block's transactions after the coinbase, in order
};

struct Generation {
    ShareInfo info;
    dash::Transaction coinbase;            ///< with last_txout_nonce 0
    dash::Bytes coinbase_bytes;            ///< serialized; the 8-byte nonce is at nonce_offset
    std::size_t nonce_offset = 0;
    std::vector<dash::Uint256> merkle_branch;  ///< of the coinbase
};

/// `tracker` must know the parent and, unless it reaches genesis, CHAIN_LENGTH + 1 of its line. Throws DecodeError when the share data break a
/// rule (payments above the subsidy, a payee "!" with bad hex).
[[nodiscard]] Generation generate(const Tracker& tracker, const GenerationRequest& request);

/// The share that a solved header of this generation is.
[[nodiscard]] ShareContents share_contents(const Generation& generation, const dash::BlockHeader& header,
                                           std::uint64_t last_txout_nonce);

/// Checks a share against its ancestors: throws DecodeError with the reason when it is not what the rules dictate.
void check_in_context(const Tracker& tracker, const Share& share);

}  // namespace share_chain
