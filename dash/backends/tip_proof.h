#pragma once

#include <optional>
#include <string>

#include "dash/primitives/uint256.h"
#include "dash/rpc/block_template.h"
#include "dash/rpc/daemon.h"

namespace dash::backends {

/// The end of a daemon's chain.
struct Tip {
    Uint256 block;
    Uint256 work;  ///< hashes that the chain up to it took on average; more work is the better chain
};

/// What is wrong with the tip that a template builds on, in words that follow "dashd"; empty: nothing. `header` is the
/// daemon's answer about that block. A tip costs a block's proof of work: whoever only claims one is found out.
[[nodiscard]] std::string doubt_about_tip(const rpc::BlockTemplate& block,
                                          const std::optional<rpc::HeaderInfo>& header);

}  // namespace dash::backends
