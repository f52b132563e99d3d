#include "dash/broadcaster/peer_file.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "dash/util/error.h"

using namespace dash::broadcaster;
using nlohmann::json;

namespace {

PeerFile sample_file() {
    PeerFile file;
    file.last_updated = 1'700'000'100.25;
    file.bootstrapped = true;
    file.local_dashd = "127.0.0.1:9999";
    file.dashd_first_seen = 1'700'000'000;
    file.dashd_last_seen = 1'700'000'099;
    file.dashd_successful_broadcasts = 12;
    PeerRecord record;
    record.address = *parse_peer_address("1.2.3.4:9999");
    record.source = Source::kDashdRefresh;
    record.first_seen = 1'699'000'000;
    record.last_seen = 1'700'000'090;
    record.successful_broadcasts = 7;
    record.failed_broadcasts = 1;
    record.blocks_relayed = 400;
    record.blocks_first = 20;
    record.txs_relayed = 12'345;
    record.connection_attempts = 3;
    record.uptime_seconds = 86'400;
    record.ping_ms = 45.2;
    record.outbound = true;
    file.peers.push_back({record, 123.5});
    PeerRecord bare;
    bare.address = *parse_peer_address("[2001:470::1]:9999");
    file.peers.push_back({bare, 0});
    return file;
}

}  // namespace

TEST_CASE("what is written is read again") {
    const PeerFile file = sample_file();
    const PeerFile read = parse_peer_file(to_json_text(file));
    CHECK(read.last_updated == file.last_updated);
    CHECK(read.bootstrapped);
    CHECK(read.local_dashd == "127.0.0.1:9999");
    CHECK(read.dashd_first_seen == file.dashd_first_seen);
    CHECK(read.dashd_last_seen == file.dashd_last_seen);
    CHECK(read.dashd_successful_broadcasts == 12);
    REQUIRE(read.peers.size() == 2);
    const PeerRecord& record = read.peers[0].record;
    CHECK(to_text(record.address) == "1.2.3.4:9999");
    CHECK(record.source == Source::kDashdRefresh);
    CHECK(record.first_seen == 1'699'000'000);
    CHECK(record.last_seen == 1'700'000'090);
    CHECK(record.successful_broadcasts == 7);
    CHECK(record.failed_broadcasts == 1);
    CHECK(record.blocks_relayed == 400);
    CHECK(record.blocks_first == 20);
    CHECK(record.txs_relayed == 12'345);
    CHECK(record.connection_attempts == 3);
    CHECK(record.uptime_seconds == 86'400);
    CHECK(record.ping_ms == 45.2);
    CHECK(record.outbound == true);
    CHECK(read.peers[0].score == 123.5);
    CHECK(!read.peers[1].record.ping_ms);
    CHECK(!read.peers[1].record.outbound);
    CHECK(to_json_text(read) == to_json_text(file));
}

TEST_CASE("the local dashd is protected and first in worth") {
    const json root = json::parse(to_json_text(sample_file()));
    const json& dashd = root.at("peers").at("127.0.0.1:9999");
    CHECK(dashd.at("score") == 999999);
    CHECK(dashd.at("protected") == true);
    CHECK(dashd.at("source") == "local_dashd");
    CHECK(root.at("peers").at("1.2.3.4:9999").at("protected") == false);
    CHECK(root.at("version") == "1.0");
}

TEST_CASE("peers that cannot be read are left out, the others stay") {
    json root = json::parse(to_json_text(sample_file()));
    root["peers"]["nonsense"] = json::object();
    root["peers"]["9.9.9.9:9999"] = 5;
    root["peers"]["9.9.9.8:9999"] = {{"source", 7}};
    root["peers"]["9.9.9.7:9999"] = {{"score", "high"},
                                     {"ping_ms", -5},
                                     {"successful_broadcasts", -1},
                                     {"blocks_relayed", 1e300},
                                     {"last_seen", 1'700'000'000}};
    const PeerFile read = parse_peer_file(root.dump());
    REQUIRE(read.peers.size() == 3);
    for (const PeerFile::Peer& peer : read.peers) {
        if (to_text(peer.record.address) != "9.9.9.7:9999") continue;
        CHECK(!peer.record.ping_ms);
        CHECK(peer.record.successful_broadcasts == 0);
        CHECK(peer.record.source == Source::kP2p);
    }
}

TEST_CASE("a file of another form is refused") {
    for (const char* text : {"", "[]", "{}", "{\"version\":\"2.0\",\"peers\":{}}", "{\"version\":\"1.0\"}",
                             "{\"version\":\"1.0\",\"peers\":{", "not json"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(static_cast<void>(parse_peer_file(text)), dash::DecodeError);
    }
    CHECK(parse_peer_file("{\"version\":\"1.0\",\"peers\":{}}").peers.empty());
}
