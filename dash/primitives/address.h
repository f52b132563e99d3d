#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dash/primitives/chain_params.h"
#include "dash/primitives/hash160.h"

namespace dash {

struct Address {
    enum class Kind { kPubkeyHash, kScriptHash };
    Kind kind = Kind::kPubkeyHash;
    Hash160 hash{};

    friend bool operator==(const Address&, const Address&) = default;
};

/// Decodes a base58check address of the given chain; throws DecodeError that says what is wrong: a character, the
/// checksum, the length, or a version byte of another network.
[[nodiscard]] Address parse_address(std::string_view text, const ChainParams& chain);

[[nodiscard]] std::string format_address(const Address& address, const ChainParams& chain);

/// True for 26–35 base58 characters that begin as an address of any Dash network does (X, 7, y, 8 or 9): what a miner
/// meant as an address, even when it is mistyped.
[[nodiscard]] bool looks_like_address(std::string_view text);

}  // namespace dash
