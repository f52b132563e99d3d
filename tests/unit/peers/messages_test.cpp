#include <doctest/doctest.h>

#include "dash/primitives/serialize.h"
#include "dash/util/error.h"
#include "p2pool/peers/messages.h"
#include "tests/unit/peers/scripted_peer.h"

namespace {

using namespace p2pool::peers;
using dash::Bytes;
using dash::Uint256;

const Bytes kPrefix = dash::from_hex("c0d1e2f3a4b5c6d7");

std::size_t payload_bytes(const dash::p2p::SharedFrame& frame) {
    return frame->size() - 28;
}

}  // namespace

TEST_CASE("the last number or string of a message may be cut off, as the python node reads it") {
    Bytes payload = encode(HaveTx{{Uint256::max(), Uint256::max()}});
    payload.resize(payload.size() - 31);
    const auto hashes = decode_hashes(payload, Trailing::kReject);
    REQUIRE(hashes.size() == 2);
    CHECK(hashes[1] == Uint256(0xff));
    payload.pop_back();
    CHECK_THROWS_AS((void)decode_hashes(payload, Trailing::kReject), dash::DecodeError);

    Bytes shares = encode(Shares{{{16, Bytes(100, 7)}}});
    shares.resize(shares.size() - 40);
    CHECK(decode_shares(shares, Trailing::kReject).shares.at(0).contents.size() == 60);

    Version version;
    version.best_share_hash = Uint256::max();
    Bytes cut = encode(version);
    cut.resize(cut.size() - 30);
    CHECK(decode_version(cut).best_share_hash == Uint256(0xffff));
    cut.resize(cut.size() - 2);
    CHECK_THROWS_AS((void)decode_version(cut), dash::DecodeError);
}

TEST_CASE("later versions may add fields, ours may not") {
    Version version;
    for (const std::uint32_t number : {kProtocolVersion, std::uint32_t{3600}}) {
        version.version = number;
        Bytes payload = encode(version);
        payload.push_back(0);
        if (number > kProtocolVersion) {
            CHECK(decode_version(payload).version == number);
        } else {
            CHECK_THROWS_AS((void)decode_version(payload), dash::DecodeError);
        }
    }
    const Bytes two_bytes{1, 2, 3};
    CHECK_THROWS_AS((void)decode_addrme(two_bytes, Trailing::kReject), dash::DecodeError);
    CHECK(decode_addrme(two_bytes, Trailing::kIgnore).port == 0x0201);
}

TEST_CASE("lists that claim more than they bring take no memory") {
    for (const char* payload : {"ffffffffffffffff7f", "feffffff7f", "fdffff00"}) {
        const Bytes bytes = dash::from_hex(payload);
        CHECK_THROWS_AS((void)decode_hashes(bytes, Trailing::kReject), dash::DecodeError);
        CHECK_THROWS_AS((void)decode_shares(bytes, Trailing::kReject), dash::DecodeError);
        CHECK_THROWS_AS((void)decode_addrs(bytes, Trailing::kReject), dash::DecodeError);
        CHECK_THROWS_AS((void)decode_remember_tx(bytes, Trailing::kReject), dash::DecodeError);
    }
}

TEST_CASE("long lists go in several messages, and come whole") {
    Shares message;
    for (std::uint8_t i = 0; i < 9; ++i)
        message.shares.push_back({16, Bytes(900'000, i)});
    const auto frames = make_frames(kPrefix, message);
    CHECK(frames.size() == 4);
    dash::p2p::FrameParser parser(kPrefix);
    std::vector<std::uint8_t> order;
    for (const auto& frame : frames) {
        CHECK(payload_bytes(frame) <= dash::p2p::kMaxPayloadBytes);
        parser.feed(*frame);
        for (const auto& share : decode_shares(parser.next()->payload, Trailing::kReject).shares)
            order.push_back(share.contents.at(0));
    }
    CHECK(order == std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8});

    RememberTx remember;
    for (std::uint32_t i = 0; i < 4; ++i) {
        remember.hashes.emplace_back(i);
        remember.transactions.push_back(tests::make_transaction(i, 1'000'000));
    }
    std::size_t hashes = 0;
    std::size_t transactions = 0;
    for (const auto& frame : make_frames(kPrefix, remember)) {
        parser.feed(*frame);
        const RememberTx part = decode_remember_tx(parser.next()->payload, Trailing::kReject);
        hashes += part.hashes.size();
        transactions += part.transactions.size();
    }
    CHECK(hashes == 4);
    CHECK(transactions == 4);

    CHECK(make_frames(kPrefix, Shares{}).size() == 1);
    CHECK_THROWS_AS((void)make_frames(kPrefix, Shares{{{16, Bytes(dash::p2p::kMaxPayloadBytes)}}}), dash::DecodeError);
}

TEST_CASE_TEMPLATE("long lists of names go in several messages, and come whole", Message, HaveTx, LosingTx, ForgetTx) {
    Message message;
    for (std::uint64_t i = 0; i < 250'000; ++i)
        message.hashes.emplace_back(i);
    std::vector<Uint256> heard;
    dash::p2p::FrameParser parser(kPrefix);
    for (const auto& frame : make_frames(kPrefix, message)) {
        parser.feed(*frame);
        const auto part = parser.next();
        REQUIRE(part.has_value());
        CHECK(part->command == Message::kCommand);
        const std::vector<Uint256> hashes = decode_hashes(part->payload, Trailing::kReject);
        heard.insert(heard.end(), hashes.begin(), hashes.end());
    }
    CHECK(heard == message.hashes);
    CHECK(make_frames(kPrefix, Message{}).size() == 1);
}

TEST_CASE("an answer that is too long says so") {
    ShareReply reply;
    reply.id = Uint256(7);
    reply.shares.push_back({16, Bytes(1000)});
    dash::p2p::FrameParser parser(kPrefix);
    parser.feed(*make_reply_frame(kPrefix, reply));
    CHECK(decode_sharereply(parser.next()->payload, Trailing::kReject).shares.size() == 1);

    reply.shares[0].contents.resize(dash::p2p::kMaxPayloadBytes);
    parser.feed(*make_reply_frame(kPrefix, reply));
    const ShareReply told = decode_sharereply(parser.next()->payload, Trailing::kReject);
    CHECK(told.id == Uint256(7));
    CHECK(told.result == ShareResult::kTooLong);
    CHECK(told.shares.empty());
}
