#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dash/primitives/uint256.h"
#include "dash/primitives/wide.h"

namespace web {

using Json = nlohmann::json;

/// A JSON integer of any size, as the python node writes targets and work. It can be put anywhere into a Json value,
/// which only to_text() writes as it should be.
[[nodiscard]] Json big_integer(const dash::Wide& value);
[[nodiscard]] Json big_integer(const dash::Uint256& value);

/// null for nothing: what is not known is not 0.
template <typename Value>
[[nodiscard]] Json optional_json(const std::optional<Value>& value) {
    return value ? Json(*value) : Json();
}

/// The value as JSON text. What is no UTF-8 in strings becomes U+FFFD; infinities and NaN become null.
[[nodiscard]] std::string to_text(const Json& value);

}  // namespace web
