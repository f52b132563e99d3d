#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/wide.h"
#include "share_chain/network.h"
#include "share_chain/payouts.h"
#include "share_chain/share.h"

/// Building what the share chain's rules dictate: difficulty, references, payouts, and the coinbase ("generation")
/// transaction. The node uses it for new work and to check others' shares: both must give the same bytes (python
/// p2pool.data generate_transaction).
///
/// A node with many payout addresses lays the groundwork once for a new parent or template, then generates for each
/// address.
namespace share_chain {

class Tracker;

struct GroundworkRequest {
    /// What does not depend on the finder; the fields that GenerationRequest has too are not looked at.
    ShareData share_data;
    /// dash::average_attempts of the block's target: bounds the payout window.
    dash::Wide block_attempts;
    /// The block's transactions after the coinbase, in order.
    std::vector<dash::Uint256> transaction_hashes;
};

/// What all shares on one parent and one block template have in common. Immutable, needs no tracker any more.
struct Groundwork {
    const Network* network = nullptr;
    /// Finder's fields, bits and timestamp mean nothing yet; abswork is the parent's.
    ShareInfo common;
    dash::Uint256 easiest_target;  ///< what a share's target is clipped to …
    dash::Uint256 hardest_target;  ///< … a thirtieth of the easiest
    std::uint64_t earliest_timestamp = 0;
    std::uint64_t latest_timestamp = 0;
    Payouts payouts;
    std::vector<dash::Uint256> transaction_hashes;
    std::vector<dash::Uint256> merkle_branch;  ///< of the coinbase
    dash::Bytes coinbase_suffix;               ///< what follows the nonce: lock time and payload
};

/// `tracker` must know the parent and, unless it reaches genesis, CHAIN_LENGTH of its line. Throws DecodeError when it
/// does not, and when the share data break a rule (payments above the subsidy, a payee "!" with bad hex).
[[nodiscard]] std::shared_ptr<const Groundwork> lay_groundwork(const Tracker& tracker, GroundworkRequest request);

/// What the finder of a share chooses.
struct GenerationRequest {
    dash::Hash160 pubkey_hash{};
    std::uint32_t nonce = 0;
    std::uint16_t donation = 0;
    std::uint8_t stale_info = 0;
    std::uint32_t desired_timestamp = 0;           ///< clipped to what the parent allows
    dash::Uint256 desired_target;                  ///< clipped to what the chain allows
    std::vector<dash::Uint256> ref_merkle_branch;  ///< only other pools' software uses one
};

/// A coinbase, complete but for the 8 bytes at its end that miners search. Of its bytes only the hash's state is kept:
/// with many payees they are many, and a node holds thousands of these.
struct Generation {
    std::shared_ptr<const Groundwork> groundwork;
    GenerationRequest request;
    std::uint32_t bits = 0;
    std::uint32_t timestamp = 0;
    dash::Uint256 reference;     ///< what the coinbase commits to: the hash of the share's info
    dash::Sha256 prefix_hasher;  ///< has taken the prefix

    [[nodiscard]] ShareInfo info() const;
    /// The coinbase serialized up to the nonce; ends with the reference. What follows is groundwork->coinbase_suffix.
    [[nodiscard]] dash::Bytes coinbase_prefix() const;
    [[nodiscard]] dash::Bytes coinbase(std::uint64_t last_txout_nonce) const;
    /// Its txid; costs two or three SHA-256 blocks and one for each 64 bytes of payload.
    [[nodiscard]] dash::Uint256 coinbase_hash(std::uint64_t last_txout_nonce) const;
};

/// Throws DecodeError when the parent's timestamp leaves no room for a later one.
[[nodiscard]] Generation generate(std::shared_ptr<const Groundwork> groundwork, GenerationRequest request);

/// The share that a solved header of this generation is.
[[nodiscard]] ShareContents share_contents(const Generation& generation, const dash::BlockHeader& header,
                                           std::uint64_t last_txout_nonce);

}  // namespace share_chain
