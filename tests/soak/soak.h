#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/soak/cluster.h"
#include "tests/soak/faults.h"
#include "tests/soak/ledger.h"
#include "tests/soak/sanitizer_reports.h"

namespace soak {

struct Settings {
    double hours = 1;
    std::filesystem::path folder;  ///< of logs and data
    std::string node_program;      ///< empty: this build's
    std::uint64_t seed = 0;
};

/// Runs a cluster under faults and holds it against what is promised. What does not hold is printed at once.
class Soak {
  public:
    explicit Soak(const Settings& settings);

    /// The number of violations. Ends earlier, with closed books, when end_early() was called.
    std::size_t run();
    /// From a signal handler.
    static void end_early() { is_to_end_ = 1; }

  private:
    [[nodiscard]] double now() const;
    /// All nodes run, nothing was broken on purpose for a while, and connections had time to come back.
    [[nodiscard]] bool is_calm();

    void violation(const std::string& text);
    void tick();
    void read_logs(Node& node, bool at_kill);
    void take_line(Node& node, const LogLine& line, bool at_kill);
    void read_reports();
    void check_processes();
    void check_agreement();
    void check_blocks(double since);
    void check_growth();
    void show_progress();
    /// Faults end, then the miners, then the nodes; the books are closed.
    void finish();

    static inline volatile std::sig_atomic_t is_to_end_ = 0;

    Settings settings_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
    SanitizerReports reports_;
    Cluster cluster_;
    Faults faults_;
    Ledger ledger_;
    std::map<std::string, bool> in_banner_;  ///< by node
    std::map<std::string, std::uint64_t> shares_;
    std::set<std::string> grown_;                      ///< nodes that grew, each told once
    std::map<std::string, std::uint64_t> unexpected_;  ///< log lines and how often, each told once
    std::size_t faults_done_ = 0;
    std::string last_fault_;
    double next_fault_ = 60;
    double next_check_ = 0;
    double next_progress_ = 60;
    double calm_since_ = 0;
    double agreed_at_ = 0;
    double best_changed_at_ = 0;
    double longest_disagreement_ = 0;
    std::string best_share_;
    std::size_t violations_ = 0;
};

}  // namespace soak
