#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "dash/primitives/block.h"
#include "dash/primitives/uint256.h"

namespace p2pool::stratum {

/// The `result` of getwork for a header (python p2pool.dash.getwork.BlockAttempt): data, hash1, midstate and target.
/// Each 4-byte word of the header and of SHA-256's padding is reversed, as is each word of the midstate; the target is
/// little-endian.
[[nodiscard]] nlohmann::json getwork_result(const dash::BlockHeader& header, const dash::Uint256& target);

/// The header of what a miner hands back; throws DecodeError.
[[nodiscard]] dash::BlockHeader decode_getwork_data(std::string_view hex);

}  // namespace p2pool::stratum
