#include "share_chain/context_check.h"

#include <string>

#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "share_chain/tracker.h"

namespace share_chain {

std::vector<dash::Uint256> transaction_hashes(const Tracker& tracker, const Share& share) {
    std::vector<SharePtr> ancestors;  // parent first
    std::vector<dash::Uint256> hashes;
    hashes.reserve(share.info().transaction_hash_refs.size());
    for (const TransactionRef& ref : share.info().transaction_hash_refs) {
        while (ancestors.size() < ref.share_count) {
            ancestors.push_back(
                tracker.find(ancestors.empty() ? share.previous_hash() : ancestors.back()->previous_hash()));
            if (!ancestors.back())
                throw dash::DecodeError("share refers to a transaction of a share that is not known");
        }
        const ShareInfo& announcer = ref.share_count == 0 ? share.info() : ancestors[ref.share_count - 1]->info();
        if (ref.tx_count >= announcer.new_transaction_hashes.size()) {
            throw dash::DecodeError("share refers to a transaction that its ancestor did not announce");
        }
        hashes.push_back(announcer.new_transaction_hashes[ref.tx_count]);
    }
    return hashes;
}

Generation regenerate(const Tracker& tracker, const Share& share) {
    GroundworkRequest ground;
    ground.share_data = share.data();
    ground.block_attempts = dash::average_attempts_from_bits(share.header.bits);
    ground.transaction_hashes = transaction_hashes(tracker, share);

    GenerationRequest request;
    request.pubkey_hash = share.data().pubkey_hash;
    request.nonce = share.data().nonce;
    request.donation = share.data().donation;
    request.stale_info = share.data().stale_info;
    request.desired_timestamp = share.info().timestamp;
    request.desired_target = share.target;
    request.ref_merkle_branch = share.contents.ref_merkle_branch;
    return generate(lay_groundwork(tracker, std::move(ground)), std::move(request));
}

void check_in_context(const Tracker& tracker, const Share& share) {
    const Generation dictated = regenerate(tracker, share);
    if (dictated.info() != share.info()) throw dash::DecodeError("share_info is not what the chain's rules dictate");
    if (dictated.coinbase_hash(share.contents.last_txout_nonce) != share.gentx_hash) {
        throw dash::DecodeError("coinbase is not what the chain's rules dictate");
    }
    if (dictated.groundwork->merkle_branch != share.contents.merkle_branch) {
        throw dash::DecodeError("merkle branch does not fit the transactions");
    }
}

}  // namespace share_chain
