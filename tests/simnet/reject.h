#pragma once

#include <optional>
#include <string>

namespace simnet {

/// Why a block or transaction is refused, in the words of Dash Core (BIP 22); nullopt when nothing is wrong.
using Reject = std::optional<std::string>;

}  // namespace simnet
