#include "tests/soak/cluster.h"

#include <random>
#include <set>

#include "tests/support/blocking_socket.h"
#include "tests/support/http_page.h"

namespace soak {
namespace {

using std::chrono::seconds;

/// 260,000 hashes a block: with the miners below one in ten seconds.
const std::vector<std::string> kDaemonFlags = {"--bits", "1e3fffff"};
/// Hashes a submit takes: 430. Three miners with these take a fifth of a processor core.
constexpr const char* kMinerDifficulty = "0.0000001";
constexpr const char* kSubmitsPerSecond = "20";
constexpr seconds kStopPatience{30};
/// Below the ports that the system gives to outgoing connections: a node that is down a while finds its own free again.
constexpr std::uint16_t kLeastPort = 20'000;
constexpr std::uint16_t kMostPort = 32'000;

bool is_free(std::uint16_t port) {
    try {
        const tests::BlockingSocket somebody(port);
        return false;
    } catch (const std::runtime_error&) {
        return true;
    }
}

std::vector<end_to_end::NodePorts> lasting_ports(std::size_t nodes) {
    std::random_device random;
    std::set<std::uint16_t> chosen;
    while (chosen.size() < 2 * nodes) {
        const std::uint16_t port = std::uniform_int_distribution<std::uint16_t>(kLeastPort, kMostPort)(random);
        if (is_free(port)) chosen.insert(port);
    }
    std::vector<end_to_end::NodePorts> ports;
    for (auto port = chosen.begin(); port != chosen.end(); std::advance(port, 2))
        ports.push_back({*port, *std::next(port)});
    return ports;
}

std::vector<std::string> miner_command(std::uint16_t port, const std::string& address) {
    return {(tests::program_dir() / "stratum-client").string(),
            "--mode",
            "submit",
            "--rate",
            kSubmitsPerSecond,
            "--difficulty",
            kMinerDifficulty,
            "--reconnect",
            "--connections",
            "3",
            "--user",
            address,
            "127.0.0.1:" + std::to_string(port)};
}

}  // namespace

Node::Node(std::string name, std::vector<std::string> command, std::filesystem::path folder,
           end_to_end::NodePorts ports, const std::string& miner)
    : name_(std::move(name)),
      command_(std::move(command)),
      folder_(std::move(folder)),
      ports_(ports),
      log_(folder_ / "log.json"),
      miner_(std::make_unique<tests::ChildProcess>(miner_command(ports_.worker, miner), folder_ / "miner.log")) {}

void Node::start(double now) {
    process_ = std::make_unique<tests::ChildProcess>(command_, folder_ / "log.json");
    started_at_ = now;
    vitals_.clear();
}

void Node::kill() {
    process_->kill();
    process_.reset();
}

int Node::stop() {
    const int code = process_->stop(kStopPatience);
    process_.reset();
    return code;
}

std::vector<LogLine> Node::new_log_lines() {
    std::vector<LogLine> lines = log_.take();
    if (process_ == nullptr) log_.drop_partial_line();
    return lines;
}

std::filesystem::path Node::database() const {
    return folder_ / "data" / "dash_regtest" / "p2pool.sqlite3";
}

void Node::take_vitals(double now) {
    if (process_ == nullptr) return;
    if (const auto vitals = read_vitals(process_->pid(), now)) vitals_.push_back(*vitals);
}

Cluster::Cluster(const std::filesystem::path& folder, const std::string& node_program)
    : folder_(folder), daemon_(end_to_end::make_simnet(folder, kDaemonFlags)) {
    const std::vector<end_to_end::NodePorts> ports = lasting_ports(kNodes);
    for (std::size_t i = 0; i < kNodes; ++i) {
        const std::string name(1, static_cast<char>('A' + i));
        std::filesystem::create_directories(folder / name);
        std::vector<std::string> flags = {"--log-json"};
        for (std::size_t other = 0; other < kNodes; ++other) {
            if (other == i) continue;
            flags.insert(flags.end(), {"-n", "127.0.0.1:" + std::to_string(ports[other].p2p)});
        }
        std::vector<std::string> command = end_to_end::node_command(*daemon_, folder / name / "data", ports[i], flags);
        if (!node_program.empty()) command.front() = node_program;
        nodes_.push_back(std::make_unique<Node>(name, std::move(command), folder / name, ports[i],
                                                end_to_end::miner_address(static_cast<std::uint8_t>(i + 1))));
    }
}

void Cluster::start(double now) {
    for (const auto& node : nodes_)
        node->start(now);
}

Belief belief_of(const Node& node) {
    return {tests::http_page(node.ports().worker, "/web/best_share_hash"),
            tests::http_page(node.ports().worker, "/current_payouts")};
}

}  // namespace soak
