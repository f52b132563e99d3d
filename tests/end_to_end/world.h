#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/end_to_end/rpc.h"
#include "tests/support/process.h"

namespace end_to_end {

/// A Dash daemon on 127.0.0.1 as a process of its own.
class Daemon {
  public:
    virtual ~Daemon() = default;
    virtual void start() = 0;
    virtual void stop() = 0;

    [[nodiscard]] const Rpc& rpc() const { return rpc_; }
    [[nodiscard]] std::uint16_t p2p_port() const { return p2p_port_; }
    /// Mines blocks that pay nobody of the test.
    virtual void mine(int blocks) = 0;

  protected:
    Daemon(std::uint16_t rpc_port, std::uint16_t p2p_port) : rpc_(rpc_port, "tester", "secret"), p2p_port_(p2p_port) {}

  private:
    Rpc rpc_;
    std::uint16_t p2p_port_;
};

/// The stand-in of this project, at regtest's block difficulty.
[[nodiscard]] std::unique_ptr<Daemon> make_simnet(const std::filesystem::path& folder,
                                                  const std::vector<std::string>& flags = {"--bits", "207fffff"});

/// The real thing: nullptr when $P2POOL_DASHD does not name one. Its chain has every deployment active and four
/// masternodes: paid to a public key hash, with an operator's part, to a script hash, and an evo node.
[[nodiscard]] std::unique_ptr<Daemon> make_dashd(const std::filesystem::path& folder);

/// Where a node listens.
struct NodePorts {
    std::uint16_t worker = 0;
    std::uint16_t p2p = 0;
};
[[nodiscard]] NodePorts free_node_ports();

/// The command line of a node on this daemon; `flags` come after those that name the daemon and the ports.
[[nodiscard]] std::vector<std::string> node_command(const Daemon& daemon, const std::filesystem::path& datadir,
                                                    const NodePorts& ports, const std::vector<std::string>& flags);

/// The node under test.
class NodeProcess {
  public:
    NodeProcess(const Daemon& daemon, const std::filesystem::path& folder, const std::vector<std::string>& flags = {});

    void wait_until_ready() const { process_->wait_for_output("Started successfully!", std::chrono::seconds(30)); }
    [[nodiscard]] std::uint16_t worker_port() const { return ports_.worker; }
    [[nodiscard]] std::uint16_t p2p_port() const { return ports_.p2p; }
    [[nodiscard]] tests::ChildProcess& process() { return *process_; }
    [[nodiscard]] const tests::ChildProcess& process() const { return *process_; }

  private:
    NodePorts ports_ = free_node_ports();
    std::unique_ptr<tests::ChildProcess> process_;
};

/// Addresses of regtest to which nobody here has the keys.
constexpr const char* kOperatorAddress = "yPJr631fij5bHLpjMZgwK5hHCsHurSMhCB";
[[nodiscard]] std::string miner_address(std::uint8_t number);

}  // namespace end_to_end
