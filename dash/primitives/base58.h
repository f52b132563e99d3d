#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dash/primitives/bytes.h"

namespace dash {

/// The alphabet of Bitcoin: digits and letters without 0, O, I and l.
[[nodiscard]] bool is_base58(std::string_view text);

/// Takes time with the square of the length.
[[nodiscard]] std::string base58_encode(ByteSpan bytes);
/// nullopt when a character is not of the alphabet. Takes a few microseconds for an address, some milliseconds for
/// 100,000 characters: callers bound what strangers send.
[[nodiscard]] std::optional<Bytes> base58_decode(std::string_view text);

/// Base58 of the bytes followed by the first four bytes of their double SHA-256.
[[nodiscard]] std::string base58check_encode(ByteSpan bytes);
/// The bytes without checksum; throws DecodeError that says what is wrong (character, length, checksum).
[[nodiscard]] Bytes base58check_decode(std::string_view text);

}  // namespace dash
