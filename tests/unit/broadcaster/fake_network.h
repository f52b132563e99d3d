#pragma once

#include <cstddef>
#include <map>
#include <random>
#include <vector>

#include "dash/broadcaster/peer_manager.h"
#include "tests/support/manual_clock.h"

namespace tests {

/// Nodes of a network and their comings and goings, without sockets: carries out what a PeerManager orders, in the time
/// of a manual clock.
class FakeNetwork {
  public:
    struct Node {
        bool listening = true;  ///< takes our connection
        bool hangs = false;     ///< when it does not: no answer until the attempt times out
        double ping_ms = 50;
    };

    FakeNetwork(ManualClock& clock, unsigned seed) : clock_(clock), random_(seed) {}

    /// Returns the address of a new node in a network group of its own.
    dash::broadcaster::PeerAddress add_node(Node node);
    [[nodiscard]] Node& node(const dash::broadcaster::PeerAddress& address) { return nodes_.at(address); }
    [[nodiscard]] const std::map<dash::broadcaster::PeerAddress, Node>& nodes() const { return nodes_; }

    /// What dashd says of itself: connections to these.
    std::vector<dash::broadcaster::PeerAddress> at_dashd;
    /// dashd does not answer.
    bool dashd_away = false;
    /// Each connected peer tells so many addresses when it is asked.
    std::size_t addresses_told = 100;

    /// Five seconds: ends what takes time, then the manager's check and what it orders.
    void step(dash::broadcaster::PeerManager& manager);
    /// Nodes that stop listening also drop their connection.
    void take_down(dash::broadcaster::PeerManager& manager, const dash::broadcaster::PeerAddress& address);

    [[nodiscard]] std::size_t most_dialing() const { return most_dialing_; }
    [[nodiscard]] std::size_t most_connected() const { return most_connected_; }
    [[nodiscard]] int refreshes() const { return refreshes_; }
    [[nodiscard]] std::uint64_t connections() const { return connected_; }
    [[nodiscard]] std::uint64_t failures() const { return failed_; }
    std::mt19937& random() { return random_; }

  private:
    struct Dialing {
        dash::broadcaster::PeerManager::Dial dial;
        double ends;  ///< Unix seconds
    };
    void finish_dials(dash::broadcaster::PeerManager& manager);
    void dial(dash::broadcaster::PeerManager& manager);
    void answer_refresh(dash::broadcaster::PeerManager& manager, dash::broadcaster::Refresh reason);
    void tell_addresses(dash::broadcaster::PeerManager& manager, const dash::broadcaster::PeerAddress& from);

    ManualClock& clock_;
    std::mt19937 random_;
    std::map<dash::broadcaster::PeerAddress, Node> nodes_;
    std::vector<Dialing> dialing_;
    std::size_t most_dialing_ = 0;
    std::size_t most_connected_ = 0;
    int refreshes_ = 0;
    std::uint64_t connected_ = 0;
    std::uint64_t failed_ = 0;
};

}  // namespace tests
