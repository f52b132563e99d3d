#pragma once

#include <string>

#include "dash/submission/won_block.h"

namespace dash::submission {

/// Why a block that was read from the disk is not the one that was won there, in words that follow "it"; empty: it is
/// sound. Peers ban who sends them a block without proof of work, or with other transactions than its header names.
[[nodiscard]] std::string damage_of(const WonBlock& block);

}  // namespace dash::submission
