#include "dash/primitives/script.h"

#include <algorithm>
#include <array>

#include "dash/util/error.h"

namespace dash {
namespace {

enum Opcode : std::uint8_t {
    kOp0 = 0x00,
    kLongestShortPush = 0x4b,
    kOp1 = 0x51,
    kOp16 = 0x60,
    kOpDup = 0x76,
    kOpEqual = 0x87,
    kOpEqualVerify = 0x88,
    kOpHash160 = 0xa9,
    kOpCheckSig = 0xac,
};

constexpr std::uint8_t kHashBytes = 20;
constexpr std::uint8_t kSignBit = 0x80;  // of the last byte of a number
constexpr std::array<std::uint8_t, 3> kP2pkhPrefix{kOpDup, kOpHash160, kHashBytes};
constexpr std::array<std::uint8_t, 2> kP2pkhSuffix{kOpEqualVerify, kOpCheckSig};
constexpr std::array<std::uint8_t, 2> kP2shPrefix{kOpHash160, kHashBytes};
constexpr std::array<std::uint8_t, 1> kP2shSuffix{kOpEqual};

Bytes hash_script(ByteSpan prefix, const Hash160& hash, ByteSpan suffix) {
    Bytes script;
    script.reserve(prefix.size() + hash.size() + suffix.size());
    append(script, prefix);
    append(script, hash);
    append(script, suffix);
    return script;
}

std::optional<Hash160> enclosed_hash(ByteSpan script, ByteSpan prefix, ByteSpan suffix) {
    if (script.size() != prefix.size() + kHashBytes + suffix.size()) return std::nullopt;
    if (!std::equal(prefix.begin(), prefix.end(), script.begin())) return std::nullopt;
    if (!std::equal(suffix.rbegin(), suffix.rend(), script.rbegin())) return std::nullopt;
    Hash160 hash{};
    const ByteSpan middle = script.subspan(prefix.size(), kHashBytes);
    std::copy(middle.begin(), middle.end(), hash.begin());
    return hash;
}

}  // namespace

Bytes p2pkh_script(const Hash160& hash) {
    return hash_script(kP2pkhPrefix, hash, kP2pkhSuffix);
}

Bytes p2sh_script(const Hash160& hash) {
    return hash_script(kP2shPrefix, hash, kP2shSuffix);
}

Bytes address_script(const Address& address) {
    return address.kind == Address::Kind::kPubkeyHash ? p2pkh_script(address.hash) : p2sh_script(address.hash);
}

std::optional<Address> script_address(ByteSpan script) {
    if (const auto hash = enclosed_hash(script, kP2pkhPrefix, kP2pkhSuffix)) {
        return Address{Address::Kind::kPubkeyHash, *hash};
    }
    if (const auto hash = enclosed_hash(script, kP2shPrefix, kP2shSuffix)) {
        return Address{Address::Kind::kScriptHash, *hash};
    }
    return std::nullopt;
}

Bytes push_height(std::uint32_t height) {
    if (height == 0) return {kOp0};
    if (height <= 16) return {static_cast<std::uint8_t>(kOp1 + height - 1)};
    Bytes number;
    for (std::uint32_t rest = height; rest != 0; rest >>= 8)
        number.push_back(static_cast<std::uint8_t>(rest));
    if (number.back() >= kSignBit) number.push_back(0);  // else the top bit would be read as a minus sign
    return push_data(number);
}

std::optional<std::uint32_t> pushed_height(ByteSpan coinbase_script) {
    if (coinbase_script.empty()) return std::nullopt;
    const std::uint8_t opcode = coinbase_script[0];
    if (opcode == kOp0) return 0;
    if (opcode >= kOp1 && opcode <= kOp16) return opcode - kOp1 + 1;
    if (opcode > kLongestShortPush || opcode >= coinbase_script.size()) return std::nullopt;
    const ByteSpan number = coinbase_script.subspan(1, opcode);
    if (number.back() >= kSignBit) return std::nullopt;
    std::uint64_t height = 0;
    for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
        height = height << 8 | *byte;
        if (height > UINT32_MAX) return std::nullopt;
    }
    return static_cast<std::uint32_t>(height);
}

Bytes push_data(ByteSpan data) {
    if (data.size() > kLongestShortPush) {
        throw DecodeError("a script push of " + std::to_string(data.size()) + " bytes, at most 75 are supported");
    }
    Bytes script{static_cast<std::uint8_t>(data.size())};
    append(script, data);
    return script;
}

}  // namespace dash
