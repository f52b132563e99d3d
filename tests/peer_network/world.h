#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "share_chain/network.h"
#include "tests/peer_network/share_maker.h"
#include "tests/peer_network/simulated_node.h"
#include "tests/peer_network/simulation.h"
#include "tests/peer_network/wires.h"

namespace tests {

/// Nodes, the wires between them, and transactions that all of them hear of, sooner or later.
class World {
  public:
    World(std::uint64_t seed, std::uint32_t chain_length);

    /// A /16 for each.
    [[nodiscard]] static std::string host(std::size_t number) { return "20." + std::to_string(number) + ".0.1"; }

    /// Not started yet. Without a host it gets the next one.
    SimulatedNode& add_node(NodeSetup setup = {});
    /// So many that know the shares and three random others, all started.
    void add_nodes(std::size_t count, const std::vector<share_chain::SharePtr>& store, double mean_share_seconds);
    [[nodiscard]] SimulatedNode& node(std::size_t number) { return *nodes_.at(number); }
    [[nodiscard]] const std::vector<std::unique_ptr<SimulatedNode>>& nodes() const { return nodes_; }

    /// Shares for stores, the last one found just now.
    [[nodiscard]] std::vector<share_chain::SharePtr> history(std::size_t count);
    void stop_mining();
    /// All nodes mine on the same share.
    [[nodiscard]] bool agrees() const;
    /// Who of them has which best share, for messages.
    [[nodiscard]] std::string bests() const;

    Simulation simulation;
    Wires wires{simulation};
    share_chain::Network network;

  private:
    void new_transactions();

    SimulatedTimers timers_{simulation};
    std::unique_ptr<p2pool::peers::Timer> transaction_timer_;
    std::vector<p2pool::peers::KnownTransaction> transactions_;  ///< the last ones
    std::vector<std::unique_ptr<SimulatedNode>> nodes_;
};

}  // namespace tests
