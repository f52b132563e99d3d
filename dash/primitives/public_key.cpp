#include "dash/primitives/public_key.h"

#include <secp256k1.h>

#include "dash/util/error.h"

namespace dash {
namespace {

constexpr std::size_t kCompressedDigits = 66;
constexpr std::size_t kFullDigits = 130;

}  // namespace

bool looks_like_public_key(std::string_view text) {
    if (text.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return false;
    const std::string_view form = text.substr(0, 2);
    return (text.size() == kCompressedDigits && (form == "02" || form == "03")) ||
           (text.size() == kFullDigits && form == "04");
}

Bytes parse_public_key(std::string_view hex) {
    if (!looks_like_public_key(hex)) throw DecodeError("this is no public key in hex");
    Bytes bytes = from_hex(hex);
    secp256k1_pubkey parsed;
    if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &parsed, bytes.data(), bytes.size()) != 1) {
        throw DecodeError("this public key is no point of the curve secp256k1: a digit is wrong");
    }
    return bytes;
}

}  // namespace dash
