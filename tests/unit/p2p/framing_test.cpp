#include "dash/p2p/framing.h"

#include <doctest/doctest.h>

#include "dash/util/error.h"

namespace {

using dash::Bytes;
using dash::ByteSpan;
using dash::p2p::Frame;
using dash::p2p::FrameParser;

const Bytes kMagic{0xbf, 0x0c, 0x6b, 0xbd};

Bytes frame(std::string_view command, std::string_view payload) {
    return *dash::p2p::encode_frame(kMagic, command, dash::as_bytes(payload));
}

std::vector<std::string> commands(FrameParser& parser) {
    std::vector<std::string> found;
    while (const auto next = parser.next())
        found.push_back(next->command);
    return found;
}

using Commands = std::vector<std::string>;

}  // namespace

TEST_CASE("a frame that is cut anywhere comes out whole") {
    Bytes stream = frame("ping", "12345678");
    dash::append(stream, frame("block", std::string(1000, 'b')));
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        FrameParser parser(kMagic);
        parser.feed(ByteSpan(stream).first(cut));
        Commands found = commands(parser);
        parser.feed(ByteSpan(stream).subspan(cut));
        for (const auto& command : commands(parser))
            found.push_back(command);
        CHECK(found == Commands{"ping", "block"});
    }
}

TEST_CASE("bytes between messages are skipped, also beginnings of a magic") {
    Bytes stream = dash::from_hex("00ff");
    dash::append(stream, frame("a", ""));
    dash::append(stream, dash::from_hex("bf0c6bbf0cbfbf0c6b"));
    dash::append(stream, frame("b", "x"));
    dash::append(stream, dash::from_hex("bf0c"));
    FrameParser parser(kMagic);
    Commands found;
    std::size_t skipped = 0;
    for (const std::uint8_t byte : stream) {
        parser.feed(ByteSpan(&byte, 1));
        for (const auto& command : commands(parser))
            found.push_back(command);
        skipped += parser.take_skipped();
    }
    CHECK(found == Commands{"a", "b"});
    CHECK(skipped == 2 + 9);  // the last two bytes may begin a message
    CHECK(parser.take_skipped() == 0);
}

TEST_CASE("the end of a message is not the beginning of another one's magic") {
    const Bytes ghost = frame("ghost", "");
    Bytes stream = frame("a", dash::as_text(ByteSpan(ghost).first(3)));
    dash::append(stream, ByteSpan(ghost).subspan(3));
    dash::append(stream, frame("b", ""));
    FrameParser parser(kMagic);
    Commands found;
    for (const std::uint8_t byte : stream) {
        parser.feed(ByteSpan(&byte, 1));
        for (const auto& command : commands(parser))
            found.push_back(command);
    }
    CHECK(found == Commands{"a", "b"});
}

TEST_CASE("a wrong checksum costs that message only") {
    Bytes broken = frame("ping", "12345678");
    broken.back() ^= 1;
    dash::append(broken, frame("pong", ""));
    FrameParser parser(kMagic);
    parser.feed(broken);
    CHECK_THROWS_AS((void)parser.next(), dash::PeerMisbehaving);
    CHECK(commands(parser) == Commands{"pong"});
}

TEST_CASE("a message that claims too much is skipped at once, not waited for") {
    FrameParser parser(kMagic, 1000);
    Bytes stream = frame("big", std::string(1001, 'x'));
    dash::append(stream, frame("fits", std::string(1000, 'x')));
    parser.feed(stream);
    CHECK(commands(parser) == Commands{"fits"});

    Bytes claim = frame("huge", "");
    claim[16] = claim[17] = claim[18] = claim[19] = 0xff;
    dash::append(claim, frame("next", ""));
    parser.feed(claim);
    CHECK(commands(parser) == Commands{"next"});
}

TEST_CASE("commands keep their bytes, padding is no part of them") {
    FrameParser parser(kMagic);
    parser.feed(frame("twelve bytes", ""));
    parser.feed(frame("", ""));
    parser.feed(frame(std::string_view("a\0b", 3), ""));
    CHECK(commands(parser) == Commands{"twelve bytes", "", std::string("a\0b", 3)});
}

TEST_CASE("what no peer would take is not encoded") {
    CHECK_THROWS_AS(frame("thirteen byte", ""), dash::DecodeError);
    CHECK_THROWS_AS(frame("block", std::string(dash::p2p::kMaxPayloadBytes + 1, 'x')), dash::DecodeError);
    CHECK(frame("block", std::string(dash::p2p::kMaxPayloadBytes, 'x')).size() == dash::p2p::kMaxPayloadBytes + 24);
}
