#pragma once

#include <cstdint>
#include <optional>

#include "web/json_text.h"

/// Numbers of files, which may be damaged, before they are believed.
namespace web {

/// The year 3000, in unix seconds: numbers of graphs' bins up to there are exact.
constexpr double kLatestSeconds = 32'503'680'000;

/// The number without its fraction; nullopt for what is no number from 0 to `most`, which is below 2^64.
[[nodiscard]] inline std::optional<std::uint64_t> whole_number(const Json& value, double most) {
    if (!value.is_number()) return std::nullopt;
    const auto number = value.get<double>();
    return number >= 0 && number <= most ? std::optional(static_cast<std::uint64_t>(number)) : std::nullopt;
}

}  // namespace web
