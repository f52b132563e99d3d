#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "dash/primitives/uint256.h"

namespace dash {

inline constexpr double kDuffsPerCoin = 1e8;

/// Constants of one Dash chain (Dash Core chainparams.cpp; python p2pool.dash.networks).
struct ChainParams {
    std::string name;       ///< "dash", "dash_testnet", "dash_regtest"
    std::string symbol;     ///< "DASH", "tDASH", "rDASH"
    std::string rpc_chain;  ///< `chain` of getblockchaininfo: "main", "test", "regtest"
    std::array<std::uint8_t, 4> p2p_magic{};
    std::uint16_t p2p_port = 0;
    std::uint16_t rpc_port = 0;
    std::uint8_t p2pkh_version = 0;  ///< first byte of addresses that pay to a public key hash
    std::uint8_t p2sh_version = 0;   ///< first byte of addresses that pay to a script hash
    std::uint32_t block_period_seconds = 0;
    Uint256 hardest_sane_target;  ///< miners are never asked for more than this difficulty …
    Uint256 easiest_sane_target;  ///< … nor for less than this
    std::uint64_t dust_threshold_duffs = 0;
    /// A block only this chain has, in display order; empty on regtest.
    std::string known_block_hash;
    std::string block_explorer_url_prefix;
    std::string address_explorer_url_prefix;
    std::string tx_explorer_url_prefix;
};

[[nodiscard]] const ChainParams& dash_mainnet();
[[nodiscard]] const ChainParams& dash_testnet();
[[nodiscard]] const ChainParams& dash_regtest();

}  // namespace dash
