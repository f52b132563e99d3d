#pragma once

#include <string_view>

#include "dash/primitives/bytes.h"

namespace dash {

/// True for the hex digits of a secp256k1 public key, compressed (66, beginning with 02 or 03) or not (130, 04): what
/// was meant as one, even when it is none.
[[nodiscard]] bool looks_like_public_key(std::string_view text);

/// The bytes of a public key in hex. Throws DecodeError for other text, and for a key that is no point of the curve:
/// nobody could spend what is paid to it.
[[nodiscard]] Bytes parse_public_key(std::string_view hex);

}  // namespace dash
