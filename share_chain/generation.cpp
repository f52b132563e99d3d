#include "share_chain/generation.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/primitives/transaction.h"
#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "share_chain/hash_link.h"
#include "share_chain/tracker.h"
#include "share_chain/weights.h"

namespace share_chain {
namespace {

/// A transaction that one of so many shares before announced is referred to, not announced again.
constexpr std::size_t kReferenceWindow = 100;
constexpr std::size_t kFarShareDistance = 99;

/// The line that a new share would end, as far as its rules look back.
struct Ancestry {
    std::vector<SharePtr> recent;  ///< parent first
    std::uint64_t height = 0;      ///< of the parent
};

Ancestry ancestry_of(const Tracker& tracker, const dash::Uint256& parent) {
    const Network& network = tracker.network();
    Ancestry ancestry;
    if (parent.is_zero()) return ancestry;
    if (!tracker.contains(parent)) throw dash::DecodeError("parent share " + parent.to_hex() + " is not known");
    const Tracker::Line line = tracker.line(parent);
    ancestry.height = line.height;
    if (!line.tail.is_zero() && line.height < std::max<std::uint64_t>(network.chain_length, kFarShareDistance)) {
        throw dash::DecodeError("too few ancestors of share " + parent.to_hex() + " are known");
    }
    ancestry.recent = tracker.chain(parent, std::max<std::uint64_t>(kReferenceWindow, network.target_lookbehind));
    return ancestry;
}

/// The exact target of max_bits, which nobody checked when the parent itself was not verified; above 2^288 every number
/// acts alike, as all are clipped to 256 bits.
dash::Wide claimed_target(std::uint32_t bits) {
    constexpr std::uint32_t kGreatestExponent = 40;
    if (const auto target = dash::target_if_it_fits(bits)) return dash::to_wide(*target);
    return dash::Wide(bits & 0x00ffffff) << (8 * (std::min(bits >> 24, kGreatestExponent) - 3));
}

/// Hashes a second that the last shares stand for at the least, rounded down.
dash::Wide least_attempts_per_second(const Tracker& tracker, std::span<const SharePtr> recent) {
    const Share& near = *recent.front();
    const Share& far = *recent.back();
    const dash::Wide attempts = tracker.line(near.hash).min_work - tracker.line(far.hash).min_work;
    const std::uint32_t seconds =
        near.info().timestamp > far.info().timestamp ? near.info().timestamp - far.info().timestamp : 1;
    return attempts / seconds;
}

/// The easiest target for the next share: aims at one share in each period, changes by a tenth at most.
dash::Uint256 easiest_target(const Tracker& tracker, const Ancestry& ancestry) {
    const Network& network = tracker.network();
    if (ancestry.height < network.target_lookbehind) return network.max_target;
    const auto looked_at = std::span(ancestry.recent).first(network.target_lookbehind);
    const dash::Wide attempts = network.share_period_seconds * least_attempts_per_second(tracker, looked_at);
    dash::Wide target = dash::to_wide(dash::Uint256::max());
    if (!attempts.is_zero()) {
        const dash::Wide share_of_space = (dash::Wide(1) << 256) / attempts;
        target = share_of_space.is_zero() ? share_of_space : dash::Wide(share_of_space - 1);
    }
    const dash::Wide parents = claimed_target(ancestry.recent.front()->info().max_bits);
    target = std::clamp<dash::Wide>(target, parents * 9 / 10, parents * 11 / 10);
    return dash::to_uint256(std::clamp(target, dash::to_wide(network.min_target), dash::to_wide(network.max_target)));
}

PayoutWeights weights_of(const Tracker& tracker, const Ancestry& ancestry, const dash::Wide& block_attempts) {
    const Network& network = tracker.network();
    const std::uint64_t counted = std::min<std::uint64_t>(ancestry.height, network.chain_length);
    if (counted < 2) return {};
    return payout_weights(tracker, ancestry.recent.front()->previous_hash(), counted - 1,
                          dash::Wide(kWeightPerAttempt) * network.spread * block_attempts);
}

/// Fills in the references to the block's transactions: to the latest announcement in the window, else to one of the
/// share itself.
void refer_to_transactions(ShareInfo& info, std::span<const dash::Uint256> hashes, std::span<const SharePtr> recent) {
    struct Wanted {
        dash::Uint256 hash;
        TransactionRef ref;  ///< share_count 0: no announcement found
    };
    std::vector<Wanted> wanted;
    wanted.reserve(hashes.size());
    for (const dash::Uint256& hash : hashes)
        wanted.push_back({hash, {}});
    std::sort(wanted.begin(), wanted.end(), [](const Wanted& a, const Wanted& b) { return a.hash < b.hash; });
    const auto find = [&wanted](const dash::Uint256& hash) -> TransactionRef* {
        const auto found =
            std::lower_bound(wanted.begin(), wanted.end(), hash,
                             [](const Wanted& entry, const dash::Uint256& key) { return entry.hash < key; });
        return found != wanted.end() && found->hash == hash ? &found->ref : nullptr;
    };

    for (std::size_t age = 0; age < std::min(recent.size(), kReferenceWindow) && !wanted.empty(); ++age) {
        const std::vector<dash::Uint256>& announced = recent[age]->info().new_transaction_hashes;
        for (std::size_t i = 0; i < announced.size(); ++i) {
            TransactionRef* ref = find(announced[i]);
            if (ref != nullptr && ref->share_count == 0) *ref = {age + 1, i};
        }
    }
    for (const dash::Uint256& hash : hashes) {
        TransactionRef ref = *find(hash);
        if (ref.share_count == 0) {
            ref.tx_count = info.new_transaction_hashes.size();
            info.new_transaction_hashes.push_back(hash);
        }
        info.transaction_hash_refs.push_back(ref);
    }
}

ShareInfo common_info(const Ancestry& ancestry, ShareData share_data, std::span<const dash::Uint256> hashes,
                      const dash::Uint256& easiest) {
    ShareInfo info;
    info.share_data = std::move(share_data);
    refer_to_transactions(info, hashes, ancestry.recent);
    if (ancestry.recent.size() >= kFarShareDistance) {
        info.far_share_hash = ancestry.recent[kFarShareDistance - 1]->previous_hash();
    }
    info.max_bits = dash::bits_from_target(easiest);
    info.absheight = 1;
    if (!ancestry.recent.empty()) {
        const ShareInfo& parent = ancestry.recent.front()->info();
        info.absheight = parent.absheight + 1;
        info.abswork = parent.abswork;
    }
    return info;
}

dash::Uint256 add_work(const dash::Uint256& abswork, std::uint32_t bits) {
    const dash::Wide modulus = dash::Wide(1) << 128;
    return dash::to_uint256((dash::to_wide(abswork) + dash::average_attempts_from_bits(bits)) % modulus);
}

/// As in a transaction; nothing when there is none.
dash::Bytes packed_payload(const ShareData& data) {
    dash::Writer writer;
    if (!data.coinbase_payload.empty()) writer.varstr(data.coinbase_payload);
    return std::move(writer).take();
}

}  // namespace

std::shared_ptr<const Groundwork> lay_groundwork(const Tracker& tracker, GroundworkRequest request) {
    const Network& network = tracker.network();
    const Ancestry ancestry = ancestry_of(tracker, request.share_data.previous_share_hash);
    const dash::Uint256 easiest = easiest_target(tracker, ancestry);
    std::uint64_t earliest = 0;
    std::uint64_t latest = std::numeric_limits<std::uint32_t>::max();
    if (!ancestry.recent.empty()) {
        const std::uint64_t parent = ancestry.recent.front()->info().timestamp;
        earliest = parent + 1;
        latest = parent + 2 * network.share_period_seconds - 1;
    }
    Payouts payouts(weights_of(tracker, ancestry, request.block_attempts), request.share_data.subsidy_duffs,
                    request.share_data.packed_payments, *network.parent);
    std::vector<dash::Uint256> branch = dash::first_leaf_branch(request.transaction_hashes);
    dash::Writer suffix;
    suffix.u32(0).raw(packed_payload(request.share_data));
    ShareInfo common = common_info(ancestry, std::move(request.share_data), request.transaction_hashes, easiest);
    return std::make_shared<Groundwork>(Groundwork{.network = &network,
                                                   .common = std::move(common),
                                                   .easiest_target = easiest,
                                                   .hardest_target = dash::to_uint256(dash::to_wide(easiest) / 30),
                                                   .earliest_timestamp = earliest,
                                                   .latest_timestamp = latest,
                                                   .payouts = std::move(payouts),
                                                   .transaction_hashes = std::move(request.transaction_hashes),
                                                   .merkle_branch = std::move(branch),
                                                   .coinbase_suffix = std::move(suffix).take()});
}

Generation generate(std::shared_ptr<const Groundwork> groundwork, GenerationRequest request) {
    const std::uint64_t timestamp = std::clamp<std::uint64_t>(request.desired_timestamp, groundwork->earliest_timestamp,
                                                              groundwork->latest_timestamp);
    if (timestamp > std::numeric_limits<std::uint32_t>::max()) {
        throw dash::DecodeError("the parent share's time leaves no room for a later share");
    }
    Generation generation;
    generation.bits = dash::bits_from_target(
        std::clamp(request.desired_target, groundwork->hardest_target, groundwork->easiest_target));
    generation.timestamp = static_cast<std::uint32_t>(timestamp);
    generation.groundwork = std::move(groundwork);
    generation.request = std::move(request);

    const Groundwork& ground = *generation.groundwork;
    generation.reference = reference_hash(*ground.network, generation.info(), generation.request.ref_merkle_branch);
    generation.prefix_hasher.update(generation.coinbase_prefix());
    return generation;
}

ShareInfo Generation::info() const {
    ShareInfo info = groundwork->common;
    info.share_data.pubkey_hash = request.pubkey_hash;
    info.share_data.nonce = request.nonce;
    info.share_data.donation = request.donation;
    info.share_data.stale_info = request.stale_info;
    info.bits = bits;
    info.timestamp = timestamp;
    info.abswork = add_work(groundwork->common.abswork, bits);
    return info;
}

dash::Bytes Generation::coinbase_prefix() const {
    const ShareData& data = groundwork->common.share_data;
    const bool has_payload = !data.coinbase_payload.empty();
    dash::Writer writer;
    writer.u16(has_payload ? 3 : 1).u16(has_payload ? dash::Transaction::kTypeCoinbase : 0);
    constexpr std::uint32_t kNoOutput = 0xffffffff;
    constexpr std::uint32_t kFinalSequence = 0xffffffff;
    writer.varint(1).uint256(dash::Uint256()).u32(kNoOutput).varstr(data.coinbase).u32(kFinalSequence);
    groundwork->payouts.write_outputs(writer, request.pubkey_hash);
    const dash::ByteSpan reference_output = coinbase_constant_ending().last(sizeof(std::uint64_t) + 3);
    return std::move(writer.raw(reference_output).uint256(reference)).take();
}

dash::Bytes Generation::coinbase(std::uint64_t last_txout_nonce) const {
    dash::Writer writer;
    return std::move(writer.raw(coinbase_prefix()).u64(last_txout_nonce).raw(groundwork->coinbase_suffix)).take();
}

dash::Uint256 Generation::coinbase_hash(std::uint64_t last_txout_nonce) const {
    dash::Writer nonce(sizeof(last_txout_nonce));
    nonce.u64(last_txout_nonce);
    dash::Sha256 hasher = prefix_hasher;
    hasher.update(nonce.bytes()).update(groundwork->coinbase_suffix);
    return dash::Uint256::from_bytes(dash::sha256(hasher.finish()));
}

ShareContents share_contents(const Generation& generation, const dash::BlockHeader& header,
                             std::uint64_t last_txout_nonce) {
    ShareContents contents;
    contents.min_header.version = header.version;
    contents.min_header.previous_block = header.previous_block;
    contents.min_header.timestamp = header.timestamp;
    contents.min_header.bits = header.bits;
    contents.min_header.nonce = header.nonce;
    contents.share_info = generation.info();
    contents.ref_merkle_branch = generation.request.ref_merkle_branch;
    contents.last_txout_nonce = last_txout_nonce;
    const dash::Bytes prefix = generation.coinbase_prefix();
    contents.hash_link = hash_link_of(dash::ByteSpan(prefix).first(prefix.size() - dash::Uint256::kBytes));
    contents.merkle_branch = generation.groundwork->merkle_branch;
    contents.coinbase_payload = packed_payload(contents.share_info.share_data);
    return contents;
}

}  // namespace share_chain
