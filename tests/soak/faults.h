#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/soak/cluster.h"
#include "tests/support/blocking_socket.h"
#include "tests/support/process.h"

namespace soak {

/// One thing that goes wrong with a real node sooner or later, chosen at random. Of every six minutes the last two and
/// a half are without kills and troubles of the daemon: time for everything to come right.
class Faults {
  public:
    Faults(Cluster& cluster, std::uint64_t seed);

    /// Does the next one; what it was. `before_kill` is called right before a node is killed, `after_kill` right after.
    struct KillEvents {
        std::function<void(Node&)> before_kill;
        std::function<void(Node&)> after_kill;
    };
    std::string next(double now, const KillEvents& events);
    /// Seconds until the next one.
    [[nodiscard]] double pause() { return static_cast<double>(between(15, 45)); }
    /// Starts what was to be started again. True when something was.
    bool restart_what_is_due(double now);
    /// Nothing happens any more; everything is back soon.
    void end(double now);

    /// When all that was broken on purpose is whole again, in seconds since the soak's begin.
    [[nodiscard]] double whole_at() const { return whole_at_; }
    /// What an orderly stop gave that should not be; emptied.
    [[nodiscard]] std::vector<std::string> take_complaints() { return std::exchange(complaints_, {}); }

  private:
    struct Kind {
        unsigned weight;
        bool breaks;  ///< shares and blocks are held up by it
        std::string (Faults::*run)(double now, const KillEvents& events);
    };
    static const std::vector<Kind>& kinds();

    std::string kill_node(double now, const KillEvents& events);
    std::string stop_node(double now, const KillEvents& events);
    std::string take_daemon_away(double now, const KillEvents& events);
    std::string confuse_daemon(double now, const KillEvents& events);
    std::string reorganise(double now, const KillEvents& events);
    std::string find_foreign_blocks(double now, const KillEvents& events);
    std::string send_transactions(double now, const KillEvents& events);
    std::string send_hostile_peers(double now, const KillEvents& events);
    std::string send_silent_miners(double now, const KillEvents& events);
    std::string send_junk_miners(double now, const KillEvents& events);
    std::string send_noise(double now, const KillEvents& events);
    std::string send_readers(double now, const KillEvents& events);

    [[nodiscard]] std::uint64_t between(std::uint64_t least, std::uint64_t most);
    /// One of those that live through all.
    [[nodiscard]] Node& target();
    void start_attacker(std::vector<std::string> command);
    /// The daemon's answer does not matter; that it is away just now, neither.
    void ask_daemon(const std::string& method, const nlohmann::json& params) const;

    Cluster& cluster_;
    std::mt19937_64 random_;
    double restart_at_ = 0;  ///< of the victim, when it does not run
    double whole_at_ = 0;
    std::deque<std::unique_ptr<tests::ChildProcess>> attackers_;
    std::size_t attackers_started_ = 0;
    std::deque<std::unique_ptr<tests::BlockingSocket>> readers_;  ///< who asked for events and take none
    std::vector<std::string> complaints_;
};

}  // namespace soak
