#pragma once

#include <string>

#include "tests/simnet/chain.h"
#include "tests/simnet/rpc_table.h"

/// Blocks and transactions as Dash Core's RPC shows them.
namespace simnet {

/// Duffs as DASH: a JSON number with up to eight decimals.
[[nodiscard]] Json coins_json(std::uint64_t duffs);
/// difficulty() of Dash Core: relative to bits 0x1d00ffff.
[[nodiscard]] double bits_difficulty(std::uint32_t bits);
/// Eight digits.
[[nodiscard]] std::string hex32(std::uint32_t value);
[[nodiscard]] std::string work_hex(std::uint64_t work);
/// Empty when the script has no address.
[[nodiscard]] std::string script_address_text(dash::ByteSpan script);

[[nodiscard]] Json header_json(const Chain& chain, const BlockEntry& entry);
/// verbosity 1: transaction ids; 2: decoded transactions.
[[nodiscard]] Json block_json(const Chain& chain, const BlockEntry& entry, int verbosity);
[[nodiscard]] Json transaction_json(const dash::Transaction& transaction);

/// Whether a ChainLock covers the block.
[[nodiscard]] bool is_locked(const Chain& chain, const BlockEntry& entry);

}  // namespace simnet
