#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/end_to_end/world.h"
#include "tests/support/process.h"

namespace bench {

/// About four hashes a submit, so that the generator has time for its own measuring.
constexpr const char* kEasySubmit = "0.000000001";
/// For simnet: blocks so hard that the load finds next to none, and submits are measured alone …
constexpr const char* kHardBits = "1d00ffff";
/// … or so easy that they take no time to mine, so that only what comes after is measured.
constexpr const char* kEasyBits = "207fffff";

/// What miners of tests/stratum_client do to a node on this machine.
struct Load {
    std::uint16_t port = 0;  ///< of the node's workers
    int connections = 1;
    int users = 50;  ///< payout addresses that the connections share
    int submits_per_second = 0;
};

/// The load generator's figures: of submits, of miners that listen, and of such while the daemon mines a block every
/// second. They throw std::runtime_error.
[[nodiscard]] nlohmann::json submit(const Load& load, int seconds);
[[nodiscard]] nlohmann::json listen(const Load& load, int seconds);
[[nodiscard]] nlohmann::json hear_new_blocks(const Load& load, const end_to_end::Rpc& daemon, int seconds);

/// Submits until it is stopped; what the generator prints goes to the file.
[[nodiscard]] std::unique_ptr<tests::ChildProcess> start_submits(const Load& load, const std::filesystem::path& output);

/// Shares must come one after the other for the chain to reach the miners' speed: a tenth harder with each.
void settle_chain(std::uint16_t port);

/// What a running process has taken so far.
[[nodiscard]] double peak_megabytes(pid_t process);
[[nodiscard]] double processor_seconds(pid_t process);

/// The node as a process, with the simulated daemon. They, and whoever loads them, share this machine's processors.
class MeasuredNode {
  public:
    /// `prepare` may put files into the folder before the node starts.
    explicit MeasuredNode(const std::string& block_bits, const std::vector<std::string>& node_flags = {},
                          const std::function<void(const std::filesystem::path& folder)>& prepare = {});
    ~MeasuredNode();
    MeasuredNode(const MeasuredNode&) = delete;
    MeasuredNode& operator=(const MeasuredNode&) = delete;

    [[nodiscard]] std::uint16_t worker_port() const { return node_->worker_port(); }
    [[nodiscard]] const end_to_end::Rpc& daemon() const { return daemon_->rpc(); }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
    [[nodiscard]] double peak_megabytes() const { return bench::peak_megabytes(node_->process().pid()); }

  private:
    tests::TemporaryFolder folder_{"p2pool-bench"};
    std::unique_ptr<end_to_end::Daemon> daemon_;
    std::unique_ptr<end_to_end::NodeProcess> node_;
};

[[nodiscard]] double median(std::vector<double> values);

/// Since it was made.
class Stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace bench
