#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/chain_params.h"
#include "dash/primitives/uint256.h"

namespace share_chain {

/// Settings of the difficulty control of one stratum connection (see p2pool/stratum/vardiff.h for their meaning).
struct VardiffSettings {
    int shares_trigger = 8;
    double timeout_multiple = 5;
    int quickup_shares = 2;
    double quickup_divisor = 3;
    double min_adjust = 0.5;
    double max_adjust = 2.0;
};

/// Constants of one p2pool network: its share chain, its ports, its manners (python p2pool/networks/*.py). Two nodes
/// that differ in a constant of the first group do not agree on shares.
struct Network {
    std::string name;  ///< as --net takes it; also the folder below the data directory
    const dash::ChainParams* parent = nullptr;

    std::uint32_t share_period_seconds = 0;    ///< the chain's difficulty aims at one share in this time
    std::uint32_t chain_length = 0;            ///< shares that are counted for payouts and choice of chain
    std::uint32_t target_lookbehind = 0;       ///< shares the retarget looks at
    std::uint32_t spread = 0;                  ///< payout window, in average blocks of work
    std::array<std::uint8_t, 8> identifier{};  ///< hashed into every share
    dash::Uint256 min_target;
    dash::Uint256 max_target;

    std::array<std::uint8_t, 8> p2p_prefix{};  ///< magic of the p2pool network's messages
    dash::Bytes coinbase_ext;                  ///< appended to our coinbase scripts; not consensus
    std::uint16_t p2p_port = 0;
    std::uint16_t worker_port = 0;
    std::vector<std::string> bootstrap_addresses;  ///< hosts, or "host:port"
    bool bootstraps = false;  ///< false: the addresses above are only known, not asked (python: PERSIST)
    std::uint32_t minimum_protocol_version = 1700;
    std::uint32_t minimum_dashd_version = 200000;  ///< `version` of getnetworkinfo

    VardiffSettings vardiff;
    double stratum_share_rate_seconds = 10;  ///< time that a miner should need for one accepted submit
    std::optional<double>
        stratum_default_difficulty;  ///< what a miner starts with; unset: as the stratum side sees fit
    /// A miner is given no less than this, or than the share's difficulty where that is lower. 0 = no floor.
    double stratum_difficulty_floor = 0;
    double connection_worker_elevated = 4.0;
    double connection_worker_warning = 6.0;
};

/// Pays the authors: the donation output that every share has, on every network.
[[nodiscard]] dash::ByteSpan donation_script();

/// The network named as on the command line ("dash", "dash_testnet", "dash_regtest"); nullptr when there is none.
/// Private pools describe theirs in a file (p2pool/options/network_file.h).
[[nodiscard]] const Network* find_network(std::string_view name);
[[nodiscard]] std::vector<std::string_view> network_names();

}  // namespace share_chain
