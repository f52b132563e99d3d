#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>

#include "dash/broadcaster/broadcaster.h"
#include "dash/broadcaster/peer_file.h"
#include "dash/p2p/peer_connection.h"
#include "dash/submission/pipeline.h"
#include "dash/util/log.h"
#include "tests/bench/emulated_link.h"
#include "tests/support/needs.h"
#include "tests/support/process.h"
#include "tests/unit/broadcaster/network_peers.h"
#include "tests/unit/broadcaster/test_block.h"

/// How soon 20 peers have a block, over 50 ms round trip time and 20 Mbit/s: pushed compact first, as the broadcaster
/// does, and as full blocks only, as the python node did. The peers hold the block's transactions.
namespace {

using namespace std::chrono_literals;
using bench::EmulatedLink;
using Clock = std::chrono::steady_clock;
using tests::NetworkPeers;
namespace asio = boost::asio;

constexpr std::size_t kPeers = 20;

std::string peer_address(std::size_t i) {
    return "10.77.1." + std::to_string(i + 1);
}

struct Result {
    std::vector<double> ms;  ///< of the peers that have the block, ascending
    std::size_t bytes = 0;   ///< on the uplink, until everything was sent

    [[nodiscard]] double percentile(std::size_t percent) const {
        const std::size_t place = (kPeers * percent + 99) / 100;
        return ms.size() < place ? -1 : ms[place - 1];
    }
};

/// The far side, and a block all its peers can rebuild.
struct World {
    World(const EmulatedLink& its_link, std::size_t block_bytes)
        : link(its_link), block(tests::block_of_size(block_bytes)) {
        link.enter_far();
        peers = std::make_unique<NetworkPeers>();
        for (std::size_t i = 0; i < kPeers; ++i)
            peers->add(peer_address(i), NetworkPeers::Manner::kHonest);
        peers->set_mempool({block.transactions.begin() + 1, block.transactions.end()});
        link.enter_near();
    }

    /// Calls `push` when all peers are connected, and waits until the uplink is quiet.
    Result measure(const std::function<void(const dash::submission::WonBlock&)>& push) {
        if (!tests::wait_until([&] { return peers->ready_connections() == kPeers; }, 30s)) {
            throw std::runtime_error("not all peers are connected");
        }
        std::this_thread::sleep_for(500ms);
        const auto won = tests::won(block);
        const std::size_t before = link.uplink_bytes();
        const auto begin = Clock::now();
        push(won);
        tests::wait_until([&] { return peers->with_block(won.hash) == kPeers; }, 120s);
        for (std::size_t sent = 0; sent != link.uplink_bytes(); std::this_thread::sleep_for(300ms))
            sent = link.uplink_bytes();
        Result result;
        result.bytes = link.uplink_bytes() - before;
        for (std::size_t i = 0; i < kPeers; ++i) {
            const auto complete = peers->sight(peer_address(i), won.hash).complete;
            if (complete) result.ms.push_back(std::chrono::duration<double, std::milli>(*complete - begin).count());
        }
        std::sort(result.ms.begin(), result.ms.end());
        return result;
    }

    const EmulatedLink& link;
    dash::Block block;
    std::unique_ptr<NetworkPeers> peers;
};

Result push_compact(const EmulatedLink& link, std::size_t block_bytes) {
    World world(link, block_bytes);
    const tests::TemporaryFolder folder("broadcast-bench");
    dash::broadcaster::BroadcasterSettings settings;
    settings.chain = &dash::dash_regtest();
    settings.limits = {kPeers + 1, kPeers};
    settings.user_agent = "/bench/";
    settings.dashd_port = 1;
    settings.peer_port = world.peers->port();
    settings.peer_file = folder.path() / "broadcast_peers.json";
    settings.database = folder.path() / "p2pool.sqlite3";
    settings.check_interval = 50ms;
    dash::broadcaster::PeerFile file;
    file.bootstrapped = true;
    for (std::size_t i = 0; i < kPeers; ++i) {
        dash::broadcaster::PeerRecord record;
        record.address =
            *dash::broadcaster::parse_peer_address(peer_address(i) + ":" + std::to_string(settings.peer_port));
        record.last_seen = dash::system_clock().unix_seconds();
        file.peers.push_back({record, 0});
    }
    std::ofstream(settings.peer_file) << to_json_text(file);
    dash::broadcaster::Broadcaster broadcaster(settings);
    dash::submission::PipelineSettings pipeline_settings;
    pipeline_settings.chain = settings.chain;
    pipeline_settings.rpc.port = 1;
    pipeline_settings.link.port = 1;
    pipeline_settings.database = settings.database;
    pipeline_settings.senders.push_back(broadcaster.factory());
    pipeline_settings.schedule.stop_grace = 10ms;
    asio::io_context reports;
    dash::submission::Pipeline pipeline(std::move(pipeline_settings), reports.get_executor(), [](const auto&) {});
    pipeline.start();
    return world.measure([&](const dash::submission::WonBlock& won) { pipeline.submit(won); });
}

Result push_full(const EmulatedLink& link, std::size_t block_bytes) {
    World world(link, block_bytes);
    asio::io_context io;
    std::vector<std::unique_ptr<dash::p2p::PeerConnection>> connections;
    for (std::size_t i = 0; i < kPeers; ++i) {
        dash::p2p::PeerSettings settings;
        settings.magic = dash::dash_regtest().p2p_magic;
        settings.pong_timeout = 600s;
        connections.push_back(std::make_unique<dash::p2p::PeerConnection>(
            io.get_executor(), settings, dash::p2p::PeerConnection::Policy(), dash::system_clock()));
        asio::co_spawn(io, connections.back()->run(peer_address(i), world.peers->port()), asio::detached);
    }
    std::thread thread([&] { io.run(); });
    const Result result = world.measure([&](const dash::submission::WonBlock& won) {
        const auto frame = dash::p2p::encode_frame(dash::dash_regtest().p2p_magic, "block", *won.bytes);
        asio::post(io, [&connections, frame] {
            for (const auto& connection : connections)
                connection->send(frame);
        });
    });
    io.stop();
    thread.join();
    return result;
}

void print(std::size_t block_bytes, const char* manner, const Result& result) {
    std::printf("%9zu  %-12s %9.0f %9.0f %9.0f %12zu\n", block_bytes, manner, result.percentile(50),
                result.percentile(90), result.percentile(100), result.bytes);
    std::fflush(stdout);
}

}  // namespace

int main() {
    dash::log::Settings quiet;
    quiet.console = false;
    dash::log::configure(quiet);
    const auto link = EmulatedLink::create({});
    if (link == nullptr) tests::skip("run it as root: it makes network namespaces and TUN devices");
    std::printf("20 peers, 50 ms round trip, 20 Mbit/s shared uplink; ms until so many peers have the block\n");
    std::printf("    block  push              50 %%      90 %%     100 %%   bytes sent\n");
    double gain = 0;
    for (const std::size_t block_bytes : {20'000U, 200'000U, 2'000'000U}) {
        const Result compact = push_compact(*link, block_bytes);
        print(block_bytes, "compact", compact);
        const Result full = push_full(*link, block_bytes);
        print(block_bytes, "full only", full);
        gain = full.percentile(90) / compact.percentile(90);
    }
    std::printf("The largest block reaches 90 %% of the peers %.1f times sooner by compact push.\n", gain);
    constexpr double kPromised = 5;
    return gain >= kPromised ? 0 : 1;
}
