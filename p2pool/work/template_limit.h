#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dash/rpc/block_template.h"
#include "share_chain/network.h"

namespace p2pool::work {

/// A p2pool node keeps for each peer the transactions that the peer works with, and bans who makes it keep 2,500,000
/// bytes (python p2pool.p2p, protocol 1700). Each transaction counts its bytes and an overhead.
constexpr std::size_t kWireLimit = 2'499'999;
constexpr std::size_t kWireOverhead = 100;

/// Dash Core's MaxBlockSize() and MaxBlockSigOps() since DIP 1.
constexpr std::size_t kMaxBlockBytes = 2'000'000;
constexpr std::size_t kMaxBlockSigops = kMaxBlockBytes / 50;

/// What the transactions of a template may come to, all together.
struct TemplateLimits {
    std::size_t wire_bytes = kWireLimit;  ///< bytes, and kWireOverhead for each
    std::size_t bytes = kMaxBlockBytes;
    std::size_t sigops = kMaxBlockSigops;  ///< signature operations, as far as dashd told them
};

/// What is left beside a header and the largest coinbase that the share chain's rules can make of this template: each
/// share of the payout window may have another payee. dashd leaves room for a coinbase of its own only.
[[nodiscard]] TemplateLimits limits_beside_payouts(const dash::rpc::BlockTemplate& block,
                                                   const share_chain::Network& network);

/// A template that makes valid blocks, and that peers can follow.
struct LimitedTemplate {
    dash::rpc::BlockTemplate block;
    std::size_t left_out = 0;  ///< transactions
    /// False: it is above a limit, but nothing was left out since that would make a block that dashd refuses. Either
    /// special transactions alone are above it, or the template does not tell what the others pay, or the
    /// masternodes' part follows no known rule.
    bool fits = true;
};

/// Leaves out ordinary transactions from the end, where dashd puts those that pay least, until the rest is within
/// the limits; with a transaction go those that spend from it. Special transactions (DIP 2) stay, and what they spend
/// from: the coinbase's payload commits to them. Fees that are lost are taken off the coinbase's value and off the
/// masternode payments, as Dash Core computes these (masternode/payments.cpp).
[[nodiscard]] LimitedTemplate limit_template(dash::rpc::BlockTemplate block, const TemplateLimits& limits);

/// The template without the transactions' fees of `lost_duffs`: what the coinbase may pay and must pay. None when its
/// masternode payments follow no known rule, or when it does not earn so much.
[[nodiscard]] std::optional<dash::rpc::BlockTemplate> without_fees(dash::rpc::BlockTemplate block,
                                                                   std::uint64_t lost_duffs);

}  // namespace p2pool::work
