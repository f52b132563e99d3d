#include "tests/unit/tracker/fake_shares.h"

#include <algorithm>
#include <map>
#include <memory>

#include "dash/primitives/target.h"
#include "dash/primitives/wide.h"

namespace tests {

using share_chain::Share;
using share_chain::SharePtr;
using share_chain::StaleInfo;

namespace {

/// Mostly none, else what has a name, or now and then what has none.
std::uint8_t some_stale_info(Random& random) {
    switch (random.below(16)) {
        case 0:
            return static_cast<std::uint8_t>(StaleInfo::kOrphan);
        case 1:
            return static_cast<std::uint8_t>(StaleInfo::kDoa);
        case 2:
            return static_cast<std::uint8_t>(random.u64());
        default:
            return static_cast<std::uint8_t>(StaleInfo::kNone);
    }
}

}  // namespace

SharePtr fake_share(const FakeShare& fake) {
    auto share = std::make_shared<Share>();
    share->hash = fake.hash;
    share->target = dash::to_uint256((dash::Wide(1) << 256) / fake.work - 1);
    share->max_target = dash::Uint256::max();
    share->block_target = fake.claims_block ? dash::Uint256::max() : dash::Uint256();
    share->header.previous_block = fake.previous_block;
    share->packed.resize(fake.packed_bytes);
    share_chain::ShareInfo& info = share->contents.share_info;
    info.max_bits = dash::bits_from_target(share->max_target);
    info.timestamp = fake.timestamp;
    info.absheight = fake.height;
    info.share_data.previous_share_hash = fake.previous;
    info.share_data.pubkey_hash.fill(fake.finder);
    info.share_data.donation = fake.donation;
    info.share_data.stale_info = fake.stale_info;
    info.share_data.desired_version = fake.desired_version;
    return share;
}

std::vector<SharePtr> fake_line(std::uint64_t count) {
    std::vector<SharePtr> line;
    for (std::uint64_t i = 1; i <= count; ++i) {
        line.push_back(fake_share({.hash = dash::Uint256(i),
                                   .previous = dash::Uint256(i - 1),
                                   .timestamp = static_cast<std::uint32_t>(1000 + i)}));
    }
    return line;
}

std::vector<SharePtr> fake_tree(Random& random, std::size_t count) {
    const std::uint64_t fork_rarity = 2 + random.below(60);
    std::vector<dash::Uint256> tips(1 + random.below(3));
    std::vector<SharePtr> tree;
    std::map<dash::Uint256, std::uint32_t> heights;
    for (std::size_t i = 0; i < count; ++i) {
        dash::Uint256& tip = tips[random.below(tips.size())];
        FakeShare fake{.hash = random.uint256(), .previous = tip};
        if (random.below(100) == 0) fake.previous = random.uint256();
        if (i > 0 && random.below(fork_rarity) == 0) {
            fake.previous = tree[i - 1 - random.below(std::min<std::uint64_t>(i, 20))]->hash;
        }
        if (random.below(3) != 0 || fake.previous == tip) tip = fake.hash;
        fake.work = 1 + random.below(random.below(2) == 0 ? 3 : 1000000);
        fake.timestamp = static_cast<std::uint32_t>(1000000 + 20 * i + random.below(100));
        fake.finder = static_cast<std::uint8_t>(random.below(6));
        fake.donation = random.below(4) == 0 ? 65535 : static_cast<std::uint16_t>(random.below(65536));
        fake.stale_info = some_stale_info(random);
        fake.desired_version = share_chain::kShareType + random.below(3);
        fake.previous_block = dash::Uint256(i / 10);
        fake.claims_block = random.below(10) == 0;
        const auto parent = heights.find(fake.previous);
        fake.height = parent == heights.end() ? static_cast<std::uint32_t>(random.below(1000)) : parent->second + 1;
        heights[fake.hash] = fake.height;
        tree.push_back(fake_share(fake));
    }
    return tree;
}

std::vector<SharePtr> line_of(const std::vector<SharePtr>& tree, dash::Uint256 hash,
                              const std::set<dash::Uint256>& gone) {
    std::vector<SharePtr> line;
    for (auto share = tree.rbegin(); share != tree.rend(); ++share) {  // children come after their parents
        if ((*share)->hash != hash) continue;
        if (gone.count(hash) != 0) break;
        line.push_back(*share);
        hash = (*share)->previous_hash();
    }
    return line;
}

share_chain::Network short_network(std::uint32_t chain_length) {
    share_chain::Network network = *share_chain::find_network("dash");
    network.chain_length = chain_length;
    return network;
}

share_chain::TrackerEnvironment trusting_environment() {
    return {.check = [](const share_chain::Tracker&, const Share&) {}};
}

}  // namespace tests
