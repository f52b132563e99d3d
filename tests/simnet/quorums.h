#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dash/primitives/block.h"
#include "tests/simnet/payloads.h"
#include "tests/simnet/reject.h"
#include "tests/simnet/rules.h"

namespace simnet {

/// One kind of long-living masternode quorum of regtest (Dash Core llmq/params.h).
struct QuorumType {
    std::uint8_t id = 0;
    std::uint32_t size = 0;
    bool rotates = false;             ///< two quorums a cycle, each based on its own block
    std::uint32_t window_first = 10;  ///< of the height modulo 24: where commitments must be mined
    std::uint32_t window_last = 18;
};

/// The hash of the block at a height on the branch that is looked at.
using HashAtHeight = std::function<dash::Uint256(std::uint32_t)>;

/// The commitments mined so far, as far as they still matter.
class QuorumSet {
  public:
    /// The commitments the block at `height` must contain, as null commitments in Dash Core's order. `hash_at` serves
    /// heights below it.
    [[nodiscard]] std::vector<QuorumCommitment> required(const Rules& rules, std::uint32_t height,
                                                         const HashAtHeight& hash_at) const;

    /// Goes on to the set after `block`: each required commitment has to be there, null or one of `known_results`.
    [[nodiscard]] Reject apply(const dash::Block& block, const Rules& rules, std::uint32_t height,
                               const HashAtHeight& hash_at, const std::vector<QuorumCommitment>& known_results);

    /// Root over the active quorums of all types (DIP 4).
    [[nodiscard]] dash::Uint256 merkle_root() const;

  private:
    [[nodiscard]] bool is_mined(std::uint8_t type, const dash::Uint256& quorum_hash) const;
    void add(const QuorumType& type, const QuorumCommitment& commitment);

    std::vector<QuorumCommitment> mined_;  ///< oldest first; two of each type at most
};

/// Wraps a commitment into the transaction that carries it.
[[nodiscard]] dash::Transaction commitment_transaction(const QuorumCommitment& commitment, std::uint32_t height);

}  // namespace simnet
