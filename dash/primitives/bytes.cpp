#include "dash/primitives/bytes.h"

#include "dash/util/error.h"

namespace dash {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::uint8_t digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
    throw DecodeError("hex text holds a character that is not a hex digit");
}

}  // namespace

std::string to_hex(ByteSpan bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text.push_back(kHexDigits[byte >> 4]);
        text.push_back(kHexDigits[byte & 15]);
    }
    return text;
}

Bytes from_hex(std::string_view text) {
    if (text.size() % 2 != 0) throw DecodeError("hex text has an odd number of digits");
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(digit_value(text[i]) << 4 | digit_value(text[i + 1])));
    }
    return bytes;
}

void append(Bytes& to, ByteSpan bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace dash
