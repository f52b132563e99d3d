#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "p2pool/peers/share_loading.h"
#include "tests/peer_network/light_node.h"
#include "tests/peer_network/simulation.h"
#include "tests/peer_network/wires.h"

namespace tests {

/// Loads shares on the spot, and answers after as long as it would have taken.
class SimulatedLoader final : public p2pool::peers::ShareLoader {
  public:
    SimulatedLoader(Simulation& simulation, const share_chain::Network& network)
        : simulation_(simulation), network_(network) {}

    void load(std::vector<share_chain::TypedContents> batch, Done done) override;
    [[nodiscard]] std::size_t waiting_bytes() const override { return waiting_bytes_; }

    [[nodiscard]] std::size_t shares_loaded() const { return shares_loaded_; }

  private:
    Simulation& simulation_;
    const share_chain::Network& network_;
    double busy_until_ = 0;
    std::size_t waiting_bytes_ = 0;
    std::size_t shares_loaded_ = 0;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

struct NodeSetup {
    std::string host;                      ///< in digits
    std::vector<std::string> permanent{};  ///< hosts
    std::vector<std::string> bootstrap{};  ///< hosts
    double mean_share_seconds = 0;         ///< between shares that it finds; 0: does not mine
    std::size_t most_loose_bytes = 256U << 20;
};

/// What carries a simulated node.
struct SimulatedCarriers {
    std::unique_ptr<SimulatedTransport> transport;
    SimulatedTimers timers;
    SimulatedLoader loader;
};

/// A light node on simulated wires.
class SimulatedNode final : private SimulatedCarriers, public LightNode {
  public:
    static constexpr std::uint16_t kPort = 19799;

    SimulatedNode(Simulation& simulation, Wires& wires, const share_chain::Network& network, const NodeSetup& setup);

    [[nodiscard]] const std::string& host() const { return host_; }
    [[nodiscard]] std::size_t shares_loaded() const { return loader.shares_loaded(); }

  private:
    std::string host_;
};

}  // namespace tests
