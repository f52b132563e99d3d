#include "dash/primitives/address.h"

#include <algorithm>

#include "dash/primitives/base58.h"
#include "dash/util/error.h"

namespace dash {
namespace {

/// A version byte, 20 bytes of hash and 4 of checksum never take more characters; decoding costs the square of the
/// length.
constexpr std::size_t kMostCharacters = 35;
constexpr std::size_t kFewestCharacters = 26;

std::uint8_t version_byte(Address::Kind kind, const ChainParams& chain) {
    return kind == Address::Kind::kPubkeyHash ? chain.p2pkh_version : chain.p2sh_version;
}

}  // namespace

Address parse_address(std::string_view text, const ChainParams& chain) {
    if (text.size() > kMostCharacters) throw DecodeError("not an address: it is longer than 35 characters");
    Bytes payload;
    try {
        payload = base58check_decode(text);
    } catch (const DecodeError& error) {
        throw DecodeError("not an address: " + std::string(error.what()));
    }
    Address address;
    if (payload.size() != 1 + address.hash.size()) {
        throw DecodeError("not an address: it holds " + std::to_string(payload.size()) + " bytes instead of 21");
    }
    if (payload[0] == chain.p2sh_version) {
        address.kind = Address::Kind::kScriptHash;
    } else if (payload[0] != chain.p2pkh_version) {
        throw DecodeError("address belongs to another network than " + chain.name);
    }
    std::copy(payload.begin() + 1, payload.end(), address.hash.begin());
    return address;
}

std::string format_address(const Address& address, const ChainParams& chain) {
    Bytes payload{version_byte(address.kind, chain)};
    append(payload, address.hash);
    return base58check_encode(payload);
}

bool looks_like_address(std::string_view text) {
    constexpr std::string_view kFirstCharacters = "X7y89";
    return text.size() >= kFewestCharacters && text.size() <= kMostCharacters &&
           kFirstCharacters.find(text.front()) != std::string_view::npos && is_base58(text);
}

}  // namespace dash
