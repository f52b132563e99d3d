#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "p2pool/peers/peer_host.h"
#include "p2pool/peers/peer_network.h"
#include "p2pool/peers/settings.h"
#include "p2pool/peers/share_loading.h"
#include "share_chain/tracker.h"
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
    std::size_t most_unverified_bytes = 256U << 20;
};

/// A whole node but for dashd and miners: tracker, p2pool network, and shares out of nothing.
class SimulatedNode final : public p2pool::peers::PeerHost {
  public:
    static constexpr std::uint16_t kPort = 19799;

    SimulatedNode(Simulation& simulation, Wires& wires, const share_chain::Network& network, NodeSetup setup);
    ~SimulatedNode() override;
    SimulatedNode(const SimulatedNode&) = delete;
    SimulatedNode& operator=(const SimulatedNode&) = delete;

    /// Shares of its store; verified there.
    void load_store(const std::vector<share_chain::SharePtr>& shares);
    void start();

    [[nodiscard]] const std::string& host() const { return setup_.host; }
    [[nodiscard]] const share_chain::Tracker& tracker() const override { return tracker_; }
    [[nodiscard]] dash::Uint256 best_share() const override { return best_; }
    /// Verified shares of the best line.
    [[nodiscard]] std::uint64_t height() const { return tracker_.verified_line(best_).height; }
    [[nodiscard]] p2pool::peers::PeerNetwork& peers() { return *peers_; }
    [[nodiscard]] const SimulatedLoader& loader() const { return loader_; }

    void mine(double mean_share_seconds);
    void stop_mining() { mining_timer_->cancel(); }
    /// Finds a share on the best one (or begins a chain) and tells it.
    share_chain::SharePtr find_share();
    /// The block template holds these now.
    void take_template(std::vector<p2pool::peers::KnownTransaction> transactions);

    [[nodiscard]] std::size_t shares_found() const { return shares_found_; }
    [[nodiscard]] std::size_t most_shares_known() const { return most_shares_known_; }

  private:
    void shares_came(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source) override;
    void best_block_came(const dash::BlockHeader&, const dash::Uint256&) override {}
    [[nodiscard]] bool is_recent_block(const share_chain::Share&) const override { return false; }

    void add(const share_chain::SharePtr& share, const share_chain::Source& source);
    void settle_soon();
    void settle();
    void maintain();
    [[nodiscard]] p2pool::peers::Settings settings() const;

    Simulation& simulation_;
    const share_chain::Network& network_;
    NodeSetup setup_;
    share_chain::Tracker tracker_;
    dash::Uint256 best_;
    share_chain::Decision decision_;
    std::vector<dash::Uint256> template_;
    std::size_t shares_found_ = 0;
    std::size_t most_shares_known_ = 0;
    bool settling_ = false;

    std::unique_ptr<SimulatedTransport> transport_;
    SimulatedTimers timers_;
    SimulatedLoader loader_;
    std::unique_ptr<p2pool::peers::Timer> settle_timer_;
    std::unique_ptr<p2pool::peers::Timer> maintain_timer_;
    std::unique_ptr<p2pool::peers::Timer> mining_timer_;
    std::unique_ptr<p2pool::peers::PeerNetwork> peers_;
};

}  // namespace tests
