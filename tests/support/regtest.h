#pragma once

#include "share_chain/network.h"

namespace tests {

/// The network on which any hash is a share.
[[nodiscard]] inline const share_chain::Network& regtest() {
    return *share_chain::find_network("dash_regtest");
}

}  // namespace tests
