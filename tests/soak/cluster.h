#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/world.h"
#include "tests/soak/log_watch.h"
#include "tests/soak/vitals.h"

namespace soak {

/// One node with a miner of its own, over as many processes as it takes.
class Node {
  public:
    /// `command` starts it; its data stay in `folder`/data.
    Node(std::string name, std::vector<std::string> command, std::filesystem::path folder, end_to_end::NodePorts ports,
         const std::string& miner);

    void start(double now);
    /// kill -9.
    void kill();
    /// An orderly stop; the exit code. Throws when it takes too long.
    int stop();
    /// Ends the miner, for good.
    void stop_miner() { miner_.reset(); }

    [[nodiscard]] bool is_meant_to_run() const { return process_ != nullptr; }
    /// False also when it ended by itself.
    [[nodiscard]] bool is_running() { return process_ != nullptr && process_->running(); }
    [[nodiscard]] double started_at() const { return started_at_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const end_to_end::NodePorts& ports() const { return ports_; }
    [[nodiscard]] std::filesystem::path database() const;

    /// Those that came since the last call; of a process that was killed, all that it finished.
    [[nodiscard]] std::vector<LogLine> new_log_lines();
    void take_vitals(double now);
    /// Of the present process.
    [[nodiscard]] const std::vector<Vitals>& vitals() const { return vitals_; }

  private:
    std::string name_;
    std::vector<std::string> command_;
    std::filesystem::path folder_;
    end_to_end::NodePorts ports_;
    LogTail log_;
    std::unique_ptr<tests::ChildProcess> process_;
    std::unique_ptr<tests::ChildProcess> miner_;
    double started_at_ = 0;
    std::vector<Vitals> vitals_;
};

/// A daemon and three nodes that know each other. The second node is the one that is killed; the others live through
/// the whole soak, so that their memory can be judged.
class Cluster {
  public:
    static constexpr std::size_t kNodes = 3;
    static constexpr std::size_t kVictim = 1;

    /// `node_program` empty: the node of this build.
    Cluster(const std::filesystem::path& folder, const std::string& node_program);

    void start(double now);
    [[nodiscard]] const end_to_end::Rpc& daemon() const { return daemon_->rpc(); }
    [[nodiscard]] std::vector<std::unique_ptr<Node>>& nodes() { return nodes_; }
    [[nodiscard]] Node& victim() { return *nodes_[kVictim]; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  private:
    std::filesystem::path folder_;
    std::unique_ptr<end_to_end::Daemon> daemon_;
    std::vector<std::unique_ptr<Node>> nodes_;
};

/// What a node believes of the pool.
struct Belief {
    std::string best_share;
    std::string payouts;
};
/// Throws std::runtime_error when the node does not answer.
[[nodiscard]] Belief belief_of(const Node& node);

}  // namespace soak
