#include "tests/unit/share_chain/random_shares.h"

#include <algorithm>

namespace tests {
namespace {

template <typename Integer>
Integer of_any_size(Random& random) {
    return static_cast<Integer>(random.of_any_size(8 * sizeof(Integer)));
}

dash::Bytes short_bytes(Random& random, std::size_t most) {
    return random.bytes(random.below(most + 1));
}

std::vector<dash::Uint256> hashes(Random& random, std::size_t most) {
    std::vector<dash::Uint256> list(random.below(most + 1));
    for (dash::Uint256& hash : list)
        hash = random.uint256_of_any_size();
    return list;
}

share_chain::ShareData random_share_data(Random& random, std::size_t most) {
    share_chain::ShareData data;
    data.previous_share_hash = random.uint256_of_any_size();
    data.coinbase = short_bytes(random, most);
    data.coinbase_payload = short_bytes(random, most);
    data.nonce = of_any_size<std::uint32_t>(random);
    const dash::Bytes hash = random.bytes(data.pubkey_hash.size());
    std::copy(hash.begin(), hash.end(), data.pubkey_hash.begin());
    data.subsidy_duffs = of_any_size<std::uint64_t>(random);
    data.donation = of_any_size<std::uint16_t>(random);
    data.stale_info = of_any_size<std::uint8_t>(random);
    data.desired_version = of_any_size<std::uint64_t>(random);
    data.payment_amount_duffs = of_any_size<std::uint64_t>(random);
    data.packed_payments.resize(random.below(most + 1));
    for (share_chain::Payment& payment : data.packed_payments)
        payment = {short_bytes(random, most), of_any_size<std::uint64_t>(random)};
    return data;
}

share_chain::ShareInfo random_share_info(Random& random, std::size_t most) {
    share_chain::ShareInfo info;
    info.share_data = random_share_data(random, most);
    info.new_transaction_hashes = hashes(random, most);
    for (std::uint64_t left = random.below(most + 1); left > 0; --left)
        info.transaction_hash_refs.push_back({of_any_size<std::uint64_t>(random), of_any_size<std::uint64_t>(random)});
    info.far_share_hash = random.uint256_of_any_size();
    info.max_bits = of_any_size<std::uint32_t>(random);
    info.bits = of_any_size<std::uint32_t>(random);
    info.timestamp = of_any_size<std::uint32_t>(random);
    info.absheight = of_any_size<std::uint32_t>(random);
    info.abswork = dash::Uint256({random.u64(), of_any_size<std::uint64_t>(random), 0, 0});
    return info;
}

}  // namespace

share_chain::ShareContents random_contents(Random& random, std::size_t most) {
    share_chain::ShareContents contents;
    contents.min_header.version = of_any_size<std::uint64_t>(random);
    contents.min_header.previous_block = random.uint256_of_any_size();
    contents.min_header.timestamp = of_any_size<std::uint32_t>(random);
    contents.min_header.bits = of_any_size<std::uint32_t>(random);
    contents.min_header.nonce = of_any_size<std::uint32_t>(random);
    contents.share_info = random_share_info(random, most);
    contents.ref_merkle_branch = hashes(random, most);
    contents.last_txout_nonce = of_any_size<std::uint64_t>(random);
    for (std::uint32_t& word : contents.hash_link.state)
        word = of_any_size<std::uint32_t>(random);
    contents.hash_link.extra_data = short_bytes(random, most);
    contents.hash_link.length = of_any_size<std::uint64_t>(random);
    contents.merkle_branch = hashes(random, most);
    contents.coinbase_payload = short_bytes(random, most);
    return contents;
}

}  // namespace tests
