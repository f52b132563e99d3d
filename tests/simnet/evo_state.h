#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simnet/masternodes.h"
#include "tests/simnet/payloads.h"
#include "tests/simnet/quorums.h"
#include "tests/simnet/reject.h"
#include "tests/simnet/rules.h"

namespace simnet {

/// A ChainLock (DIP 8). Signatures are random bytes here; one is valid when the simnet gave it out for that block.
struct ChainLock {
    std::uint32_t height = 0;
    dash::Uint256 hash;
    BlsSignature signature{};
};

/// What the masternode network knows besides the chain: it decides what templates offer and what blocks are valid.
/// Filled by the simnet's controls.
struct Network {
    std::map<std::uint32_t, std::vector<dash::TxOut>> superblocks;  ///< by height, what proposals get
    std::vector<QuorumCommitment> quorum_results;                   ///< finished quorum sessions
    std::vector<ChainLock> chain_locks;                             ///< every one given out; the best is the last

    [[nodiscard]] const ChainLock* best_chain_lock() const {
        return chain_locks.empty() ? nullptr : &chain_locks.back();
    }
    [[nodiscard]] const ChainLock* find_chain_lock(const BlsSignature& signature) const;
};

/// What Dash's special transactions have led to, after one block.
struct EvoState {
    MasternodeList masternodes;
    QuorumSet quorums;
    std::uint64_t credit_pool_duffs = 0;
    std::set<std::uint64_t> unlocked_indexes;
    std::set<std::uint8_t> signalled_bits;
    /// The ChainLock in this block's coinbase; nullopt when it has none.
    std::optional<ChainLock> coinbase_chain_lock;
};

/// Where a block stands while its effects are computed.
struct EvoContext {
    const Rules& rules;
    const Network& network;
    std::uint32_t height = 0;
    dash::Uint256 parent_hash;
    HashAtHeight hash_at;  ///< of the parent's branch, for heights below `height`
};

/// The state after `block`, given the one after its parent, from its transactions but the coinbase; it is the basis of
/// the coinbase payload. A reason means that one of the transactions is not allowed there. Its two parts are those
/// between which Dash Core compares the credit pool with what the coinbase says.
[[nodiscard]] Reject advance_credit_pool(EvoState& state, const dash::Block& block, const EvoContext& context);
[[nodiscard]] Reject advance_lists(EvoState& state, const dash::Block& block, const EvoContext& context);
[[nodiscard]] Reject advance(EvoState& state, const dash::Block& block, const EvoContext& context);

/// The payload Dash Core would put into the coinbase of the block that leads to `after`.
[[nodiscard]] CbTx make_cbtx(const EvoState& before, const EvoState& after, const EvoContext& context);

/// What the masternode network is owed by the block at `height` with these fees: platform, owner, operator.
[[nodiscard]] std::vector<dash::TxOut> masternode_payments(const EvoState& before, const Rules& rules,
                                                           std::uint32_t height, std::uint64_t fees_duffs);

}  // namespace simnet
