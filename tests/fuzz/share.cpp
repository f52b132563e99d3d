// A share of a peer: decoded, checked alone, then against its ancestors.

#include <memory>
#include <random>

#include "share_chain/codec.h"
#include "share_chain/context_check.h"
#include "share_chain/tracker.h"
#include "tests/fuzz/target.h"
#include "tests/peer_network/share_maker.h"

namespace {

using share_chain::SharePtr;
using share_chain::Tracker;

constexpr std::size_t kChainLength = 12;
constexpr std::uint32_t kNow = 1'700'000'000;
/// Hashes that one input is worth.
constexpr std::uint32_t kMostNonces = 8;

const share_chain::Network& network() {
    static const share_chain::Network easy = tests::easy_network(kChainLength);
    return easy;
}

std::unique_ptr<Tracker> known_chain() {
    static const std::vector<SharePtr> shares = [] {
        std::mt19937_64 random(1);  // the corpus holds children of these
        return tests::mine_chain(network(), 2 * kChainLength, kNow, random);
    }();
    auto tracker = std::make_unique<Tracker>(network());
    for (const SharePtr& share : shares) {
        tracker->add(share, kNow);
        tracker->trust(share->hash);
    }
    static_cast<void>(tracker->think(kNow));
    return tracker;
}

/// The share of these contents, with a nonce that makes it one if few tries find it; null when it is refused.
SharePtr mined(share_chain::ShareContents contents) {
    for (std::uint32_t tries = 0; tries < kMostNonces; ++tries) {
        try {
            return make_share(contents, network());
        } catch (const dash::PeerMisbehaving&) {
            ++contents.min_header.nonce;
        } catch (const dash::DecodeError&) {
            return nullptr;
        }
    }
    return nullptr;
}

SharePtr read_share(dash::ByteSpan bytes, bool mine) {
    SharePtr share;
    fuzz::accepts<dash::Error>([&] {
        const auto typed = share_chain::parse_typed_contents(bytes);
        const auto together = share_chain::load_shares(std::span(&typed, 1), network());
        if (mine) {
            share = mined(share_chain::decode_contents(typed.contents));
            return;
        }
        const bool alone = fuzz::accepts<dash::Error>([&] { share = share_chain::load_share(typed, network()); });
        fuzz::require(alone == (together.front().share != nullptr), "a share is judged otherwise among others");
    });
    return share;
}

void check_packing(const share_chain::Share& share) {
    fuzz::require(share_chain::decode_contents(share.packed) == share.contents, "a share is another when packed");
    const SharePtr again = load_share({share_chain::kShareType, share.packed}, network());
    fuzz::require(again->hash == share.hash && again->gentx_hash == share.gentx_hash, "a packed share is another");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool mine = input.byte() % 2 == 1;
    const SharePtr share = read_share(input.rest(), mine);
    if (share == nullptr) return 0;
    check_packing(*share);

    const auto tracker = known_chain();
    if (tracker->contains(share->hash)) return 0;
    const bool good = fuzz::accepts([&] { check_in_context(*tracker, *share); });
    const bool has_parent = share->previous_hash().is_zero() || tracker->contains(share->previous_hash());
    tracker->add(share, kNow, {"192.0.2.1:8999"});
    const auto decision = tracker->think(kNow);
    if (!has_parent) return 0;
    fuzz::require(good || !tracker->is_verified(share->hash), "a share that breaks the rules counts");
    fuzz::require(good || share->previous_hash().is_zero() || decision.misbehaving.size() == 1,
                  "who sent a bad share is not told");
    static_cast<void>(tracker->prune(kNow, decision));
    return 0;
}
