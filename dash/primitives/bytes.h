#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dash {

using Bytes = std::vector<std::uint8_t>;
using ByteSpan = std::span<const std::uint8_t>;

/// Lower-case hex, two digits a byte, in memory order.
[[nodiscard]] std::string to_hex(ByteSpan bytes);

/// Accepts both cases. Throws DecodeError on an odd length or a character that is not a hex digit.
[[nodiscard]] Bytes from_hex(std::string_view text);

/// The bytes of a text, as a view: valid as long as the text lives.
[[nodiscard]] inline ByteSpan as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string as_text(ByteSpan bytes) {
    return {bytes.begin(), bytes.end()};
}

/// `bytes` must not lie inside `to`.
void append(Bytes& to, ByteSpan bytes);

}  // namespace dash
