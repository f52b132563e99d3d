#pragma once

#include <cstdint>

#include "dash/primitives/uint256.h"

namespace simnet {

inline constexpr std::uint64_t kCoin = 100'000'000;
inline constexpr std::uint64_t kMaxMoney = 21'000'000 * kCoin;
inline constexpr std::uint32_t kRegtestBits = 0x207fffff;
inline constexpr std::uint32_t kCoinbaseMaturity = 100;
inline constexpr std::uint32_t kMaxFutureSeconds = 2 * 60 * 60;
inline constexpr std::size_t kMaxBlockBytes = 2'000'000;
inline constexpr std::size_t kMaxBlockSigops = kMaxBlockBytes / 50;
inline constexpr std::uint8_t kOpReturn = 0x6a;
inline constexpr std::uint32_t kSuperblockCycle = 20;
inline constexpr std::uint64_t kRegularCollateral = 1000 * kCoin;
inline constexpr std::uint64_t kEvoCollateral = 4000 * kCoin;

/// The consensus parameters of a Dash Core regtest chain (chainparams.cpp of v23.1.2): heights are those of the first
/// block a rule is in force for. Amounts are duffs.
struct Rules {
    std::uint32_t dip3 = 432;               ///< special transactions; the coinbase carries a payload
    std::uint32_t payee_enforcement = 500;  ///< a wrong masternode payment makes a block invalid
    std::uint32_t dip8 = 1;                 ///< CbTx has the root of the quorums
    std::uint32_t v20 = 432;                ///< CbTx v3, masternodes get 75 %
    std::uint32_t mn_rr = 432;              ///< part of the masternodes' share is burned for the platform
    std::uint32_t testdummy_started = 144;  ///< block versions signal bit 28 …
    std::uint32_t testdummy_active = 432;   ///< … until here, where quorums of type 102 begin
    std::uint32_t masternode_payments_start = 240;
    std::uint32_t budget_start = 1000;  ///< above this height part of the subsidy is kept for superblocks
    std::uint32_t superblock_start = 1500;
    std::uint32_t bits = kRegtestBits;  ///< compact target of the blocks above `easy_until`; kRegtestBits before
    std::uint32_t easy_until = 0;

    [[nodiscard]] std::uint32_t expected_bits(std::uint32_t height) const {
        return height <= easy_until ? kRegtestBits : bits;
    }
    /// The version Dash Core would mine with.
    [[nodiscard]] std::uint32_t block_version(std::uint32_t height) const;
    /// Of the coinbase payload; 0 when there is none.
    [[nodiscard]] std::uint16_t cbtx_version(std::uint32_t height) const;

    /// What miner and masternodes share, without fees.
    [[nodiscard]] std::uint64_t block_subsidy(std::uint32_t height) const;
    /// What may be paid to everybody but the miner, for a block that is worth `value`.
    [[nodiscard]] std::uint64_t masternode_share(std::uint32_t height, std::uint64_t value) const;
    /// The part of it that goes to the credit pool; 0 before mn_rr.
    [[nodiscard]] std::uint64_t platform_share(std::uint32_t height) const;

    [[nodiscard]] bool is_superblock_height(std::uint32_t height) const {
        return height >= superblock_start && height % kSuperblockCycle == 0;
    }
    /// The most a superblock may pay to proposals.
    [[nodiscard]] std::uint64_t superblock_limit(std::uint32_t height) const;

  private:
    /// Subsidy before the superblock's part is taken off.
    [[nodiscard]] std::uint64_t whole_subsidy(std::uint32_t height) const;
    [[nodiscard]] std::uint64_t budget_part(std::uint32_t height) const;
};

/// The target of compact bits, or zero when they are negative, zero, overflow, or are easier than regtest allows: no
/// proof of work can meet those.
[[nodiscard]] dash::Uint256 checked_target(std::uint32_t bits);

/// Expected number of hashes for bits: what a block adds to the chain's work. Saturates at 2^64 − 1.
[[nodiscard]] std::uint64_t block_work(std::uint32_t bits);

}  // namespace simnet
