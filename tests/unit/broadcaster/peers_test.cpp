#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dash/broadcaster/broadcaster.h"
#include "dash/broadcaster/peer_file.h"
#include "dash/submission/pipeline.h"
#include "dash/util/log.h"
#include "dash/util/sqlite.h"
#include "tests/support/process.h"
#include "tests/unit/broadcaster/network_peers.h"
#include "tests/unit/broadcaster/test_block.h"
#include "tests/unit/p2p/fake_peer.h"

using namespace dash::broadcaster;
using namespace std::chrono_literals;
using dash::Uint256;
using dash::submission::Pipeline;
using dash::submission::PipelineSettings;
using dash::submission::SubmissionReport;
using nlohmann::json;
using tests::NetworkPeers;
using Manner = NetworkPeers::Manner;

namespace {

[[maybe_unused]] const bool kQuiet = [] {
    dash::log::Settings settings;
    settings.console = false;
    dash::log::configure(settings);
    return true;
}();

std::string peer_address(int number) {
    return "127.0.7." + std::to_string(number);
}

/// The pipeline with a broadcaster, beside a dashd that takes blocks by P2P (its RPC is away).
struct Place {
    explicit Place(int max_peers = 31) {
        settings.chain = &dash::dash_regtest();
        settings.limits = {.max_peers = static_cast<std::size_t>(max_peers),
                           .min_peers = static_cast<std::size_t>(max_peers - 1)};
        settings.user_agent = "/P2Pool:test/";
        settings.dashd_port = dashd.port();
        settings.peer_port = network.port();
        settings.peer_file = folder.path() / "broadcast_peers.json";
        settings.database = folder.path() / "p2pool.sqlite3";
        settings.check_interval = 20ms;
        settings.status_interval = 20ms;
        settings.dial_timeout = 300ms;
    }
    ~Place() { stop(); }

    void add_peers(int first, int count, Manner manner) {
        for (int i = first; i < first + count; ++i)
            network.add(peer_address(i), manner);
    }
    /// Peers 1 … count stand in the peer file.
    void write_peer_file(int count) const {
        PeerFile file;
        file.bootstrapped = true;
        file.local_dashd = "127.0.0.1:" + std::to_string(dashd.port());
        for (int i = 1; i <= count; ++i) {
            PeerRecord record;
            record.address = *parse_peer_address(peer_address(i) + ":" + std::to_string(network.port()));
            record.first_seen = record.last_seen = dash::system_clock().unix_seconds();
            file.peers.push_back({record, 100});
        }
        std::ofstream(settings.peer_file) << to_json_text(file);
    }
    void start() {
        broadcaster = std::make_unique<Broadcaster>(settings);
        PipelineSettings pipeline_settings;
        pipeline_settings.chain = settings.chain;
        pipeline_settings.rpc.port = 1;  // nobody listens
        pipeline_settings.link = dashd.link_settings();
        pipeline_settings.database = settings.database;
        pipeline_settings.senders.push_back(broadcaster->factory());
        pipeline_settings.schedule.stop_grace = 100ms;
        pipeline = std::make_unique<Pipeline>(std::move(pipeline_settings), reports.get_executor(),
                                              [](const SubmissionReport&) {});
        pipeline->start();
    }
    void stop() {
        if (pipeline) pipeline->stop();
        pipeline.reset();
    }
    /// Waits until so many network peers are connected, as the broadcaster sees it.
    [[nodiscard]] bool wait_for_peers(std::size_t count) const {
        return tests::wait_until([&] { return status("/health/active_connections") == count; }, 20s);
    }
    [[nodiscard]] json status(const std::string& pointer) const {
        return broadcaster->status().value(json::json_pointer(pointer), json());
    }
    [[nodiscard]] bool wait_for_broadcasts(int count) const {
        return tests::wait_until([&] { return status("/statistics/blocks_broadcast") == count; }, 20s);
    }

    /// Milliseconds from now, when the block is won, until each of the peers has it; nothing when one has not in time.
    [[nodiscard]] std::vector<double> win(const dash::Block& block, int first, int count) {
        const auto won = tests::won(block);
        const auto begin = std::chrono::steady_clock::now();
        pipeline->submit(won);
        const auto has_it = [&](int i) { return network.sight(peer_address(i), won.hash).complete.has_value(); };
        const bool all = tests::wait_until(
            [&] {
                for (int i = first; i < first + count; ++i) {
                    if (!has_it(i)) return false;
                }
                return true;
            },
            20s);
        std::vector<double> times;
        for (int i = first; all && i < first + count; ++i) {
            const auto complete = network.sight(peer_address(i), won.hash).complete;
            times.push_back(std::chrono::duration<double, std::milli>(*complete - begin).count());
        }
        std::sort(times.begin(), times.end());
        return times;
    }

    tests::TemporaryFolder folder{"broadcaster"};
    tests::FakePeer dashd;
    NetworkPeers network;
    BroadcasterSettings settings;
    boost::asio::io_context reports;
    std::unique_ptr<Broadcaster> broadcaster;
    std::unique_ptr<Pipeline> pipeline;
};

}  // namespace

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
    CHECK(rows.real(2) < 50);
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
