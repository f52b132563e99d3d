#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "share_chain/network.h"

namespace web {

/// What does not change while the node runs.
struct NodeFacts {
    const share_chain::Network* network = nullptr;
    std::string version;
    double started_at = 0;  ///< unix seconds
    std::uint16_t worker_port = 0;
    std::uint16_t p2p_port = 0;
    std::string external_ip;  ///< as the operator gave it; empty: he did not
    std::string payout_address;
    double fee_percent = 0;
    double donation_percent = 0;
    std::filesystem::path net_datadir;
};

}  // namespace web
