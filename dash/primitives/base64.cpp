#include "dash/primitives/base64.h"

#include <cstdint>

namespace dash {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kPadding = '=';

}  // namespace

std::string base64_encode(ByteSpan bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int count = 0;
    const auto put = [&](int shift) { text.push_back(kDigits[bits >> shift & 63U]); };
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8 | byte;
        count += 8;
        while (count >= 6)
            put(count -= 6);
    }
    if (count > 0) {
        bits <<= 6 - count;
        put(0);
    }
    text.append((4 - text.size() % 4) % 4, kPadding);
    return text;
}

std::optional<Bytes> base64_decode(std::string_view text) {
    Bytes bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char character : text.substr(0, text.find(kPadding))) {
        const std::size_t digit = kDigits.find(character);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes.push_back(static_cast<std::uint8_t>(bits >> count));
    }
    // Padding that is missing or too much, and bits that say nothing, make another text of the same bytes.
    if (base64_encode(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace dash
