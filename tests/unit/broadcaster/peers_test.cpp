#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dash/broadcaster/peer_file.h"
#include "dash/broadcaster/report_reader.h"
#include "dash/util/sqlite.h"
#include "tests/support/machine.h"
#include "tests/support/quiet_log.h"
#include "tests/support/sanitizer.h"
#include "tests/unit/broadcaster/broadcaster_place.h"
#include "tests/unit/rpc/fake_rpc_server.h"

using namespace dash::broadcaster;
using namespace std::chrono_literals;
using dash::Uint256;
using nlohmann::json;
using tests::NetworkPeers;
using tests::peer_address;
using Manner = NetworkPeers::Manner;
using Place = tests::BroadcasterPlace;

TEST_CASE("a won block reaches thirty peers, and dashd once") {
    Place place;
    place.add_peers(1, 30, Manner::kHonest);
    place.write_peer_file(30);
    place.start();
    REQUIRE(place.wait_for_peers(30));
    CHECK(place.status("/health/healthy") == true);

    const dash::Block block = tests::block_of_size(9000);
    const auto times = place.win(block, 1, 30);
    REQUIRE(times.size() == 30);
    MESSAGE("small block: first peer " << times.front() << " ms, last " << times.back() << " ms");
    CHECK(times.back() < 500);
    const Uint256 hash = tests::won(block).hash;
    REQUIRE(place.wait_for_broadcasts(1));
    for (int i = 1; i <= 30; ++i) {
        const auto sight = place.network.sight(peer_address(i), hash);
        CHECK(sight.compact_blocks == 1);
        CHECK(sight.full_blocks == 1);  // right behind
        CHECK(sight.transactions_requested == 0);
    }
    CHECK(place.status("/statistics/successful_broadcasts") == 30);
    CHECK(place.status("/statistics/success_rate_percent") == 100);
    CHECK(place.status("/last_broadcast/confirmed") == 30);
    CHECK(place.dashd.received("block").size() == 1);

    place.stop();
    dash::sqlite::Database database(place.settings.database);
    auto rows = database.prepare(
        "SELECT COUNT(*), MIN(first_byte_ms), MAX(first_byte_ms), MAX(reached_ms) FROM broadcast_peers"
        " WHERE hash = ? AND confirmed_ms IS NOT NULL");
    REQUIRE(rows.bind(std::string_view(hash.to_hex())).step());
    CHECK(rows.integer(0) == 30);
    CHECK(rows.real(1) > 0);
    MESSAGE("first byte taken " << rows.real(1) << " to " << rows.real(2) << " ms after the start");
    CHECK(rows.real(2) < (tests::kSanitizer ? 500 : 50));
    auto fate = database.prepare("SELECT COUNT(*) FROM block_fates WHERE daemon_p2p_sent = 1");
    REQUIRE(fate.step());
    CHECK(fate.integer(0) == 1);
}

