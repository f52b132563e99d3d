#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <random>
#include <vector>

namespace propagation {

/// How soon a block that some nodes have is everywhere, in a network of Dash Core nodes.
///
/// Nodes live in three regions, half of them in the first, and have a line of their own: the time between two nodes is
/// that of their regions and of both lines. Seven of ten take connections; each node has 8 outgoing ones, to such nodes
/// picked at random. Blocks come from some pools at nodes that take connections. Each node has three high-bandwidth
/// peers (BIP 152), and Dash Core picks them: those that were the last to deliver a block first. These push a compact
/// block as soon as they have checked its header and form. All other connections announce the block when it is
/// connected to the chain, and the compact block is asked for: three ways instead of one. A node that lacks some of the
/// block's transactions asks for them, which is one more round trip. Bandwidth between nodes is no limit, nobody is
/// busy with other things, and no packet is lost.
class NetworkModel {
  public:
    static constexpr std::size_t kOutgoing = 8;
    static constexpr std::size_t kHighBandwidth = 3;
    /// From its arrival until a block is pushed on.
    static constexpr double kCheckMs = 5;
    /// Of all nodes, for a given block.
    static constexpr double kLacksTransactions = 0.15;

    struct Settings {
        std::size_t nodes = 500;
        unsigned seed = 1;
        bool first_takes_connections = true;  ///< else as one behind a router
        double connect_ms = 30;               ///< from its arrival until a block is announced
    };
    /// The first node is in the first region, and no pool's.
    explicit NetworkModel(const Settings& settings);

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] double one_way_ms(std::size_t a, std::size_t b) const;
    /// The connections of a node, either way.
    [[nodiscard]] const std::vector<std::size_t>& connections(std::size_t node) const { return connections_[node]; }
    [[nodiscard]] bool takes_connections(std::size_t node) const { return nodes_[node].takes_connections; }
    [[nodiscard]] bool lacks_transactions(std::size_t node) const { return nodes_[node].lacks_transactions; }
    /// Picks anew who lacks some.
    void next_block();

    struct Arrival {
        double ms = 0;
        std::size_t from = 0;  ///< itself, when it has the block from elsewhere
    };
    /// When each node has the block, and from whom, given when those who have it from elsewhere got it.
    [[nodiscard]] std::vector<Arrival> spread(const std::vector<std::optional<double>>& origins) const;

  private:
    struct Node {
        std::size_t region = 0;
        double line_ms = 0;
        bool takes_connections = true;
        bool lacks_transactions = false;
        std::deque<std::size_t> high_bandwidth;  ///< who pushes to it
    };
    void connect();
    void choose_high_bandwidth();
    [[nodiscard]] double hop_ms(std::size_t from, std::size_t to) const;

    std::mt19937 random_;
    double connect_ms_;
    std::vector<Node> nodes_;
    std::vector<std::vector<std::size_t>> connections_;
};

}  // namespace propagation
