#include <doctest/doctest.h>

#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "dash/primitives/target.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/blocking_socket.h"
#include "tests/support/own_network.h"
#include "tests/unit/broadcaster/network_peers.h"

using nlohmann::json;
using tests::NetworkPeers;

namespace {

constexpr std::uint16_t kRegtestPort = 19899;
constexpr int kPeers = 3;
constexpr std::uint32_t kBits = 0x207fffff;

std::string peer_address(int number) {
    return "127.0.8." + std::to_string(number);
}

/// What the node answers to a GET.
json get(std::uint16_t port, const std::string& path) {
    tests::BlockingSocket socket(port);
    socket.send("GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
    const std::string answer = socket.read_all();
    const std::size_t body = answer.find("\r\n\r\n");
    REQUIRE(answer.rfind("HTTP/1.", 0) == 0);
    REQUIRE(answer.substr(9, 3) == "200");
    return json::parse(answer.substr(body + 4));
}

void write_peer_file(const std::filesystem::path& file) {
    const auto now = static_cast<double>(std::time(nullptr));
    json peers = json::object();
    for (int i = 1; i <= kPeers; ++i) {
        peers[peer_address(i) + ":" + std::to_string(kRegtestPort)] = {
            {"score", 100}, {"first_seen", now}, {"last_seen", now}, {"source", "p2p"}};
    }
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << json{
        {"version", "1.0"}, {"last_updated", now}, {"bootstrapped", true}, {"local_dashd", ""}, {"peers", peers}};
}

template <typename Condition>
bool becomes(std::uint16_t port, Condition condition) {
    return tests::wait_until([&] { return condition(get(port, "/broadcaster_status")); }, std::chrono::seconds(30));
}

/// The members are those that the API's document requires of this schema.
void check_members(const json& document, const std::string& schema, const json& object) {
    CAPTURE(schema);
    std::set<std::string> wanted;
    for (const json& name : document.at("components").at("schemas").at(schema).at("required"))
        wanted.insert(name.get<std::string>());
    std::set<std::string> found;
    for (const auto& [name, value] : object.items())
        found.insert(name);
    CHECK(wanted == found);
}

}  // namespace

TEST_CASE("the status of a running node tells what is so, and the history what was") {
    tests::enter_own_network();
    const tests::TemporaryFolder folder("broadcast-status");
    NetworkPeers peers(kRegtestPort);
    for (int i = 1; i <= kPeers; ++i)
        peers.add(peer_address(i), NetworkPeers::Manner::kHonest);
    write_peer_file(folder.path() / "data" / "dash_regtest" / "broadcast_peers.json");
    const auto daemon = end_to_end::make_simnet(folder.path());
    end_to_end::NodeProcess node(*daemon, folder.path(),
                                 {"--broadcaster-max-peers", "5", "--broadcaster-min-peers", "2"});
    node.wait_until_ready();
    const std::uint16_t port = node.worker_port();
    REQUIRE(becomes(port, [](const json& status) { return status["health"]["active_connections"] == kPeers; }));
    REQUIRE(becomes(port, [](const json& status) { return status["health"]["local_dashd_connected"] == true; }));
    peers.announce_transactions(7);
    REQUIRE(becomes(port, [](const json& status) { return status["peers"]["active"][0]["txs_relayed"] == 7; }));

    end_to_end::Miner miner(port, end_to_end::miner_address(1) + "+0");
    const end_to_end::Found found = miner.search(dash::target_from_bits(kBits));
    static_cast<void>(miner.submit(found));
    REQUIRE(becomes(port, [](const json& status) { return status["statistics"]["blocks_accepted"] == 1; }));
    REQUIRE(becomes(port, [](const json& status) { return status["statistics"]["blocks_broadcast"] == 1; }));

    REQUIRE(becomes(port, [](const json& status) { return status["peers"]["active"][0]["ping_ms"].is_number(); }));

    const json status = get(port, "/broadcaster_status");
    CHECK(status == get(port, "/api/v1/broadcaster"));
    CHECK(status["enabled"] == true);
    CHECK(status["bootstrapped"] == true);
    CHECK(status["health"] == json({{"active_connections", kPeers},
                                    {"protected_connections", 1},
                                    {"total_connections", kPeers + 1},
                                    {"target_max_peers", 5},
                                    {"target_min_peers", 2},
                                    {"healthy", true},
                                    {"local_dashd_connected", true}}));
    const json& statistics = status["statistics"];
    CHECK(statistics["total_peer_broadcasts"] == kPeers);
    CHECK(statistics["successful_broadcasts"] == kPeers);
    CHECK(statistics["success_rate_percent"] == 100);
    CHECK(statistics["connection_attempts"] == kPeers);
    CHECK(statistics["successful_connections"] == kPeers);
    for (const char* name : {"failed_broadcasts", "failed_connections", "timeouts", "refused", "errors",
                             "blocks_orphaned", "blocks_rejected", "orphan_rate_percent"}) {
        CAPTURE(name);
        CHECK(statistics[name] == 0);
    }
    CHECK(statistics["blocks_won"] == 1);
    CHECK(status["database"]["total_peers"] == kPeers + 1);
    CHECK(status["database"]["sources"] == json({{"local_dashd", 1}, {"p2p", kPeers}}));
    CHECK(status["last_broadcast"]["hash"] == found.hash.to_hex());
    CHECK(status["last_broadcast"]["confirmed"] == kPeers);
    const json& dashd = status["peers"]["protected"][0];
    CHECK(dashd["port"] == daemon->p2p_port());
    CHECK(dashd["score"] == 999999);
    CHECK(dashd["successful_broadcasts"] == 1);
    CHECK(dashd["blocks_relayed"].get<int>() >= 1);
    std::set<std::string> hosts;
    for (const json& peer : status["peers"]["active"]) {
        hosts.insert(peer["host"].get<std::string>());
        CHECK(peer["port"] == kRegtestPort);
        CHECK(peer["protected"] == false);
        CHECK(peer["successful_broadcasts"] == 1);
        CHECK(peer["connection_attempts"] == 1);
        CHECK(peer["ping_ms"].get<double>() > 0);
        CHECK(std::abs(peer["last_seen"].get<double>() - static_cast<double>(std::time(nullptr))) < 60);
    }
    CHECK(hosts == std::set<std::string>{peer_address(1), peer_address(2), peer_address(3)});
    CHECK(status["peers"]["in_backoff"].empty());
    CHECK(status["configuration"]["max_peers"] == 5);
    CHECK(status["configuration"]["connection_timeout_seconds"] == 30);

    const json document = get(port, "/api/v1/openapi.json");
    const json history = get(port, "/api/v1/broadcaster/history?range=hour");
    REQUIRE(history["broadcasts"].size() == 1);
    CHECK(history["broadcasts"][0]["hash"] == found.hash.to_hex());
    CHECK(history["broadcasts"][0]["reached"] == kPeers);
    CHECK(history["broadcasts"][0]["state"] == "accepted");
    check_members(document, "Broadcast", history["broadcasts"][0]);
    REQUIRE(history["peers"].size() == kPeers);
    check_members(document, "BroadcastPeer", history["peers"][0]);

    // Peers and dashd go.
    peers.remove(peer_address(1));
    peers.remove(peer_address(2));
    daemon->stop();
    CHECK(becomes(port, [](const json& now) {
        return now["health"]["local_dashd_connected"] == false && now["health"]["healthy"] == false &&
               now["health"]["total_connections"] == 1;
    }));
    CHECK(node.process().stop() == 0);
}
