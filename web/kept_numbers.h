#pragma once

#include <cstdint>
#include <optional>

#include "dash/util/error.h"
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

/// A time in unix seconds; throws DecodeError for what no clock tells, and Json::exception for what is no number.
[[nodiscard]] inline double kept_time(const Json& value) {
    const auto time = value.get<double>();
    if (!(time >= 0 && time <= kLatestSeconds)) throw dash::DecodeError("a time that no clock tells");
    return time;
}

}  // namespace web
