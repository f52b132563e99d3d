#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dash/primitives/bytes.h"

namespace dash {

/// RFC 4648 with padding, without line breaks.
[[nodiscard]] std::string base64_encode(ByteSpan bytes);
/// Exactly what base64_encode() makes of some bytes; nullopt for anything else.
[[nodiscard]] std::optional<Bytes> base64_decode(std::string_view text);

}  // namespace dash