TEST_CASE("a large block goes as a compact one alone to peers that hold its transactions") {
    Place place;
    place.add_peers(1, 30, Manner::kHonest);
    place.write_peer_file(30);
    const dash::Block block = tests::block_of_size(400'000);
    place.network.set_mempool({block.transactions.begin() + 1, block.transactions.end()});
    place.start();
    REQUIRE(place.wait_for_peers(30));
    const std::size_t before = place.network.bytes_received();
    REQUIRE(place.win(block, 1, 30).size() == 30);
    REQUIRE(place.wait_for_broadcasts(1));
    CHECK(place.status("/last_broadcast/reached") == 30);
    CHECK(place.status("/last_broadcast/confirmed") == 30);
    // Peers that take more than a second to ask, as a sanitizer's may, are sent the whole block.
    if (tests::kSanitizer) return;
    for (int i = 1; i <= 30; ++i)
        CHECK(place.network.sight(peer_address(i), tests::won(block).hash).full_blocks == 0);
    CHECK(place.network.bytes_received() - before < 30 * 60'000);
}

TEST_CASE("peers that lack transactions ask for them, others that make nothing of compact blocks get the whole one") {
    Place place(11);
    place.add_peers(1, 5, Manner::kHonest);
    place.add_peers(6, 5, Manner::kIgnoresCompact);
    place.write_peer_file(10);
    const dash::Block block = tests::block_of_size(400'000);
    place.network.set_mempool({block.transactions.begin() + 1, block.transactions.end() - 500});
    place.start();
    REQUIRE(place.wait_for_peers(10));
    REQUIRE(place.win(block, 1, 10).size() == 10);
    REQUIRE(place.wait_for_broadcasts(1));
    CHECK(place.status("/last_broadcast/confirmed") == 10);
    const Uint256 hash = tests::won(block).hash;
    for (int i = 1; i <= 5; ++i) {
        CHECK(place.network.sight(peer_address(i), hash).transactions_requested == 1);
        CHECK(place.network.sight(peer_address(i), hash).full_blocks == 0);
    }
    for (int i = 6; i <= 10; ++i)
        CHECK(place.network.sight(peer_address(i), hash).full_blocks == 1);
}

TEST_CASE("who names our block without having it is sent it whole, and is counted when he has it") {
    Place place(4);
    place.add_peers(1, 1, Manner::kHonest);
    place.add_peers(2, 2, Manner::kNamesOnly);
    place.write_peer_file(3);
    const dash::Block block = tests::block_of_size(400'000);
    place.network.set_mempool({block.transactions.begin() + 1, block.transactions.end()});
    place.start();
    REQUIRE(place.wait_for_peers(3));
    REQUIRE(place.win(block, 1, 3).size() == 3);
    REQUIRE(place.wait_for_broadcasts(1));
    CHECK(tests::wait_until([&] { return place.status("/last_broadcast/confirmed") == 3; }, 10s));
    CHECK(place.network.sight(peer_address(2), tests::won(block).hash).full_blocks == 1);
    CHECK(place.network.sight(peer_address(3), tests::won(block).hash).full_blocks == 1);
}

TEST_CASE("who proves our block with an invented coinbase has proved nothing, and goes") {
    Place place(4);
    place.add_peers(1, 2, Manner::kHonest);
    place.add_peers(3, 1, Manner::kInventsCoinbase);
    place.write_peer_file(3);
    place.start();
    REQUIRE(place.wait_for_peers(3));
    REQUIRE(place.win(tests::block_of_size(9000), 1, 2).size() == 2);
    REQUIRE(place.wait_for_broadcasts(1));
    CHECK(place.status("/last_broadcast/confirmed") == 2);
    CHECK(place.wait_for_peers(2));
}

TEST_CASE("bad peers delay nobody") {
    const dash::Block block = tests::block_of_size(400'000);
    const auto last_of_good = [&](Manner others, bool removed) {
        Place place;
        place.add_peers(1, 15, Manner::kHonest);
        place.add_peers(16, 15, others);
        place.write_peer_file(30);
        place.network.set_mempool({block.transactions.begin() + 1, block.transactions.end() - 100});
        place.start();
        REQUIRE(place.wait_for_peers(others == Manner::kHangsInHandshake ? 15 : 30));
        for (int i = 16; removed && i <= 30; ++i)
            place.network.remove(peer_address(i));
        const auto times = place.win(block, 1, 15);
        REQUIRE(times.size() == 15);
        return times.back();
    };
    const double good = last_of_good(Manner::kHonest, false);
    MESSAGE("all good: " << good << " ms");
    const double limit = 2 * good + 100;
    for (const auto& [name, manner, removed] : {std::tuple(std::string("dead"), Manner::kHonest, true),
                                                std::tuple(std::string("hanging"), Manner::kHangsInHandshake, false),
                                                std::tuple(std::string("slow"), Manner::kReadsByteASecond, false),
                                                std::tuple(std::string("mute"), Manner::kTellsNothing, false)}) {
        const double with_bad = last_of_good(manner, removed);
        MESSAGE("half of them " << name << ": " << with_bad << " ms");
        CHECK(with_bad < limit);
    }
}

TEST_CASE("a peer that does not read holds nobody's full block up") {
    const dash::Block block = tests::block_of_size(68'000);
    constexpr int kGood = 4;
    // Milliseconds from the first compact block to the last full one, at peers that make nothing of compact ones.
    const auto full_behind_compact = [&](Manner last) {
        Place place(kGood + 2);
        place.add_peers(1, kGood, Manner::kIgnoresCompact);
        place.add_peers(kGood + 1, 1, last);
        place.write_peer_file(kGood + 1);
        place.start();
        REQUIRE(place.wait_for_peers(kGood + 1));
        REQUIRE(place.win(block, 1, kGood).size() == kGood);
        double worst = 0;
        for (int i = 1; i <= kGood; ++i) {
            const auto sight = place.network.sight(peer_address(i), tests::won(block).hash);
            CHECK(sight.compact_blocks == 1);
            CHECK(sight.full_blocks == 1);
            const std::chrono::duration<double, std::milli> behind = *sight.complete - *sight.first_byte;
            worst = std::max(worst, behind.count());
        }
        return worst;
    };
    const double without = full_behind_compact(Manner::kIgnoresCompact);
    const double with = full_behind_compact(Manner::kReadsByteASecond);
    MESSAGE("the full block comes " << without << " ms behind the compact one, beside a peer that does not read "
                                    << with << " ms");
    CHECK(with < 2 * without + 300);
}

TEST_CASE("a peer that gives no sign has failed after ten seconds and is dropped") {
    Place place(4);
    place.add_peers(1, 2, Manner::kHonest);
    place.add_peers(3, 1, Manner::kReadsByteASecond);
    place.write_peer_file(3);
    place.start();
    REQUIRE(place.wait_for_peers(3));
    CHECK(place.win(tests::block_of_size(9000), 1, 2).size() == 2);
    REQUIRE(place.wait_for_broadcasts(1));
    CHECK(place.status("/last_broadcast/reached") == 2);
    CHECK(place.status("/statistics/failed_broadcasts") == 1);
    CHECK(place.wait_for_peers(2));
}

TEST_CASE("with nobody there the block waits for the first peer that comes") {
    Place place(4);
    place.write_peer_file(3);
    place.start();
    place.pipeline->submit(tests::won(tests::block_of_size(9000)));
    CHECK(tests::wait_until([&] { return place.status("/statistics/refused") == 3; }, 10s));
    place.add_peers(1, 3, Manner::kHonest);
    CHECK(tests::wait_until([&] { return place.network.with_block(tests::won(tests::block_of_size(9000)).hash) > 0; },
                            30s));
}

TEST_CASE("a peer that comes while a block is fresh gets it too, and the report tells so") {
    Place place(5);
    place.add_peers(1, 2, Manner::kHonest);
    place.write_peer_file(4);
    place.start();
    REQUIRE(place.wait_for_peers(2));
    const dash::Block small = tests::block_of_size(9000);
    const dash::Block large = tests::block_of_size(400'000);
    place.network.set_mempool({large.transactions.begin() + 1, large.transactions.end()});
    REQUIRE(place.win(small, 1, 2).size() == 2);
    REQUIRE(place.win(large, 1, 2).size() == 2);
    REQUIRE(place.wait_for_broadcasts(2));
    place.add_peers(3, 2, Manner::kHonest);
    CHECK(tests::wait_until(
        [&] {
            return place.network.with_block(tests::won(large).hash) == 4 &&
                   place.status("/statistics/total_peer_broadcasts") == 8;
        },
        30s));
    CHECK(place.network.with_block(tests::won(small).hash) == 4);
    CHECK(place.network.sight(peer_address(3), tests::won(large).hash).full_blocks == 0);
    CHECK(place.status("/statistics/blocks_broadcast") == 2);
    CHECK(place.status("/statistics/successful_broadcasts") == 8);

    // Who has it is not given it again.
    place.network.hang_up(peer_address(1));
    CHECK(tests::wait_until([&] { return place.network.ready_connections() == 3; }, 10s));
    place.stop();
    CHECK(place.network.sight(peer_address(1), tests::won(small).hash).compact_blocks == 1);
    ReportReader reader(place.settings.database);
    const double now = dash::system_clock().unix_seconds();
    const json broadcasts = reader.trends(now - 3600, now).at("broadcasts");
    REQUIRE(broadcasts.size() == 2);
    CHECK(broadcasts[0].at("peers") == 2);
    CHECK(broadcasts[0].at("confirmed") == 4);
    dash::sqlite::Database database(place.settings.database);
    auto late = database.prepare(
        "SELECT COUNT(*), MIN(p.first_byte_ms - b.elapsed_ms) FROM broadcast_peers p JOIN broadcasts b USING (hash)"
        " WHERE outcome LIKE 'connected later, %' AND p.confirmed_ms >= p.first_byte_ms");
    REQUIRE(late.step());
    CHECK(late.integer(0) == 4);
    CHECK(late.real(1) > 0);  // counted from the win
}

TEST_CASE("the local dashd is no peer, by whatever name or address it is reached") {
    for (const std::string name : {"localhost", "127.0.0.1"}) {
        CAPTURE(name);
        if (!tests::resolves(name)) {
            MESSAGE("this machine does not know the name localhost: not tested");
            continue;
        }
        Place place(3);
        place.settings.dashd_host = name;
        place.settings.peer_port = place.dashd.port();  // as on a test network, where all listen on one port
        PeerFile file;
        file.bootstrapped = true;
        PeerRecord record;
        record.address = *parse_peer_address("127.0.0.1:" + std::to_string(place.dashd.port()));
        record.last_seen = dash::system_clock().unix_seconds();
        file.peers.push_back({record, 100});
        std::ofstream(place.settings.peer_file) << to_json_text(file);
        place.start();
        REQUIRE(tests::wait_until([&] { return place.status("/health/local_dashd_connected") == true; }, 10s));
        REQUIRE(tests::wait_until([&] { return place.status("/database/total_peers") == 1; }, 10s));
        place.pipeline->submit(tests::won(tests::block_of_size(9000)));
        REQUIRE(tests::wait_until([&] { return place.dashd.received("block").size() == 1; }, 10s));
        CHECK(place.status("/statistics/connection_attempts") == 0);
        CHECK(place.dashd.connections() == 1);
        CHECK(place.status("/peers/protected/0/host") == name);
        CHECK(place.status("/peers/protected/0/score") == 999999);
        CHECK(place.dashd.received("cmpctblock").empty());
    }
}

TEST_CASE("the peers come from the dashd in the best state, and fill the places that both dashds leave") {
    Place place(3);
    place.settings.limits.min_peers = 1;
    place.add_peers(1, 2, Manner::kHonest);
    tests::FakeRpcServer second([&](const tests::RpcRequest& request) {
        if (request.method == "getnetworkinfo")
            return tests::rpc_result(request, {{"version", 230102},
                                               {"subversion", "/Dash Core:23.1.2/"},
                                               {"protocolversion", 70238},
                                               {"connections", 2},
                                               {"localaddresses", json::array()}});
        if (request.method != "getpeerinfo") return tests::rpc_error(request, -32601, "Method not found");
        json peers = json::array();
        for (const int number : {1, 2})
            peers.push_back(
                {{"addr", peer_address(number) + ":" + std::to_string(place.network.port())}, {"inbound", false}});
        return tests::rpc_result(request, peers);
    });
    place.second_dashd = {"second", second.settings(), place.dashd.link_settings()};
    place.start();  // the first one's RPC is away
    CHECK(place.wait_for_peers(1));
    CHECK(second.calls("getpeerinfo") >= 1);
    CHECK(tests::wait_until([&] { return place.status("/health/protected_connections") == 2; }, 10s));
    CHECK(place.status("/health/total_connections") == 3);
    CHECK(place.status("/statistics/connection_attempts") == 1);
}

TEST_CASE("peers tell of others, and the book outlives a restart") {
    Place place(7);
    place.add_peers(1, 6, Manner::kHonest);
    std::vector<std::string> addresses;
    for (int i = 1; i <= 6; ++i)
        addresses.push_back(peer_address(i));
    addresses.push_back("8.8.4.4");
    place.network.set_addresses(addresses);
    place.settings.limits.min_peers = 1;
    place.write_peer_file(1);
    place.settings.limits.min_peers = 6;
    place.start();  // with fewer peers than the minimum known, dashd would be asked: it is away
    REQUIRE(place.wait_for_peers(6));
    CHECK(place.status("/database/sources/p2p") == 7);
    place.stop();

    std::ifstream stream(place.settings.peer_file);
    const json saved = json::parse(stream);
    CHECK(saved.at("peers").size() == 8);
    CHECK(saved.at("peers").contains("127.0.0.1:" + std::to_string(place.dashd.port())));
    place.network.set_addresses({});
    place.start();
    CHECK(place.wait_for_peers(6));
}

TEST_CASE("an unreadable peer file is kept aside, and a missing database folder stops the broadcaster") {
    Place place(4);
    std::ofstream(place.settings.peer_file) << "{broken";
    place.start();
    place.stop();
    CHECK(std::filesystem::exists(place.settings.peer_file.string() + ".unreadable"));
    CHECK(std::filesystem::exists(place.settings.peer_file));
    BroadcasterSettings settings = place.settings;
    settings.database = "/nonexistent/p2pool.sqlite3";
    CHECK_THROWS_AS(Broadcaster{settings}, dash::ConfigError);
}

TEST_CASE("announcements of blocks are counted") {
    Place place(3);
    place.add_peers(1, 2, Manner::kHonest);
    place.write_peer_file(2);
    place.start();
    REQUIRE(place.wait_for_peers(2));
    for (const std::uint64_t block : {1U, 2U, 3U})
        place.network.announce(peer_address(1), Uint256(block));
    place.network.announce(peer_address(2), Uint256(1));
    CHECK(tests::wait_until(
        [&] {
            std::uint64_t relayed = 0;
            for (const json& peer : place.status("/peers/active"))
                relayed += peer.at("blocks_relayed").get<std::uint64_t>();
            return relayed == 4;
        },
        10s));
}

TEST_CASE("a peer that announces blocks without end goes, the others stay") {
    Place place(3);
    place.add_peers(1, 2, Manner::kHonest);
    place.write_peer_file(2);
    place.start();
    REQUIRE(place.wait_for_peers(2));
    for (std::uint64_t block = 1; block <= 2200; ++block)
        place.network.announce(peer_address(1), Uint256(block));
    place.network.announce(peer_address(2), Uint256(1));
    CHECK(tests::wait_until(
        [&] {
            const json active = place.status("/peers/active");
            return active.size() == 1 && active.at(0).at("blocks_relayed") == 1;
        },
        10s));
}
