#include "dash/p2p/compact_block.h"

#include <doctest/doctest.h>

#include "dash/p2p/messages.h"
#include "dash/primitives/siphash.h"
#include "dash/util/error.h"
#include "tests/support/random.h"
#include "tests/unit/broadcaster/test_block.h"

using namespace dash::p2p;
using dash::Bytes;
using dash::Uint256;

TEST_CASE("SipHash-2-4 of the paper's example key") {
    constexpr std::uint64_t kKey0 = 0x0706050403020100;
    constexpr std::uint64_t kKey1 = 0x0f0e0d0c0b0a0908;
    Bytes message;
    CHECK(dash::siphash24(kKey0, kKey1, message) == 0x726fdb47dd0e0e31);
    for (std::uint8_t i = 0; i < 15; ++i)
        message.push_back(i);
    CHECK(dash::siphash24(kKey0, kKey1, message) == 0xa129ca6149be45e5);
}

TEST_CASE("a compact block travels as BIP 152 says") {
    const dash::Block block = tests::test_block({tests::test_transaction(1, 100), tests::test_transaction(2, 100)});
    CompactBlock compact;
    compact.header = block.header;
    compact.nonce = 0x1122334455667788;
    compact.short_ids = {0xa1a2a3a4a5a6};
    compact.prefilled = {{0, block.transactions[0].serialize()}, {2, block.transactions[2].serialize()}};
    const Bytes bytes = encode(compact);
    const auto header = block.header.serialize();
    Bytes expected(header.begin(), header.end());
    dash::append(expected,
                 Bytes{0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 1, 0xa6, 0xa5, 0xa4, 0xa3, 0xa2, 0xa1, 2, 0});
    dash::append(expected, compact.prefilled[0].transaction);
    expected.push_back(1);  // the next but one
    dash::append(expected, compact.prefilled[1].transaction);
    CHECK(bytes == expected);
    CHECK(decode_cmpctblock(bytes) == compact);
}

TEST_CASE("short ids are keyed by header and nonce, and have 48 bits") {
    const dash::Block block = tests::test_block({});
    const Uint256 txid = block.transactions[0].txid();
    const ShortIds ids(block.header, 1);
    CHECK(ids(txid) == ShortIds(block.header, 1)(txid));
    CHECK(ids(txid) != ShortIds(block.header, 2)(txid));
    CHECK(ids(txid) != ids(Uint256(5)));
    for (std::uint64_t i = 0; i < 1000; ++i)
        CHECK((ids(Uint256(i)) >> 48) == 0);
}

TEST_CASE("requests and answers for transactions") {
    const BlockTransactionsRequest request{Uint256(77), {0, 1, 5, 300, 65'535}};
    CHECK(decode_getblocktxn(encode(request)) == request);
    const Bytes bytes = encode(BlockTransactionsRequest{Uint256(77), {0, 3}});
    CHECK(Bytes(bytes.begin() + 32, bytes.end()) == Bytes{2, 0, 2});
    const BlockTransactions answer{
        Uint256(77), {tests::test_transaction(1, 100).serialize(), tests::test_transaction(2, 400).serialize()}};
    CHECK(decode_blocktxn(encode(answer)) == answer);
}

TEST_CASE("what cannot be is refused") {
    CHECK_THROWS_AS(static_cast<void>(encode(BlockTransactionsRequest{Uint256(1), {3, 3}})), dash::DecodeError);
    CHECK_THROWS_AS(static_cast<void>(encode(BlockTransactionsRequest{Uint256(1), {65'536}})), dash::DecodeError);
    Bytes beyond = encode(BlockTransactionsRequest{Uint256(1), {65'535}});
    beyond[32] = 2;
    beyond.push_back(0);  // one behind the last possible
    CHECK_THROWS_AS(static_cast<void>(decode_getblocktxn(beyond)), dash::DecodeError);

    CompactBlock compact;
    compact.prefilled = {{1, tests::test_transaction(1, 100).serialize()}};
    CHECK_THROWS_AS(static_cast<void>(decode_cmpctblock(encode(compact))), dash::DecodeError);
    compact.short_ids = {1};
    const Bytes good = encode(compact);
    CHECK(decode_cmpctblock(good) == compact);
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK_THROWS_AS(static_cast<void>(decode_cmpctblock(dash::ByteSpan(good).first(size))), dash::DecodeError);
    }
}

TEST_CASE("random bytes are read or refused, and what was read is written again") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int i = 0; i < 3000; ++i) {
        const Bytes bytes = random.bytes(random.below(200));
        try {
            const CompactBlock compact = decode_cmpctblock(bytes);
            CHECK(decode_cmpctblock(encode(compact)) == compact);
        } catch (const dash::DecodeError&) {
        }
        try {
            const BlockTransactionsRequest request = decode_getblocktxn(bytes);
            CHECK(decode_getblocktxn(encode(request)) == request);
        } catch (const dash::DecodeError&) {
        }
    }
}

TEST_CASE("addrv2 carries IPv4 and IPv6 and passes over the rest") {
    const std::vector<TimedAddress> addresses{{1'700'000'000, make_net_address("1.2.3.4", 9999, 1025)},
                                              {1'700'000'001, make_net_address("2001:470::1", 19999, 0)}};
    const Bytes bytes = encode_addrv2(addresses);
    CHECK(decode_addrv2(bytes) == addresses);
    const Bytes first{2, 0x00, 0xf1, 0x53, 0x65, 0xfd, 0x01, 0x04, 1, 4, 1, 2, 3, 4, 0x27, 0x0f};
    CHECK(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(first.size())) == first);

    Bytes mixed{3, 0, 0, 0, 0, 0, 4, 32};  // an onion address of 32 bytes
    mixed.insert(mixed.end(), 32, 7);
    // An IPv4 address, and one of a wrong length.
    dash::append(mixed,
                 Bytes{0x27, 0x0f, 0, 0, 0, 0, 0, 1, 4, 9, 8, 7, 6, 0x27, 0x0f, 0, 0, 0, 0, 0, 1, 1, 5, 0x27, 0x0f});
    const auto read = decode_addrv2(mixed);
    REQUIRE(read.size() == 1);
    CHECK(ip_text(read[0].address) == "9.8.7.6");
    CHECK(read[0].address.port == 9999);

    Bytes mapped{1, 0, 0, 0, 0, 0, 2, 16};  // IPv4 must not hide in IPv6
    const NetAddress hidden = make_net_address("1.2.3.4", 9999);
    mapped.insert(mapped.end(), hidden.ip.begin(), hidden.ip.end());
    mapped.push_back(0x27);
    mapped.push_back(0x0f);
    CHECK(decode_addrv2(mapped).empty());
    CHECK_THROWS_AS(static_cast<void>(decode_addrv2(Bytes{1, 0, 0})), dash::DecodeError);
}
