#include "tests/unit/broadcaster/broadcaster_place.h"

#include <algorithm>
#include <fstream>

#include "dash/broadcaster/peer_file.h"

namespace tests {

using namespace dash::broadcaster;
using namespace std::chrono_literals;
using dash::submission::Pipeline;
using dash::submission::PipelineSettings;
using nlohmann::json;

std::string peer_address(int number) {
    return "127.0.7." + std::to_string(number);
}

BroadcasterPlace::BroadcasterPlace(int max_peers, const dash::Clock& its_clock) : clock(its_clock) {
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

void BroadcasterPlace::add_peers(int first, int count, NetworkPeers::Manner manner) {
    for (int i = first; i < first + count; ++i)
        network.add(peer_address(i), manner);
}

void BroadcasterPlace::write_peer_file(int count) const {
    PeerFile file;
    file.bootstrapped = true;
    file.local_dashd = "127.0.0.1:" + std::to_string(dashd.port());
    for (int i = 1; i <= count; ++i) {
        PeerRecord record;
        record.address = *parse_peer_address(peer_address(i) + ":" + std::to_string(network.port()));
        record.first_seen = record.last_seen = clock.unix_seconds();
        file.peers.push_back({record, 100});
    }
    std::ofstream(settings.peer_file) << to_json_text(file);
}

void BroadcasterPlace::start() {
    broadcaster = std::make_unique<Broadcaster>(settings, clock);
    PipelineSettings pipeline_settings;
    pipeline_settings.chain = settings.chain;
    pipeline_settings.rpc.port = 1;  // nobody listens
    pipeline_settings.link = dashd.link_settings();
    pipeline_settings.link.peer.ping_interval = 50ms;
    pipeline_settings.database = settings.database;
    pipeline_settings.senders.push_back(broadcaster->factory());
    pipeline_settings.schedule.stop_grace = 100ms;
    if (second_dashd) {
        pipeline_settings.further.push_back(*second_dashd);
        pipeline_settings.best_daemon = [] { return 1; };
    }
    pipeline = std::make_unique<Pipeline>(
        std::move(pipeline_settings), reports.get_executor(), [](const auto&) {}, clock);
    pipeline->start();
}

void BroadcasterPlace::stop() {
    if (pipeline) pipeline->stop();
    pipeline.reset();
}

bool BroadcasterPlace::wait_for_peers(std::size_t count) const {
    return wait_until([&] { return status("/health/active_connections") == count; }, 20s);
}

json BroadcasterPlace::status(const std::string& pointer) const {
    return broadcaster->status().value(json::json_pointer(pointer), json());
}

bool BroadcasterPlace::wait_for_broadcasts(int count) const {
    return wait_until([&] { return status("/statistics/blocks_broadcast") == count; }, 20s);
}

std::vector<double> BroadcasterPlace::win(const dash::Block& block, int first, int count) {
    const auto won_block = won(block);
    const auto begin = std::chrono::steady_clock::now();
    pipeline->submit(won_block);
    const auto has_it = [&](int i) { return network.sight(peer_address(i), won_block.hash).complete.has_value(); };
    const bool all = wait_until(
        [&] {
            for (int i = first; i < first + count; ++i) {
                if (!has_it(i)) return false;
            }
            return true;
        },
        20s);
    std::vector<double> times;
    for (int i = first; all && i < first + count; ++i) {
        const auto complete = network.sight(peer_address(i), won_block.hash).complete;
        times.push_back(std::chrono::duration<double, std::milli>(*complete - begin).count());
    }
    std::sort(times.begin(), times.end());
    return times;
}

}  // namespace tests
