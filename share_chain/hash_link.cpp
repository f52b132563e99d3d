#include "share_chain/hash_link.h"

#include <algorithm>

#include "dash/primitives/serialize.h"
#include "dash/util/error.h"
#include "share_chain/network.h"

namespace share_chain {
namespace {

dash::Bytes make_constant_ending() {
    dash::Writer writer;
    writer.varstr(donation_script());
    writer.u64(0);
    const std::size_t reference_and_nonce = dash::Uint256::kBytes + sizeof(std::uint64_t);
    constexpr std::uint8_t kOpReturn = 0x6a;
    writer.varint(2 + reference_and_nonce).u8(kOpReturn).u8(static_cast<std::uint8_t>(reference_and_nonce));
    return std::move(writer).take();
}

/// How many of the pending bytes, the last ones, belong to the constant ending.
std::size_t unsent_bytes(std::uint64_t length) {
    return std::min<std::size_t>(length % dash::Sha256::kBlockBytes, coinbase_constant_ending().size());
}

}  // namespace

dash::ByteSpan coinbase_constant_ending() {
    static const dash::Bytes ending = make_constant_ending();
    return ending;
}

HashLink hash_link_of(dash::ByteSpan prefix) {
    const dash::ByteSpan ending = coinbase_constant_ending();
    if (prefix.size() < ending.size() ||
        !std::equal(ending.begin(), ending.end(), prefix.end() - static_cast<std::ptrdiff_t>(ending.size()))) {
        throw dash::DecodeError("coinbase does not end as one of p2pool's must");
    }
    dash::Sha256 hasher;
    hasher.update(prefix);
    HashLink link;
    link.state = hasher.state();
    link.length = hasher.length();
    const dash::ByteSpan pending = hasher.pending();
    const dash::ByteSpan sent = pending.first(pending.size() - unsent_bytes(link.length));
    link.extra_data.assign(sent.begin(), sent.end());
    return link;
}

dash::Uint256 hash_through_link(const HashLink& link, dash::ByteSpan rest) {
    dash::Bytes pending = link.extra_data;
    dash::append(pending, coinbase_constant_ending().last(unsent_bytes(link.length)));
    dash::Sha256 hasher(link.state, pending, link.length);
    return dash::Uint256::from_bytes(dash::sha256(hasher.update(rest).finish()));
}

}  // namespace share_chain
