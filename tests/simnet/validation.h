#pragma once

#include <cstdint>
#include <vector>

#include "dash/primitives/block.h"
#include "tests/simnet/coins.h"
#include "tests/simnet/evo_state.h"
#include "tests/simnet/reject.h"
#include "tests/simnet/rules.h"

/// The judge of submitted blocks: Dash Core's checks (validation.cpp, evo/specialtxman.cpp, masternode/payments.cpp of
/// v23.1.2) in Dash Core's order, with its words, but for scripts, signatures and locks by time. Shares no code with
/// the node under test beyond the primitives.
namespace simnet {

/// Reads one block from the start of `bytes`; bytes behind it are ignored, as submitblock does. Throws DecodeError.
[[nodiscard]] dash::Block decode_block(dash::ByteSpan bytes);

/// Needs nothing but the block (CheckBlock). `hash`: X11 of its header; `with_work` false skips proof of work and
/// merkle root.
[[nodiscard]] Reject check_block(const dash::Block& block, const dash::Uint256& hash, bool with_work = true);

struct HeaderContext {
    std::uint32_t height = 0;
    std::uint32_t median_time_past = 0;  ///< of the parent
    std::uint32_t now = 0;
};
/// Needs the headers before (ContextualCheckBlockHeader); proof of work must have been checked.
[[nodiscard]] Reject check_header(const dash::BlockHeader& header, const HeaderContext& context, const Rules& rules);

/// Needs the height (ContextualCheckBlock).
[[nodiscard]] Reject check_block_in_context(const dash::Block& block, std::uint32_t height,
                                            std::uint32_t median_time_past, const Rules& rules);

/// Needs everything before: unspent outputs and masternodes (ConnectBlock). On success `coins` and `state` are those
/// after the block; otherwise both are as before.
[[nodiscard]] Reject connect_block(const dash::Block& block, const EvoContext& context, CoinSet& coins, EvoState& state,
                                   BlockUndo& undo);

/// The root of the transactions' merkle tree; `mutated` when a pair of equal nodes allows other lists with the same
/// root (CVE-2012-2459).
[[nodiscard]] dash::Uint256 transaction_root(const std::vector<dash::Transaction>& transactions, bool& mutated);

}  // namespace simnet
