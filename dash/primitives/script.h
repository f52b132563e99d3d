#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dash/primitives/address.h"
#include "dash/primitives/bytes.h"

namespace dash {

/// OP_DUP OP_HASH160 <hash> OP_EQUALVERIFY OP_CHECKSIG.
[[nodiscard]] Bytes p2pkh_script(const Hash160& hash);
/// OP_HASH160 <hash> OP_EQUAL.
[[nodiscard]] Bytes p2sh_script(const Hash160& hash);
[[nodiscard]] Bytes address_script(const Address& address);

/// The address a script pays to, when it is one of the two standard forms.
[[nodiscard]] std::optional<Address> script_address(ByteSpan script);

/// A script that pushes the height the way BIP 34 wants it at the start of a coinbase (0 → 00, 1–16 → OP_1…OP_16, else
/// the shortest signed little-endian number).
[[nodiscard]] Bytes push_height(std::uint32_t height);

/// The height that a coinbase script begins with in the form of push_height (a longer than shortest number is taken
/// too); nullopt when it begins with anything else: a negative or cut off number, another opcode, more than 32 bits.
[[nodiscard]] std::optional<std::uint32_t> pushed_height(ByteSpan coinbase_script);

/// A push of up to 75 bytes: length, then data. Throws DecodeError when longer.
[[nodiscard]] Bytes push_data(ByteSpan data);

}  // namespace dash
