#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dash/primitives/hash160.h"
#include "dash/primitives/sha256.h"

namespace dash {

/// What is signed for a text: SHA-256 twice over the VarStr "DarkCoin Signed Message:\n" and the text as a VarStr (Dash
/// Core's signmessage).
[[nodiscard]] Sha256::Digest message_digest(std::string_view message);

/// The public key hash of who signed the text, which is that of his address; nullopt when the signature is none.
/// `signature`: base64 of 65 bytes, the first 27 + recovery id, + 4 for a compressed public key, then r and s
/// big-endian.
[[nodiscard]] std::optional<Hash160> message_signer(std::string_view message, std::string_view signature);

}  // namespace dash
