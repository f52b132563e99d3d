#include "tests/soak/faults.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/http_page.h"

namespace soak {
namespace {

/// Beyond the fault itself: connections come back, templates are asked for, shares are exchanged.
constexpr double kRecoverySeconds = 20;
constexpr std::size_t kMostAttackers = 3;
constexpr std::size_t kMostReaders = 20;
constexpr double kCycleSeconds = 360;
constexpr double kBrokenSeconds = 210;
constexpr std::array kPages = {"/",
                               "/local_stats",
                               "/global_stats",
                               "/broadcaster_status",
                               "/metrics",
                               "/api/v1/overview",
                               "/api/v1/miners",
                               "/api/v1/blocks",
                               "/api/v1/payouts",
                               "/api/v1/shares",
                               "/api/v1/heads",
                               "/api/v1/stratum",
                               "/api/v1/peers",
                               "/api/v1/broadcaster",
                               "/api/v1/graphs",
                               "/api/v1/alerts"};

}  // namespace

Faults::Faults(Cluster& cluster, std::uint64_t seed) : cluster_(cluster), random_(seed) {}

const std::vector<Faults::Kind>& Faults::kinds() {
    static const std::vector<Kind> all = {
        {4, true, &Faults::kill_node},           {1, true, &Faults::stop_node},
        {2, true, &Faults::take_daemon_away},    {2, true, &Faults::confuse_daemon},
        {3, false, &Faults::reorganise},         {3, false, &Faults::find_foreign_blocks},
        {3, false, &Faults::send_transactions},  {1, false, &Faults::send_hostile_peers},
        {1, false, &Faults::send_silent_miners}, {1, false, &Faults::send_junk_miners},
        {1, false, &Faults::send_noise},         {2, false, &Faults::send_readers},
    };
    return all;
}

std::uint64_t Faults::between(std::uint64_t least, std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(least, most)(random_);
}

std::string Faults::next(double now, const KillEvents& events) {
    const bool may_break = std::fmod(now, kCycleSeconds) < kBrokenSeconds;
    const auto weight = [may_break](const Kind& kind) { return kind.breaks && !may_break ? 0U : kind.weight; };
    unsigned total = 0;
    for (const Kind& kind : kinds())
        total += weight(kind);
    auto ticket = static_cast<unsigned>(between(0, total - 1));
    for (const Kind& kind : kinds()) {
        if (ticket < weight(kind)) return (this->*kind.run)(now, events);
        ticket -= weight(kind);
    }
    return {};
}

bool Faults::restart_what_is_due(double now) {
    if (cluster_.victim().is_meant_to_run() || now < restart_at_) return false;
    cluster_.victim().start(now);
    whole_at_ = std::max(whole_at_, now + kRecoverySeconds);
    return true;
}

void Faults::end(double now) {
    attackers_.clear();
    restart_at_ = now;
    restart_what_is_due(now);
}

std::string Faults::kill_node(double now, const KillEvents& events) {
    Node& victim = cluster_.victim();
    if (!victim.is_meant_to_run()) return "node " + victim.name() + " is down";
    events.before_kill(victim);
    victim.kill();
    events.after_kill(victim);
    restart_at_ = now + static_cast<double>(between(0, 10));
    return "kill -9 of node " + victim.name();
}

std::string Faults::stop_node(double now, const KillEvents&) {
    Node& victim = cluster_.victim();
    if (!victim.is_meant_to_run()) return "node " + victim.name() + " is down";
    const int code = victim.stop();
    if (code != 0) complaints_.push_back("node " + victim.name() + " stopped with exit code " + std::to_string(code));
    restart_at_ = now + static_cast<double>(between(0, 10));
    return "stop of node " + victim.name();
}

void Faults::ask_daemon(const std::string& method, const nlohmann::json& params) const {
    try {
        cluster_.daemon()(method, params);
    } catch (const std::runtime_error&) {  // away, or answering nonsense, by another fault
    }
}

std::string Faults::take_daemon_away(double now, const KillEvents&) {
    const std::uint64_t down = between(1, 30);
    const std::uint64_t warm_up = between(1, 5);
    ask_daemon("simnet_restart", {down, warm_up});
    whole_at_ = std::max(whole_at_, now + static_cast<double>(down + warm_up) + kRecoverySeconds);
    return "dashd away for " + std::to_string(down) + " s";
}

std::string Faults::confuse_daemon(double now, const KillEvents&) {
    static const std::vector<std::string> names = {"hang_rpc",   "busy_rpc",           "garbled_rpc",  "silent_p2p",
                                                   "refuse_p2p", "reject_credentials", "initial_sync", "refuse_rpc"};
    const std::string& name = names[between(0, names.size() - 1)];
    const std::uint64_t seconds = between(3, 20);
    ask_daemon("simnet_fault", nlohmann::json::array({{{name, true}, {"seconds", seconds}}}));
    whole_at_ = std::max(whole_at_, now + static_cast<double>(seconds) + kRecoverySeconds);
    return "dashd: " + name + " for " + std::to_string(seconds) + " s";
}

std::string Faults::reorganise(double, const KillEvents&) {
    const std::uint64_t depth = between(1, 2);
    ask_daemon("simnet_fork", {depth, depth + 1});
    return "reorganisation of " + std::to_string(depth) + " blocks";
}

std::string Faults::find_foreign_blocks(double, const KillEvents&) {
    ask_daemon("simnet_mine", {between(1, 2)});
    return "blocks of others";
}

std::string Faults::send_transactions(double, const KillEvents&) {
    ask_daemon("simnet_mempool", nlohmann::json::array({{{"payments", between(1, 30)}}}));
    return "transactions";
}

Node& Faults::target() {
    std::size_t index = between(0, Cluster::kNodes - 2);
    if (index >= Cluster::kVictim) ++index;
    return *cluster_.nodes()[index];
}

void Faults::start_attacker(std::vector<std::string> command) {
    command.front() = (tests::program_dir() / command.front()).string();
    if (attackers_.size() == kMostAttackers) attackers_.pop_front();
    attackers_.push_back(std::make_unique<tests::ChildProcess>(
        command, cluster_.folder() / ("attacker-" + std::to_string(++attackers_started_) + ".log")));
}

std::string Faults::send_hostile_peers(double, const KillEvents&) {
    Node& node = target();
    start_attacker({"hostile-peers", "--port", std::to_string(node.ports().p2p), "--connections", "10", "--seconds",
                    std::to_string(between(3, 8)), "--seed", std::to_string(random_())});
    return "hostile peers for node " + node.name();
}

std::string Faults::send_silent_miners(double, const KillEvents&) {
    Node& node = target();
    start_attacker({"stratum-client", "--mode", "silent", "--connections", "200", "--duration", "20",
                    "127.0.0.1:" + std::to_string(node.ports().worker)});
    return "200 silent miners for node " + node.name();
}

std::string Faults::send_junk_miners(double, const KillEvents&) {
    Node& node = target();
    start_attacker({"stratum-client", "--mode", "submit", "--junk", "--connections", "5", "--rate", "100", "--duration",
                    "5", "127.0.0.1:" + std::to_string(node.ports().worker)});
    return "miners with junk for node " + node.name();
}

std::string Faults::send_noise(double, const KillEvents&) {
    Node& node = target();
    for (const std::uint16_t port : {node.ports().worker, node.ports().p2p}) {
        for (int i = 0; i < 10; ++i) {
            std::string noise(between(1, 5000), '\0');
            for (char& byte : noise)
                byte = static_cast<char>(between(0, 255));
            try {
                tests::BlockingSocket(port).send(noise);
            } catch (const std::runtime_error&) {  // it hung up, as it may
            }
        }
    }
    return "noise for node " + node.name();
}

std::string Faults::send_readers(double, const KillEvents&) {
    constexpr int kRounds = 5;
    Node& node = target();
    try {
        for (int round = 0; round < kRounds; ++round) {
            if (readers_.size() == kMostReaders) readers_.pop_front();
            readers_.push_back(std::make_unique<tests::BlockingSocket>(node.ports().worker));
            readers_.back()->send("GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            for (const char* page : kPages)
                (void)tests::http_page(node.ports().worker, page);
        }
    } catch (const std::runtime_error&) {  // refused: for another fault's junk, or as too much at once
    }
    return "readers of pages for node " + node.name();
}

}  // namespace soak
