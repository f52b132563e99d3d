#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "dash/primitives/target.h"
#include "tests/bench/bench.h"
#include "tests/bench/measured_node.h"
#include "tests/end_to_end/miner.h"
#include "tests/unit/broadcaster/network_peers.h"

// The node with 20 peers of the Dash network and 1,000 miners that submit: how soon after a winning submit each peer
// has the block's first byte, and what the broadcaster costs the miners. All on loopback; broadcast_bench has
// distances.

namespace bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using tests::NetworkPeers;

constexpr std::size_t kPeers = 20;
constexpr std::uint16_t kRegtestPort = 19899;
/// A block takes about 4,096 hashes.
constexpr std::uint32_t kBits = 0x1f0fffff;
constexpr const char* kBitsText = "1f0fffff";
constexpr double kFirstByteGoalMilliseconds = 5;
/// Of the 99th percentile: whichever is larger.
constexpr double kDelayGoalProportion = 0.1;
constexpr double kDelayGoalMilliseconds = 0.5;
/// Submits a second.
constexpr int kRate = 1000;

Load miners_of(const MeasuredNode& node) {
    return {.port = node.worker_port(),
            .connections = settings().quick ? 50 : 1000,
            .users = 50,
            .submits_per_second = kRate};
}

std::string peer_address(std::size_t i) {
    return "127.0.7." + std::to_string(i + 1);
}

void write_peer_file(const std::filesystem::path& folder) {
    const auto now = static_cast<double>(std::time(nullptr));
    nlohmann::json known = nlohmann::json::object();
    for (std::size_t i = 0; i < kPeers; ++i) {
        known[peer_address(i) + ":" + std::to_string(kRegtestPort)] = {
            {"score", 100}, {"first_seen", now}, {"last_seen", now}, {"source", "p2p"}};
    }
    const auto datadir = folder / "data" / "dash_regtest";
    std::filesystem::create_directories(datadir);
    std::ofstream(datadir / "broadcast_peers.json") << nlohmann::json{
        {"version", "1.0"}, {"last_updated", now}, {"bootstrapped", true}, {"local_dashd", ""}, {"peers", known}};
}

/// Peers that announce more transactions than the Dash network ever has.
class GossipingPeers {
  public:
    GossipingPeers() : peers_(kRegtestPort) {
        for (std::size_t i = 0; i < kPeers; ++i)
            peers_.add(peer_address(i), NetworkPeers::Manner::kHonest);
    }
    ~GossipingPeers() {
        stopped_ = true;
        if (gossip_.joinable()) gossip_.join();
    }
    GossipingPeers(const GossipingPeers&) = delete;
    GossipingPeers& operator=(const GossipingPeers&) = delete;

    void start() {
        if (!tests::wait_until([&] { return peers_.ready_connections() == kPeers; }, 60s)) {
            throw std::runtime_error("not all peers are connected");
        }
        gossip_ = std::thread([this] {
            constexpr std::size_t kEach = 10;
            while (!stopped_) {
                peers_.announce_transactions(kEach);
                std::this_thread::sleep_for(100ms);
            }
        });
    }

    [[nodiscard]] const NetworkPeers& peers() const { return peers_; }

  private:
    NetworkPeers peers_;
    std::atomic<bool> stopped_ = false;
    std::thread gossip_;
};

std::unique_ptr<MeasuredNode> node_with_peers() {
    return std::make_unique<MeasuredNode>(
        kBitsText,
        std::vector<std::string>{"--broadcaster-max-peers", std::to_string(kPeers + 1), "--broadcaster-min-peers",
                                 std::to_string(kPeers)},
        write_peer_file);
}

/// From the submit until the last of all peers has read the first byte; nullopt: not all got it.
std::optional<double> first_bytes_ms(const NetworkPeers& peers, end_to_end::Miner& miner) {
    miner.take_in(20ms);
    const end_to_end::Found found = miner.search(dash::target_from_bits(kBits));
    const auto begin = Clock::now();
    static_cast<void>(miner.submit(found));
    if (!tests::wait_until([&] { return peers.with_block(found.hash) == kPeers; }, 5s)) return std::nullopt;
    auto last = begin;
    for (std::size_t i = 0; i < kPeers; ++i)
        last = std::max(last, *peers.sight(peer_address(i), found.hash).first_byte);
    return std::chrono::duration<double, std::milli>(last - begin).count();
}

/// Of the median block.
double first_bytes(benchmark::State& state) {
    GossipingPeers network;
    const auto node = node_with_peers();
    network.start();
    end_to_end::Miner miner(node->worker_port(), end_to_end::miner_address(1) + "+0");
    const auto load = start_submits(miners_of(*node), node->folder() / "load.json");
    std::this_thread::sleep_for(std::chrono::seconds(settings().quick ? 1 : 5));
    const std::size_t blocks = settings().quick ? 2 : 20;
    std::vector<double> times;
    // A block that a miner of the load finds meanwhile makes ours a late one, which is not broadcast.
    for (std::size_t tries = 0; times.size() < blocks && tries < 10 * blocks; ++tries) {
        if (const auto ms = first_bytes_ms(network.peers(), miner)) times.push_back(*ms);
    }
    count_against_goal(state, "median_ms", median(times), kFirstByteGoalMilliseconds);
    count_against_goal(state, "worst_ms", *std::max_element(times.begin(), times.end()), kFirstByteGoalMilliseconds);
    state.counters["blocks"] = static_cast<double>(times.size());
    state.counters["within_goal"] = static_cast<double>(
        std::count_if(times.begin(), times.end(), [](double ms) { return ms <= kFirstByteGoalMilliseconds; }));
    return median(times) / 1000;
}

double submit_p99(const MeasuredNode& node) {
    return submit(miners_of(node), settings().run_seconds).at("answers").at("p99_ms").get<double>();
}

/// The 99th percentile of submits while the broadcaster is busy, and without it, in turn.
double delays_of_submits(benchmark::State& state) {
    std::vector<double> with;
    std::vector<double> without;
    for (int run = 0; run < settings().runs; ++run) {
        {
            GossipingPeers network;
            const auto node = node_with_peers();
            network.start();
            with.push_back(submit_p99(*node));
        }
        without.push_back(submit_p99(MeasuredNode(kBitsText, {"--disable-broadcaster"})));
    }
    state.counters["p99_ms_busy"] = median(with);
    state.counters["p99_ms_disabled"] = median(without);
    count_against_goal(state, "moved_ms", median(with) - median(without),
                       std::max(kDelayGoalMilliseconds, kDelayGoalProportion * median(without)));
    return median(with) / 1000;
}

}  // namespace

void register_broadcast() {
    register_once("broadcast/first_byte_on_20_peers", first_bytes);
    register_once("broadcast/submits_meanwhile", delays_of_submits);
}

}  // namespace bench
