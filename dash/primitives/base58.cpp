#include "dash/primitives/base58.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <iterator>

#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace dash {
namespace {

constexpr std::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kChecksumBytes = 4;

/// number = number·base + digit, where `number` has little-endian digits of `radix`.
void multiply_add(Bytes& number, unsigned radix, unsigned base, unsigned digit) {
    unsigned carry = digit;
    for (std::uint8_t& place : number) {
        carry += place * base;
        place = static_cast<std::uint8_t>(carry % radix);
        carry /= radix;
    }
    for (; carry != 0; carry /= radix)
        number.push_back(static_cast<std::uint8_t>(carry % radix));
}

using LongNumber = boost::multiprecision::cpp_int;

/// What base 58 digits stand for. By halves, because the library multiplies long numbers faster than digit by digit.
LongNumber number_of(std::string_view digits) {
    constexpr std::size_t kFitIn64Bits = 10;
    if (digits.size() > kFitIn64Bits) {
        const std::string_view low = digits.substr(digits.size() / 2);
        const LongNumber high = number_of(digits.substr(0, digits.size() / 2));
        return high * pow(LongNumber(58), static_cast<unsigned>(low.size())) + number_of(low);
    }
    std::uint64_t number = 0;
    for (const char digit : digits)
        number = number * 58 + kAlphabet.find(digit);
    return number;
}

/// What is wrong with a text that has characters which base 58 has not.
std::string foreign_character(std::string_view text) {
    const std::size_t place = text.find_first_not_of(kAlphabet);
    const char character = text[place];
    const bool is_printable = character >= ' ' && character <= '~';
    return "its character " + std::to_string(place + 1) +
           (is_printable ? std::string(", '") + character + "'," : std::string()) +
           " is none that addresses have (0, O, I, l are not used)";
}

std::array<std::uint8_t, Uint256::kBytes> checksum(ByteSpan bytes) {
    return sha256d(bytes).to_bytes();
}

}  // namespace

bool is_base58(std::string_view text) {
    return text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

std::string base58_encode(ByteSpan bytes) {
    const auto first = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; });
    std::string text(static_cast<std::size_t>(first - bytes.begin()), kAlphabet.front());
    Bytes digits;
    for (auto byte = first; byte != bytes.end(); ++byte)
        multiply_add(digits, 58, 256, *byte);
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        text.push_back(kAlphabet[*digit]);
    return text;
}

std::optional<Bytes> base58_decode(std::string_view text) {
    if (!is_base58(text)) return std::nullopt;
    const std::size_t zeros = std::min(text.find_first_not_of(kAlphabet.front()), text.size());
    Bytes bytes(zeros, 0);
    if (zeros < text.size()) export_bits(number_of(text.substr(zeros)), std::back_inserter(bytes), 8);
    return bytes;
}

std::string base58check_encode(ByteSpan bytes) {
    Bytes with_checksum(bytes.begin(), bytes.end());
    append(with_checksum, ByteSpan(checksum(bytes)).first(kChecksumBytes));
    return base58_encode(with_checksum);
}

Bytes base58check_decode(std::string_view text) {
    std::optional<Bytes> decoded = base58_decode(text);
    if (!decoded) throw DecodeError(foreign_character(text));
    if (decoded->size() < kChecksumBytes) throw DecodeError("it is too short to hold a checksum");
    const std::size_t size = decoded->size() - kChecksumBytes;
    const auto expected = checksum(ByteSpan(*decoded).first(size));
    if (!std::equal(decoded->begin() + static_cast<std::ptrdiff_t>(size), decoded->end(), expected.begin())) {
        throw DecodeError("its checksum is wrong: a character is mistyped or missing");
    }
    decoded->resize(size);
    return *std::move(decoded);
}

}  // namespace dash
