#pragma once

#include "share_chain/generation.h"
#include "share_chain/share.h"

namespace share_chain {

class Tracker;

/// The transactions of the share's block after the coinbase, in order: its own and those that it refers to in
/// ancestors. Throws DecodeError when an ancestor is not known or did not announce such a transaction.
[[nodiscard]] std::vector<dash::Uint256> transaction_hashes(const Tracker& tracker, const Share& share);

/// Builds again what the rules dictate for this share's choices; with share.contents.last_txout_nonce the coinbase of
/// its block. Throws DecodeError when they dictate nothing: a rule is broken, or too few ancestors are known.
[[nodiscard]] Generation regenerate(const Tracker& tracker, const Share& share);

/// Checks a share against its ancestors: throws DecodeError with the reason when it is not what the rules dictate. The
/// share itself need not be in the tracker. Only type 16 exists, so there is no rule about which type may follow which.
void check_in_context(const Tracker& tracker, const Share& share);

}  // namespace share_chain
