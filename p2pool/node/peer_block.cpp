#include "p2pool/node/peer_block.h"

#include <utility>
#include <vector>

#include "dash/primitives/merkle.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "share_chain/context_check.h"

namespace p2pool::node {
namespace {

/// Dash Core takes versions for signed, and none below this any more.
constexpr std::int32_t kLeastVersion = 4;

PeerBlock refuse(std::string problem) {
    return {nullptr, std::move(problem)};
}

PeerBlock refuse_for_now(std::string problem) {
    return {nullptr, std::move(problem), /*is_early=*/true};
}

}  // namespace

PeerBlock assemble_peer_block(const share_chain::Tracker& tracker, const share_chain::Share& share,
                              const BlockDemands& demands, const FindTransaction& find_transaction) try {
    if (!demands.bits) return refuse_for_now("its previous block is not one of dashd's last blocks");
    if (share.header.bits != *demands.bits) return refuse("its bits are not what dashd's chain demands there");
    if (share.hash > dash::target_from_bits(*demands.bits)) return refuse("its hash does not meet the block target");
    if (static_cast<std::int32_t>(share.header.version) < kLeastVersion) return refuse("its version is too old");
    if (share.header.timestamp < demands.earliest_time) return refuse("its time is too early for its place");
    if (share.header.timestamp > demands.latest_time) return refuse_for_now("its time is too far in the future");

    const std::vector<dash::Uint256> txids = share_chain::transaction_hashes(tracker, share);
    const dash::Bytes coinbase = share_chain::regenerate(tracker, share).coinbase(share.contents.last_txout_nonce);
    std::vector<dash::Uint256> leaves{share.gentx_hash};
    leaves.insert(leaves.end(), txids.begin(), txids.end());
    if (dash::merkle_root(leaves) != share.header.merkle_root) return refuse("its merkle root is another");

    dash::Writer writer;
    writer.raw(share.header.serialize());
    writer.varint(leaves.size());
    writer.raw(coinbase);
    for (const dash::Uint256& txid : txids) {
        const auto bytes = find_transaction(txid);
        if (bytes == nullptr) return refuse("its transaction " + txid.to_hex() + " is not known here");
        writer.raw(*bytes);
    }
    return {std::make_shared<const dash::Bytes>(std::move(writer).take()), {}};
} catch (const dash::Error& error) {
    return refuse(error.what());
}

}  // namespace p2pool::node
