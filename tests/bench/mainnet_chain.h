#pragma once

#include <memory>
#include <vector>

#include "share_chain/codec.h"
#include "share_chain/network.h"
#include "share_chain/share.h"

namespace bench {

/// A full share chain like mainnet's (2 × 4320 shares, about as large as those of the live network), but for the work:
/// that would take years.
struct MainnetChain {
    share_chain::Network network;
    std::vector<share_chain::TypedContents> shares;  ///< as stores and peers hold them, the oldest first

    [[nodiscard]] std::vector<share_chain::SharePtr> load() const;
};

/// Made when it is first asked for.
[[nodiscard]] const MainnetChain& mainnet_chain();

}  // namespace bench
