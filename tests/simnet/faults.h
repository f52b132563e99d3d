#pragma once

#include <chrono>
#include <optional>

#include "dash/primitives/uint256.h"

namespace simnet {

/// How the daemon misbehaves just now. Methods that begin with `simnet_` are exempt from all but closed ports.
struct Faults {
    bool refuse_rpc = false;          ///< nobody listens on the RPC port
    bool refuse_p2p = false;          ///< nobody listens on the P2P port
    bool hang_rpc = false;            ///< requests are taken and not answered
    bool busy_rpc = false;            ///< HTTP 503 "Work queue depth exceeded"
    bool garbled_rpc = false;         ///< HTTP 200 with something that is not JSON
    bool reject_credentials = false;  ///< HTTP 401, whoever asks
    bool warming_up = false;          ///< error -28
    bool initial_sync = false;        ///< getblocktemplate: error -10
    bool silent_p2p = false;          ///< messages are read and not answered, and nothing is announced
    std::chrono::milliseconds rpc_delay{0};
    /// The daemon claims this block to be its tip, which nobody has.
    std::optional<dash::Uint256> false_tip;
};

}  // namespace simnet
