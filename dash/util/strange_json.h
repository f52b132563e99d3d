#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace dash {

/// The deepest JSON that is taken from anyone. dashd's deepest answers (getblock with transactions) have about 7
/// levels, a miner's lines 3.
constexpr int kMaxJsonNesting = 64;

/// What a stranger sent, as JSON; a discarded value (is_discarded()) for what is none or is nested too deep. nlohmann's
/// parser stands any depth, but its writer and its copies take a frame of the stack for each level.
[[nodiscard]] nlohmann::json parse_strange_json(std::string_view text);

}  // namespace dash
