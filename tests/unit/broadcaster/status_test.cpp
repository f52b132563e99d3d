#include "dash/broadcaster/status.h"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/support/manual_clock.h"

using namespace dash::broadcaster;
using nlohmann::json;

namespace {

json recorded_status() {
    std::ifstream file(std::string(P2POOL_RECORDED_DIR) + "/broadcaster_status.json");
    return json::parse(file);
}

/// Every member of `expected`, with a value of the same kind, is in `actual`.
void check_shape(const json& expected, const json& actual, const std::string& where) {
    CAPTURE(where);
    if (expected.is_number()) {
        CHECK(actual.is_number());
        return;
    }
    REQUIRE(expected.type() == actual.type());
    if (expected.is_object()) {
        for (const auto& item : expected.items()) {
            const std::string& name = item.key();
            CAPTURE(name);
            REQUIRE(actual.contains(name));
            if (where != "/database/sources") check_shape(item.value(), actual[name], where + "/" + name);
        }
    } else if (expected.is_array() && !expected.empty() && !actual.empty()) {
        check_shape(expected[0], actual[0], where + "[]");
    }
}

/// With a peer connected, one resting, and dashd.
struct Place {
    Place() {
        PeerBook book({.port = 9999, .local_ones_too = false});
        static_cast<void>(
            book.add(*parse_peer_address("1.2.3.4:9999"), Source::kDashd, clock.unix_seconds(), clock.unix_seconds()));
        static_cast<void>(book.add(*parse_peer_address("[2a00:1450::1]:9999"), Source::kP2p, clock.unix_seconds() - 9,
                                   clock.unix_seconds()));
        manager = std::make_unique<PeerManager>(Limits{.max_peers = 8, .min_peers = 1}, std::move(book), true, clock);
        for (int attempt = 0; attempt < 3; ++attempt) {
            static_cast<void>(manager->check());
            for (const auto& dial : manager->dials()) {
                if (host_text(dial.address) == "1.2.3.4") {
                    static_cast<void>(manager->connected(dial.address));
                } else {
                    manager->dial_failed(dial.address, attempt == 1 ? Failure::kError : Failure::kRefused);
                }
            }
            clock.advance(60);
        }
        dashd.host = "127.0.0.1";
        dashd.port = 9998;
        dashd.connected = true;
        dashd.blocks_relayed = 7;
        dashd.txs_relayed = 90;
        dashd.connected_since = clock.unix_seconds() - 100;
        clock.advance(20);
    }
    [[nodiscard]] json status() const { return status_json(*manager, {dashd}, totals, last, clock); }

    tests::ManualClock clock;
    std::unique_ptr<PeerManager> manager;
    LocalDashd dashd;
    BlockTotals totals;
    std::optional<BroadcastReport> last;
};

}  // namespace

TEST_CASE("all members of the python node's answer are there") {
    const Place place;
    check_shape(recorded_status(), place.status(), "");
}

TEST_CASE("all dashds of the operator are protected") {
    const Place place;
    LocalDashd second;
    second.host = "10.0.0.2";
    second.port = 9999;
    const json status = status_json(*place.manager, {place.dashd, second}, place.totals, place.last, place.clock);
    const json& guarded = status.at("peers").at("protected");
    REQUIRE(guarded.size() == 2);
    CHECK(guarded[1].at("host") == "10.0.0.2");
    CHECK(guarded[1].at("score") == 999999);
    CHECK(guarded[1].at("connected") == false);
    CHECK(status.at("health").at("protected_connections") == 1);
    CHECK(status.at("database").at("sources").at("local_dashd") == 2);
}

