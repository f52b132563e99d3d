#include "tests/unit/store/made_chain.h"

#include <utility>

#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "share_chain/generation.h"
#include "share_chain/tracker.h"

namespace tests {
namespace {

constexpr std::uint32_t kBlockBits = 0x1b00ffff;
constexpr std::uint64_t kFinders = 5;
constexpr std::uint64_t kMostTransactions = 8;

/// The easiest target, being a rounded one, is a little below 2^256: one hash in 65,536 is no share.
share_chain::SharePtr mine(const share_chain::Generation& generation, const dash::BlockHeader& header,
                           const share_chain::Network& network, Random& random) {
    for (;;) {
        try {
            return share_chain::make_share(share_chain::share_contents(generation, header, random.u64()), network);
        } catch (const dash::PeerMisbehaving&) {
        }
    }
}

}  // namespace

std::vector<share_chain::SharePtr> made_chain(const share_chain::Network& network, std::uint32_t count,
                                              std::uint32_t last_timestamp, Random& random) {
    share_chain::Tracker tracker(network);
    std::vector<share_chain::SharePtr> chain;
    for (std::uint32_t i = 0; i < count; ++i) {
        share_chain::GroundworkRequest ground;
        if (!chain.empty()) ground.share_data.previous_share_hash = chain.back()->hash;
        ground.share_data.coinbase = random.bytes(20);
        ground.share_data.subsidy_duffs = 177'000'000;
        ground.block_attempts = dash::average_attempts_from_bits(kBlockBits);
        for (std::uint64_t left = random.below(kMostTransactions + 1); left > 0; --left)
            ground.transaction_hashes.push_back(random.uint256());

        share_chain::GenerationRequest wish;
        wish.pubkey_hash.fill(static_cast<std::uint8_t>(random.below(kFinders)));
        wish.nonce = static_cast<std::uint32_t>(random.u64());
        wish.desired_timestamp = last_timestamp - (count - 1 - i) * network.share_period_seconds;
        wish.desired_target = dash::Uint256::max();
        const auto groundwork = share_chain::lay_groundwork(tracker, std::move(ground));
        const share_chain::Generation generation = share_chain::generate(groundwork, wish);

        dash::BlockHeader header;
        header.bits = kBlockBits;
        header.timestamp = wish.desired_timestamp;
        chain.push_back(mine(generation, header, network, random));
        tracker.add(chain.back(), 0);
        tracker.trust(chain.back()->hash);
    }
    return chain;
}

}  // namespace tests
