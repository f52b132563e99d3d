#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "dash/primitives/target.h"
#include "tests/bench/support/load.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/own_network.h"
#include "tests/unit/broadcaster/network_peers.h"

/// The node with 20 peers of the Dash network and 1,000 miners that submit: how soon after a winning submit each peer
/// has the block's first byte, and what the broadcaster costs the miners. Daemon, node, peers and miners share this
/// machine's processors and its loopback.
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using tests::NetworkPeers;
namespace po = boost::program_options;

constexpr std::size_t kPeers = 20;
constexpr std::uint16_t kRegtestPort = 19899;
/// A block takes about 4,096 hashes.
constexpr std::uint32_t kBits = 0x1f0fffff;
constexpr double kFirstByteGoalMs = 5;
/// Of the 99th percentile: whichever is larger.
constexpr double kAllowedShare = 0.10;
constexpr double kAllowedMs = 0.5;

struct Options {
    int miners = 1000;
    int rate = 1000;
    int blocks = 20;
    int runs = 5;
    int run_seconds = 10;
    bool help = false;
};

po::options_description describe(Options& options) {
    po::options_description description("Measures the broadcaster under load.\n\nOptions");
    auto add = description.add_options();
    add("help,h", po::bool_switch(&options.help), "show this and exit");
    add("miners,m", po::value(&options.miners)->default_value(options.miners), "connections");
    add("rate,r", po::value(&options.rate)->default_value(options.rate), "submits a second of all miners");
    add("blocks,b", po::value(&options.blocks)->default_value(options.blocks), "blocks to win for the first bytes");
    add("runs", po::value(&options.runs)->default_value(options.runs), "with and without the broadcaster, in turn");
    add("seconds,s", po::value(&options.run_seconds)->default_value(options.run_seconds), "length of a run");
    return description;
}

