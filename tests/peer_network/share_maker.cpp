#include "tests/peer_network/share_maker.h"

#include "dash/primitives/merkle.h"
#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "dash/x11/x11.h"
#include "share_chain/codec.h"
#include "share_chain/generation.h"

namespace tests {
namespace {

constexpr std::uint64_t kSubsidyDuffs = 177'000'000;

share_chain::ShareData share_data(const ShareWish& wish) {
    share_chain::ShareData data;
    data.previous_share_hash = wish.previous;
    data.coinbase = dash::push_height(1000);
    data.coinbase_payload = wish.coinbase_payload;
    data.subsidy_duffs = kSubsidyDuffs;
    data.packed_payments = wish.payments;
    for (const share_chain::Payment& payment : wish.payments)
        data.payment_amount_duffs += payment.amount_duffs;
    return data;
}

share_chain::Generation generation(const share_chain::Tracker& tracker, const ShareWish& wish,
                                   std::mt19937_64& random) {
    share_chain::GroundworkRequest request;
    request.share_data = share_data(wish);
    request.block_attempts = dash::average_attempts(dash::target_from_bits(wish.block_bits));
    request.transaction_hashes = wish.transaction_hashes;
    share_chain::GenerationRequest finder;
    finder.pubkey_hash.fill(wish.finder);
    finder.nonce = static_cast<std::uint32_t>(random());
    finder.stale_info = wish.stale_info;
    finder.desired_timestamp = wish.timestamp;
    finder.desired_target = dash::Uint256::max();
    return generate(lay_groundwork(tracker, std::move(request)), std::move(finder));
}

}  // namespace

share_chain::SharePtr mine_share(const share_chain::Tracker& tracker, const ShareWish& wish, std::mt19937_64& random) {
    const share_chain::Generation generated = generation(tracker, wish, random);
    const std::uint64_t last_txout_nonce = random();
    dash::BlockHeader header;
    header.version = 0x20000000;
    header.previous_block = wish.previous_block;
    header.merkle_root =
        dash::root_from_branch(generated.coinbase_hash(last_txout_nonce), generated.groundwork->merkle_branch);
    header.timestamp = wish.timestamp;
    header.bits = wish.block_bits;
    const dash::Uint256 target = dash::target_from_bits(generated.bits);
    while (dash::x11::hash_number(header.serialize()) > target)
        ++header.nonce;
    return make_share(share_contents(generated, header, last_txout_nonce), tracker.network());
}

share_chain::SharePtr mine_orphan(const share_chain::Network& network, const share_chain::Share& model,
                                  std::mt19937_64& random) {
    share_chain::ShareContents contents = model.contents;
    contents.share_info.share_data.previous_share_hash = dash::Uint256({random(), random(), random(), random()});
    while (true) {
        try {
            return make_share(contents, network);
        } catch (const dash::PeerMisbehaving&) {
            ++contents.min_header.nonce;  // the hash misses the target
        }
    }
}

share_chain::Network easy_network(std::uint32_t chain_length) {
    share_chain::Network network = *share_chain::find_network("dash_regtest");
    network.chain_length = chain_length;
    return network;
}

std::vector<share_chain::SharePtr> mine_chain(const share_chain::Network& network, std::size_t count,
                                              std::uint32_t last_timestamp, std::mt19937_64& random) {
    share_chain::TrackerEnvironment trusting;
    trusting.check = [](const share_chain::Tracker&, const share_chain::Share&) {};
    share_chain::Tracker tracker(network, std::move(trusting));
    std::vector<share_chain::SharePtr> shares;
    ShareWish wish;
    for (std::size_t left = count; left-- > 0;) {
        wish.timestamp = last_timestamp - static_cast<std::uint32_t>(left) * network.share_period_seconds;
        wish.finder = static_cast<std::uint8_t>(1 + random() % 20);
        shares.push_back(mine_share(tracker, wish, random));
        tracker.add(shares.back(), 0);
        wish.previous = shares.back()->hash;
    }
    return shares;
}

}  // namespace tests