TEST_CASE("the values are those in force") {
    Place place;
    place.manager->broadcast_ended(*parse_peer_address("1.2.3.4:9999"), true);
    place.manager->broadcast_ended(*parse_peer_address("1.2.3.4:9999"), true);
    place.manager->broadcast_ended(*parse_peer_address("1.2.3.4:9999"), false);
    place.manager->block_broadcast();
    place.totals = {.won = 5, .accepted = 3, .orphaned = 1, .rejected = 0};
    const json status = place.status();
    CHECK(status.at("enabled") == true);
    CHECK(status.at("health") == json({{"active_connections", 1},
                                       {"protected_connections", 1},
                                       {"total_connections", 2},
                                       {"target_max_peers", 8},
                                       {"target_min_peers", 1},
                                       {"healthy", true},
                                       {"local_dashd_connected", true}}));
    const json& statistics = status.at("statistics");
    CHECK(statistics.at("blocks_broadcast") == 1);
    CHECK(statistics.at("total_peer_broadcasts") == 3);
    CHECK(statistics.at("success_rate_percent").get<double>() == doctest::Approx(66.667).epsilon(0.001));
    CHECK(statistics.at("connection_attempts") == 4);
    CHECK(statistics.at("successful_connections") == 1);
    CHECK(statistics.at("failed_connections") == 3);
    CHECK(statistics.at("refused") == 2);
    CHECK(statistics.at("errors") == 1);
    CHECK(statistics.at("timeouts") == 0);
    CHECK(statistics.at("orphan_rate_percent") == 25);
    CHECK(status.at("configuration").at("max_peers") == 8);
    CHECK(status.at("configuration").at("max_connection_attempts") == 3);
    CHECK(status.at("configuration").at("connection_timeout_seconds") == 30);
    CHECK(status.at("configuration").at("dashd_refresh_interval_seconds") == 1800);
    CHECK(status.at("database").at("total_peers") == 3);
    CHECK(status.at("database").at("sources") == json({{"local_dashd", 1}, {"dashd", 1}, {"p2p", 1}}));
}

TEST_CASE("each peer is told with its counts, the resting ones with their time") {
    Place place;
    place.manager->ping_measured(*parse_peer_address("1.2.3.4:9999"), std::chrono::microseconds(45'500));
    const json peers = place.status().at("peers");
    CHECK(peers.at("protected").at(0).at("score") == 999999);
    CHECK(peers.at("protected").at(0).at("uptime_seconds") == 120);
    CHECK(peers.at("protected").at(0).at("blocks_relayed") == 7);
    CHECK(peers.at("protected").at(0).at("txs_relayed") == 90);
    const json& active = peers.at("active").at(0);
    CHECK(active.at("host") == "1.2.3.4");
    CHECK(active.at("port") == 9999);
    CHECK(active.at("ping_ms") == doctest::Approx(45.5));
    CHECK(active.at("recent_pings_ms") == json({45.5}));
    double sum = 0;
    for (const json& part : active.at("score_parts"))
        sum += part.get<double>();
    CHECK(active.at("score").get<double>() == doctest::Approx(sum));
    CHECK(active.at("connection_attempts") == 1);
    CHECK(active.at("uptime_seconds") == 200);
    const json& resting = peers.at("in_backoff").at(0);
    CHECK(resting.at("host") == "2a00:1450::1");
    CHECK(resting.at("backoff_total_seconds") == 300);
    CHECK(resting.at("backoff_remaining_seconds") == 220);
    CHECK(resting.at("attempts") == 3);
    CHECK(resting.at("ping_ms").is_null());
    place.manager->ping_measured(*parse_peer_address("[2a00:1450::1]:9999"), std::chrono::milliseconds(70));
    CHECK(place.status().at("peers").at("in_backoff").at(0).at("ping_ms") == 70);
}

TEST_CASE("of the pings the last ones are told") {
    Place place;
    for (int ping = 1; ping <= 40; ++ping)
        place.manager->ping_measured(*parse_peer_address("1.2.3.4:9999"), std::chrono::milliseconds(ping));
    const json pings = place.status().at("peers").at("active").at(0).at("recent_pings_ms");
    REQUIRE(pings.size() == 30);
    CHECK(pings.front() == 11);
    CHECK(pings.back() == 40);
}

TEST_CASE("dashd away, and health by network peers alone") {
    Place place;
    place.dashd.connected = false;
    place.manager->disconnected(*parse_peer_address("1.2.3.4:9999"));
    const json health = place.status().at("health");
    CHECK(health.at("healthy") == false);
    CHECK(health.at("local_dashd_connected") == false);
    CHECK(health.at("total_connections") == 0);
}

TEST_CASE("disabled") {
    CHECK(disabled_status_json() == json({{"enabled", false},
                                          {"health", {{"healthy", false}, {"active_connections", 0}}},
                                          {"message", "Multi-peer broadcaster disabled"}}));
    CHECK(StatusBoard().read() == disabled_status_json());
}
