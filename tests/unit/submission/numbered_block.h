#pragma once

#include <cstdint>
#include <memory>

#include "dash/submission/won_block.h"

namespace submission_tests {

/// One of many won blocks whose bytes nobody reads.
inline dash::submission::WonBlock numbered_block(std::uint64_t number, std::size_t size = 300) {
    dash::submission::WonBlock won;
    won.hash = dash::Uint256(number);
    won.height = static_cast<std::uint32_t>(1000 + number);
    won.bytes = std::make_shared<const dash::Bytes>(dash::Bytes(size, static_cast<std::uint8_t>(number)));
    won.finder = "yAddress.worker";
    won.found_at = 1'700'000'000.25 + static_cast<double>(number);
    return won;
}

}  // namespace submission_tests
