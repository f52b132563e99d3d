#include <doctest/doctest.h>

#include "dash/util/error.h"
#include "share_chain/hash_link.h"
#include "tests/support/random.h"

namespace {

dash::Bytes joined(dash::Bytes first, dash::ByteSpan second) {
    dash::append(first, second);
    return first;
}

}  // namespace

TEST_CASE("a hash link stands for the prefix it was made of") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::size_t size = 0; size < 300; ++size) {
        const dash::Bytes prefix = joined(random.bytes(size), share_chain::coinbase_constant_ending());
        const dash::Bytes rest = random.bytes(random.below(200));
        const share_chain::HashLink link = share_chain::hash_link_of(prefix);
        CHECK(link.length == prefix.size());
        CHECK(share_chain::hash_through_link(link, rest) == dash::sha256d(joined(prefix, rest)));
    }
}

TEST_CASE("a prefix with another ending has no link") {
    const dash::ByteSpan ending = share_chain::coinbase_constant_ending();
    CHECK_THROWS_AS((void)share_chain::hash_link_of({}), dash::DecodeError);
    CHECK_THROWS_AS((void)share_chain::hash_link_of(ending.subspan(1)), dash::DecodeError);
    CHECK_THROWS_AS((void)share_chain::hash_link_of(ending.first(ending.size() - 1)), dash::DecodeError);
}

TEST_CASE("a hash link must hold exactly the bytes that are not constant") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (std::size_t size = 0; size < 64; ++size) {
        const dash::Bytes prefix = joined(random.bytes(size), share_chain::coinbase_constant_ending());
        share_chain::HashLink link = share_chain::hash_link_of(prefix);
        link.extra_data.push_back(0);
        CHECK_THROWS_AS((void)share_chain::hash_through_link(link, {}), dash::DecodeError);
        link.extra_data.resize(link.extra_data.size() - 1);
        if (link.extra_data.empty()) continue;
        link.extra_data.pop_back();
        CHECK_THROWS_AS((void)share_chain::hash_through_link(link, {}), dash::DecodeError);
    }
}

TEST_CASE("a hash link cannot claim more than SHA-256 can count") {
    share_chain::HashLink link;
    const dash::Bytes rest(100);
    link.length = (std::uint64_t{1} << 61) - 128;
    CHECK_NOTHROW((void)share_chain::hash_through_link(link, rest));
    link.length += 64;
    CHECK_THROWS_AS((void)share_chain::hash_through_link(link, rest), dash::DecodeError);
    link.length = UINT64_MAX - 63;
    CHECK_THROWS_AS((void)share_chain::hash_through_link(link, rest), dash::DecodeError);
}
