#include "tests/unit/web/message_key.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "dash/primitives/address.h"
#include "dash/primitives/base64.h"
#include "dash/primitives/signed_message.h"

namespace web_tests {
namespace {

using Context = std::unique_ptr<secp256k1_context, void (*)(secp256k1_context*)>;

Context make_context() {
    return {secp256k1_context_create(SECP256K1_CONTEXT_SIGN), secp256k1_context_destroy};
}

}  // namespace

MessageKey::MessageKey(std::uint8_t number) : secret_(32, number) {
    const Context context = make_context();
    secp256k1_pubkey key;
    if (secp256k1_ec_pubkey_create(context.get(), &key, secret_.data()) != 1) throw std::runtime_error("no such key");
    std::array<std::uint8_t, 33> bytes{};
    std::size_t size = bytes.size();
    secp256k1_ec_pubkey_serialize(context.get(), bytes.data(), &size, &key, SECP256K1_EC_COMPRESSED);
    hash_ = dash::hash160(bytes);
}

std::string MessageKey::address() const {
    return dash::format_address({dash::Address::Kind::kPubkeyHash, hash_}, dash::dash_regtest());
}

std::string MessageKey::sign(const std::string& message) const {
    constexpr int kCompressedHeader = 31;
    const Context context = make_context();
    const auto digest = dash::message_digest(message);
    secp256k1_ecdsa_recoverable_signature signature;
    if (secp256k1_ecdsa_sign_recoverable(context.get(), &signature, digest.data(), secret_.data(), nullptr, nullptr) !=
        1) {
        throw std::runtime_error("cannot sign");
    }
    dash::Bytes bytes(65);
    int recovery = 0;
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context.get(), bytes.data() + 1, &recovery, &signature);
    bytes[0] = static_cast<std::uint8_t>(kCompressedHeader + recovery);
    return dash::base64_encode(bytes);
}

}  // namespace web_tests
