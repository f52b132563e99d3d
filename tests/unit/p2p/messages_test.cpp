#include "dash/p2p/messages.h"

#include <doctest/doctest.h>

#include "dash/primitives/serialize.h"
#include "dash/util/error.h"
#include "tests/support/vectors.h"

using namespace dash::p2p;
using dash::Bytes;
using dash::DecodeError;
using dash::Uint256;

TEST_CASE("a real dashd's messages are read") {
    for (const auto& message : tests::load_recording("misc/p2p_handshake_70230.json")) {
        const Bytes payload = dash::from_hex(message.at("payload").get<std::string>());
        if (message.at("cmd") == "version") {
            const VersionMessage version = decode_version(payload);
            CHECK(version.version == 70240);
            CHECK(version.user_agent == "/Dash Core:23.1.2/");
            CHECK(version.start_height == 699);
            CHECK(version.relay_transactions);
        } else if (message.at("cmd") == "sendcmpct") {
            CHECK(!decode_sendcmpct(payload).announce);
            CHECK(decode_sendcmpct(payload).version == 1);
        } else if (message.at("cmd") == "getheaders") {
            CHECK(decode_getheaders(payload).locator.size() > 10);
        }
    }
    const auto announced = tests::load_recording("misc/p2p_block_announce.json").at(0).at("payload");
    const auto items = decode_inv(dash::from_hex(announced.get<std::string>()));
    REQUIRE(items.size() == 1);
    CHECK(items[0].type == kInvBlock);
    CHECK(items[0].hash.to_hex() == "58741bcc59070c6d457d6873dc93999570d6b9d88535e61a8f99d010e186df5a");
}

TEST_CASE("a version message without the relay byte asks for transactions") {
    VersionMessage version;
    version.relay_transactions = false;
    Bytes payload = encode(version);
    CHECK(!decode_version(payload).relay_transactions);
    payload.pop_back();
    CHECK(decode_version(payload).relay_transactions);
    payload.pop_back();
    CHECK_THROWS_AS((void)decode_version(payload), DecodeError);
}

TEST_CASE("fields that later protocol versions add are ignored") {
    auto longer = [](Bytes payload) {
        payload.insert(payload.end(), 33, 0xff);
        return payload;
    };
    CHECK(decode_version(longer(encode(VersionMessage()))).version == kProtocolVersion);
    CHECK(decode_inv(longer(encode_inv({{kInvBlock, Uint256(9)}}))).size() == 1);
    CHECK(decode_nonce(longer(encode_nonce(5))) == 5);
    CHECK(decode_sendcmpct(longer(encode(SendCompact{true, 2}))).version == 2);
}

TEST_CASE("unknown kinds of inventory are read like any other") {
    const std::vector<InvItem> items{{kInvTransaction, Uint256(1)}, {4'000'000'000, Uint256(2)}};
    CHECK(decode_inv(encode_inv(items)) == items);
}

TEST_CASE("counts beyond what a message may hold, or does hold, are refused before memory is taken") {
    const Bytes claim = dash::from_hex("ffffffffffffffffff");
    CHECK_THROWS_AS((void)decode_inv(claim), DecodeError);
    CHECK_THROWS_AS((void)decode_headers(claim), DecodeError);
    CHECK_THROWS_AS((void)decode_addr(claim), DecodeError);
    CHECK_THROWS_AS((void)decode_inv(encode_inv(std::vector<InvItem>(50'001))), DecodeError);
    CHECK_THROWS_AS((void)decode_headers(encode_headers(std::vector<dash::BlockHeader>(2001))), DecodeError);
    CHECK_THROWS_AS((void)decode_addr(encode_addr(std::vector<TimedAddress>(1001))), DecodeError);
    GetHeaders many;
    many.locator.resize(102);
    CHECK_THROWS_AS((void)decode_getheaders(encode(many)), DecodeError);
    CHECK(decode_inv(encode_inv(std::vector<InvItem>(50'000))).size() == 50'000);
}

TEST_CASE("a headers message with transactions is refused") {
    Bytes payload = encode_headers({dash::BlockHeader()});
    CHECK(decode_headers(payload).size() == 1);
    payload.back() = 1;
    CHECK_THROWS_AS((void)decode_headers(payload), DecodeError);
}

TEST_CASE("addresses are told in the form people write them") {
    CHECK(ip_text(make_net_address("1.2.3.4", 1)) == "1.2.3.4");
    CHECK(ip_text(make_net_address("2001:db8::1", 1)) == "2001:db8::1");
    CHECK(ip_text(make_net_address("a name", 1)) == "::");
    CHECK(make_net_address("::ffff:1.2.3.4", 9) == make_net_address("1.2.3.4", 9));
}
