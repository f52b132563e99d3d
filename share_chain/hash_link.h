#pragma once

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "share_chain/share.h"

/// A share does not carry its coinbase but the SHA-256 state after its first part, from which the transaction's hash
/// follows (python p2pool.data prefix_to_hash_link, check_hash_link). That part always ends in the same 37 bytes, which
/// are not sent.
namespace share_chain {

/// The end of every coinbase prefix: length and script of the donation output, the value and the beginning of the last
/// output (OP_RETURN and a push of 40 bytes: reference hash and nonce).
[[nodiscard]] dash::ByteSpan coinbase_constant_ending();

/// The link of a coinbase prefix; throws DecodeError when it does not end in the constant bytes.
[[nodiscard]] HashLink hash_link_of(dash::ByteSpan prefix);

/// Double SHA-256 of the linked prefix followed by `rest`. Throws DecodeError when the link contradicts itself.
[[nodiscard]] dash::Uint256 hash_through_link(const HashLink& link, dash::ByteSpan rest);

}  // namespace share_chain
