#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

namespace dash::rpc {

struct TemplateTransaction {
    Bytes data;
    Uint256 txid;  ///< computed from data
    std::optional<std::uint64_t> fee_duffs;
    std::optional<std::uint32_t> sigops;
    /// 1-based positions of transactions of the same template that must stand before this one.
    std::vector<std::uint32_t> depends;
};

/// What the coinbase must pay besides the miners: masternode owner and operator, Dash Platform, superblock proposals.
struct TemplatePayment {
    /// An address, or "!" and the script in hex when the script has no address.
    std::string payee;
    /// The script as dashd gave it; empty when it gave none.
    Bytes script;
    std::uint64_t amount_duffs = 0;
    bool superblock = false;  ///< for a proposal: the amount does not depend on the fees
};

/// What dashd wants the next block to be (BIP 22/23; Dash fields as Dash Core v20+ gives them).
struct BlockTemplate {
    std::uint32_t version = 0;
    Uint256 previous_block;
    std::uint32_t bits = 0;
    Uint256 target;
    std::uint32_t time = 0;
    std::uint32_t min_time = 0;  ///< `time` when dashd does not tell
    std::uint32_t height = 0;
    /// All the coinbase may pay: subsidy, fees, superblock.
    std::uint64_t coinbase_value_duffs = 0;
    std::vector<TemplateTransaction> transactions;
    /// Masternode entries, then superblock entries, in dashd's order; entries with nobody to pay are left out …
    std::vector<TemplatePayment> payments;
    /// … but counted here. Never more than coinbase_value_duffs.
    std::uint64_t payment_total_duffs = 0;
    /// DIP 4 payload of the coinbase transaction; empty before its activation.
    Bytes coinbase_payload;
    /// Bytes dashd wants in the coinbase script after the height.
    Bytes coinbase_flags;
};

/// Reads the `result` of getblocktemplate; fields it does not know do not matter. Throws DecodeError that names the
/// field that is missing or wrong.
[[nodiscard]] BlockTemplate parse_block_template(const nlohmann::json& result);

}  // namespace dash::rpc