std::string peer_address(std::size_t i) {
    return "127.0.7." + std::to_string(i + 1);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// The node with its daemon, and peers that announce more transactions than the Dash network ever has.
class World {
  public:
    explicit World(bool broadcaster) {
        if (broadcaster) {
            peers_ = std::make_unique<NetworkPeers>(kRegtestPort);
            for (std::size_t i = 0; i < kPeers; ++i)
                peers_->add(peer_address(i), NetworkPeers::Manner::kHonest);
            write_peer_file();
        }
        char bits[16];
        std::snprintf(bits, sizeof bits, "%08x", kBits);
        daemon_ = end_to_end::make_simnet(folder_.path(), {"--bits", bits});
        const std::vector<std::string> with = {"--broadcaster-max-peers", std::to_string(kPeers + 1),
                                               "--broadcaster-min-peers", std::to_string(kPeers)};
        node_ = std::make_unique<end_to_end::NodeProcess>(
            *daemon_, folder_.path(), broadcaster ? with : std::vector<std::string>{"--disable-broadcaster"});
        node_->wait_until_ready();
        if (peers_ == nullptr) return;
        if (!tests::wait_until([&] { return peers_->ready_connections() == kPeers; }, 60s)) {
            throw std::runtime_error("not all peers are connected");
        }
        gossip_ = std::thread([this] {
            constexpr std::size_t kEach = 10;
            while (!stopped_) {
                peers_->announce_transactions(kEach);
                std::this_thread::sleep_for(100ms);
            }
        });
    }
    ~World() {
        stopped_ = true;
        if (gossip_.joinable()) gossip_.join();
        node_->process().stop();
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    [[nodiscard]] const NetworkPeers& peers() const { return *peers_; }
    [[nodiscard]] std::uint16_t worker_port() const { return node_->worker_port(); }
    /// Miners that submit for so long.
    [[nodiscard]] std::unique_ptr<tests::ChildProcess> start_load(const Options& options, int seconds) const {
        return std::make_unique<tests::ChildProcess>(
            std::vector<std::string>{(tests::program_dir() / "stratum-client").string(), "--json", "--duration",
                                     std::to_string(seconds), "--mode", "submit", "-c", std::to_string(options.miners),
                                     "--users", "50", "--rate", std::to_string(options.rate), "--difficulty",
                                     bench::kEasySubmit, "127.0.0.1:" + std::to_string(worker_port())},
            folder_.path() / "load.json");
    }

  private:
    void write_peer_file() const {
        const auto now = static_cast<double>(std::time(nullptr));
        nlohmann::json known = nlohmann::json::object();
        for (std::size_t i = 0; i < kPeers; ++i) {
            known[peer_address(i) + ":" + std::to_string(kRegtestPort)] = {
                {"score", 100}, {"first_seen", now}, {"last_seen", now}, {"source", "p2p"}};
        }
        const auto folder = folder_.path() / "data" / "dash_regtest";
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "broadcast_peers.json") << nlohmann::json{
            {"version", "1.0"}, {"last_updated", now}, {"bootstrapped", true}, {"local_dashd", ""}, {"peers", known}};
    }

    tests::TemporaryFolder folder_{"broadcast-load"};
    std::unique_ptr<NetworkPeers> peers_;
    std::unique_ptr<end_to_end::Daemon> daemon_;
    std::unique_ptr<end_to_end::NodeProcess> node_;
    std::atomic<bool> stopped_ = false;
    std::thread gossip_;
};

/// From the submit until the last of all peers has read the first byte; nullopt: not all got it.
std::optional<double> first_bytes_ms(const World& world, end_to_end::Miner& miner) {
    miner.take_in(20ms);
    const end_to_end::Found found = miner.search(dash::target_from_bits(kBits));
    const auto begin = Clock::now();
    static_cast<void>(miner.submit(found));
    if (!tests::wait_until([&] { return world.peers().with_block(found.hash) == kPeers; }, 5s)) return std::nullopt;
    auto last = begin;
    for (std::size_t i = 0; i < kPeers; ++i)
        last = std::max(last, *world.peers().sight(peer_address(i), found.hash).first_byte);
    return std::chrono::duration<double, std::milli>(last - begin).count();
}

void measure_first_bytes(const Options& options) {
    const World world(true);
    end_to_end::Miner miner(world.worker_port(), end_to_end::miner_address(1) + "+0");
    constexpr int kLongEnough = 3600;
    const auto load = world.start_load(options, kLongEnough);
    std::this_thread::sleep_for(5s);
    std::vector<double> times;
    // A block that a miner of the load finds meanwhile makes ours a late one, which is not broadcast.
    for (int tries = 0; static_cast<int>(times.size()) < options.blocks && tries < 10 * options.blocks; ++tries) {
        if (const auto ms = first_bytes_ms(world, miner)) times.push_back(*ms);
    }
    if (times.empty()) throw std::runtime_error("no block was broadcast");
    const auto in_time = std::count_if(times.begin(), times.end(), [](double ms) { return ms <= kFirstByteGoalMs; });
    std::printf("Submit -> first byte on all of %zu sockets, %d miners, %d submits/s: %zu blocks\n", kPeers,
                options.miners, options.rate, times.size());
    std::printf("  median %.2f ms (%.2f of the goal), worst %.2f ms, within %.0f ms: %td of %zu\n", median(times),
                median(times) / kFirstByteGoalMs, *std::max_element(times.begin(), times.end()), kFirstByteGoalMs,
                in_time, times.size());
    std::fflush(stdout);
}

double submit_p99_ms(const Options& options, bool broadcaster) {
    const World world(broadcaster);
    const auto load = world.start_load(options, options.run_seconds);
    load->wait(std::chrono::seconds(options.run_seconds + 60));
    const std::string text = load->output();
    const auto result = nlohmann::json::parse(text.substr(std::min(text.find('{'), text.size())));
    const double p99 = result.at("answers").at("p99_ms").get<double>();
    std::printf("  %-22s p50 %.2f ms, p99 %.2f ms, %llu submits, %llu blocks\n",
                broadcaster ? "broadcaster busy" : "--disable-broadcaster",
                result.at("answers").at("p50_ms").get<double>(), p99,
                static_cast<unsigned long long>(result.at("answers").at("count").get<std::uint64_t>()),
                static_cast<unsigned long long>(result.at("blocks").get<std::uint64_t>()));
    std::fflush(stdout);
    return p99;
}

void measure_submits(const Options& options) {
    std::printf("Submit -> answer, %d miners, %d submits/s, a block every %.0f s, peers announce %zu transactions/s\n",
                options.miners, options.rate, 4096.0 * 4 / (4.0 * options.rate), 100 * kPeers);
    std::vector<double> with;
    std::vector<double> without;
    for (int run = 0; run < options.runs; ++run) {
        with.push_back(submit_p99_ms(options, true));
        without.push_back(submit_p99_ms(options, false));
    }
    const double difference = median(with) - median(without);
    const double allowed = std::max(kAllowedMs, kAllowedShare * median(without));
    std::printf("  median p99: %.2f ms busy, %.2f ms disabled, ratio %.2f, difference %.2f ms (allowed %.2f ms)\n",
                median(with), median(without), median(with) / median(without), difference, allowed);
}

}  // namespace

int main(int argument_count, char** arguments) {
    Options options;
    const po::options_description description = describe(options);
    try {
        po::variables_map values;
        po::store(po::parse_command_line(argument_count, arguments, description), values);
        po::notify(values);
        if (options.help) {
            std::cout << description;
            return 0;
        }
        tests::enter_own_network();
        bench::print_machine();
        std::cout.flush();
        measure_first_bytes(options);
        measure_submits(options);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "broadcast_load_bench: " << error.what() << "\n";
        return 1;
    }
}
