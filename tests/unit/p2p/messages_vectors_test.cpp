#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "dash/p2p/framing.h"
#include "dash/p2p/messages.h"
#include "tests/support/vectors.h"

namespace {

using namespace dash::p2p;
using dash::Bytes;
using dash::ByteSpan;
using nlohmann::json;

void check_address(const NetAddress& address, const json& expected) {
    CHECK(ip_text(address) == expected.at("address"));
    CHECK(address.port == tests::uint64_value(expected.at("port")));
    CHECK(address.services == tests::uint64_value(expected.at("services")));
}

void check_version(const Bytes& payload, const json& value) {
    const VersionMessage version = decode_version(payload);
    CHECK(version.version == tests::uint64_value(value.at("version")));
    CHECK(version.services == tests::uint64_value(value.at("services")));
    CHECK(version.time == value.at("time").get<std::int64_t>());
    check_address(version.to, value.at("addr_to"));
    check_address(version.from, value.at("addr_from"));
    CHECK(version.nonce == tests::uint64_value(value.at("nonce")));
    CHECK(dash::as_bytes(version.user_agent).size() == tests::bytes_value(value.at("sub_version_num")).size());
    CHECK(version.user_agent == dash::as_text(tests::bytes_value(value.at("sub_version_num"))));
    CHECK(version.start_height == tests::uint64_value(value.at("start_height")));
    Bytes with_relay = payload;
    with_relay.push_back(1);
    CHECK(encode(version) == with_relay);
}

void check_inv(const Bytes& payload, const json& expected) {
    static const std::map<std::string, std::uint32_t> acted_on{
        {"tx", kInvTransaction}, {"block", kInvBlock}, {"compact_block", kInvCompactBlock}};
    const auto items = decode_inv(payload);
    REQUIRE(items.size() == expected.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        CHECK(items[i].hash == tests::hash_value(expected[i].at("hash")));
        for (const auto& [name, number] : acted_on) {
            CHECK((items[i].type == number) == (expected[i].at("type") == name));
        }
    }
    CHECK(encode_inv(items) == payload);
}

void check_locator(const Bytes& payload, const json& value) {
    const GetHeaders message = decode_getheaders(payload);
    CHECK(message.version == tests::uint64_value(value.at("version")));
    const json& have = value.at("have");
    REQUIRE(message.locator.size() == have.size());
    for (std::size_t i = 0; i < have.size(); ++i)
        CHECK(message.locator[i] == tests::hash_value(have[i]));
    CHECK(message.stop == (value.at("last").is_null() ? dash::Uint256() : tests::hash_value(value.at("last"))));
    CHECK(encode(message) == payload);
}

void check_headers(const Bytes& payload, const json& value) {
    const auto headers = decode_headers(payload);
    CHECK(headers.size() == value.at("headers").size());
    CHECK(encode_headers(headers) == payload);
}

void check_addr(const Bytes& payload, const json& value) {
    const auto addresses = decode_addr(payload);
    REQUIRE(addresses.size() == value.at("addrs").size());
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        CHECK(addresses[i].time == tests::uint64_value(value["addrs"][i].at("timestamp")));
        check_address(addresses[i].address, value["addrs"][i].at("address"));
    }
    CHECK(encode_addr(addresses) == payload);
}

void check_sendcmpct(const Bytes& payload, const json& value) {
    const SendCompact message = decode_sendcmpct(payload);
    CHECK(message.announce == value.at("announce").get<bool>());
    CHECK(message.version == tests::uint64_value(value.at("version")));
    CHECK(encode(message) == payload);
}

void check_nonce(const Bytes& payload, const json& value) {
    CHECK(decode_nonce(payload) == tests::uint64_value(value.at("nonce")));
    CHECK(encode_nonce(decode_nonce(payload)) == payload);
}

void check_payload(const std::string& command, const Bytes& payload, const json& value) {
    if (command == "version") return check_version(payload, value);
    if (command == "inv") return check_inv(payload, value.at("invs"));
    if (command == "getdata") return check_inv(payload, value.at("requests"));
    if (command == "getheaders" || command == "getblocks") return check_locator(payload, value);
    if (command == "headers") return check_headers(payload, value);
    if (command == "addr") return check_addr(payload, value);
    if (command == "sendcmpct") return check_sendcmpct(payload, value);
    if (command == "ping" || command == "pong") return check_nonce(payload, value);
}

}  // namespace

TEST_CASE("messages of the Dash network are as the reference packs them") {
    const json vectors = tests::load_vectors("dash_p2p_messages.json");
    REQUIRE(!vectors.at("nets").empty());
    for (const auto& entry : vectors["nets"].items()) {
        const std::string& net = entry.key();
        const json& set = entry.value();
        CAPTURE(net);
        const Bytes magic = tests::bytes_value(set.at("prefix"));
        FrameParser parser(magic);
        for (const json& message : set.at("messages")) {
            if (!message.contains("frame")) continue;  // what the reference itself cannot pack
            const auto command = message.at("command").get<std::string>();
            CAPTURE(command);
            const Bytes frame = tests::bytes_value(message["frame"]);
            const Bytes payload = tests::bytes_value(message.at("payload"));
            CHECK(*encode_frame(magic, command, payload) == frame);
            parser.feed(frame);
            const auto parsed = parser.next();
            REQUIRE(parsed);
            CHECK(parsed->command == command);
            CHECK(parsed->payload == payload);
            check_payload(command, payload, message.at("value"));
        }
    }
}
