#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dash/primitives/serialize.h"
#include "share_chain/network.h"
#include "share_chain/share.h"

namespace share_chain {

/// A share as messages and files carry it: the type, and contents that only that type's codec understands. A successor
/// of today's type is a row more in the table of types in codec.cpp; check_in_context() says what may follow what.
struct TypedContents {
    std::uint64_t type = 0;
    dash::Bytes contents;
};

[[nodiscard]] TypedContents read_typed_contents(dash::Reader& reader);
/// One typed share and nothing behind it, as a line of a share file holds it.
[[nodiscard]] TypedContents parse_typed_contents(dash::ByteSpan bytes);
void write_typed_contents(dash::Writer& writer, std::uint64_t type, dash::ByteSpan contents);

/// Decodes and packs exactly as the reference does: a truncated byte string at the end is accepted, data left over is
/// not. What was not truncated packs to the same bytes again. Throws DecodeError; takes memory in proportion to the
/// input only.
[[nodiscard]] ShareContents decode_contents(dash::ByteSpan contents);
[[nodiscard]] dash::Bytes encode_contents(const ShareContents& contents);
[[nodiscard]] dash::Bytes encode_share_info(const ShareInfo& info);

/// Whether load_share() understands shares of this type.
[[nodiscard]] bool is_known_type(std::uint64_t type);

/// Decodes a share and makes every check that needs no other share: sizes, references, hash link, proof of work. Costs
/// one X11. Throws DecodeError where the reference drops the connection, PeerMisbehaving where it also bans.
/// Thread-safe.
[[nodiscard]] SharePtr load_share(const TypedContents& typed, const Network& network);

/// What became of one share among many.
struct LoadedShare {
    SharePtr share;       ///< null: it is not valid
    std::string problem;  ///< why
    bool misbehaving =
        false;  ///< load_share() would have thrown PeerMisbehaving: who sent it is banned, not only cut off
};

/// load_share() for each, in the order given. Their proofs of work are hashed side by side (dash::x11::hash_many),
/// which takes a fraction of the time from a handful on. Thread-safe.
[[nodiscard]] std::vector<LoadedShare> load_shares(std::span<const TypedContents> batch, const Network& network);

/// load_share() for contents that are decoded already, or built by ourselves.
[[nodiscard]] SharePtr make_share(ShareContents contents, const Network& network);

/// Hash that the last coinbase output commits to: SHA-256d of identifier and share info, through the branch.
[[nodiscard]] dash::Uint256 reference_hash(const Network& network, const ShareInfo& info,
                                           std::span<const dash::Uint256> ref_merkle_branch);

}  // namespace share_chain
