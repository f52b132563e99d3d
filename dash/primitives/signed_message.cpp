#include "dash/primitives/signed_message.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <array>

#include "dash/primitives/base64.h"
#include "dash/primitives/serialize.h"

namespace dash {
namespace {

constexpr std::string_view kMagic = "DarkCoin Signed Message:\n";
constexpr std::size_t kSignatureBytes = 65;
constexpr int kHeaderBase = 27;
constexpr int kCompressedFlag = 4;
constexpr std::size_t kLongestPublicKey = 65;

}  // namespace

Sha256::Digest message_digest(std::string_view message) {
    Writer writer;
    writer.varstr(kMagic).varstr(message);
    return sha256(sha256(writer.bytes()));
}

std::optional<Hash160> message_signer(std::string_view message, std::string_view signature) {
    const std::optional<Bytes> bytes = base64_decode(signature);
    if (!bytes || bytes->size() != kSignatureBytes) return std::nullopt;
    const int header = bytes->front() - kHeaderBase;
    if (header < 0 || header >= 2 * kCompressedFlag) return std::nullopt;

    // Recovery needs no context of one's own: it neither signs nor makes keys.
    const secp256k1_context* context = secp256k1_context_static;
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey key;
    const Sha256::Digest digest = message_digest(message);
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, bytes->data() + 1,
                                                            header % kCompressedFlag) != 1 ||
        secp256k1_ecdsa_recover(context, &key, &parsed, digest.data()) != 1) {
        return std::nullopt;
    }
    std::array<std::uint8_t, kLongestPublicKey> serialized{};
    std::size_t size = serialized.size();
    const bool compressed = header >= kCompressedFlag;
    secp256k1_ec_pubkey_serialize(context, serialized.data(), &size, &key,
                                  compressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED);
    return hash160(ByteSpan(serialized).first(size));
}

}  // namespace dash
