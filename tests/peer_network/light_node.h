#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "p2pool/peers/peer_host.h"
#include "p2pool/peers/peer_network.h"
#include "p2pool/peers/settings.h"
#include "p2pool/peers/transport.h"
#include "share_chain/tracker.h"

namespace tests {

/// A node but for dashd and miners: tracker, p2pool network, and shares out of nothing. Runs on whatever carries its
/// bytes and time.
class LightNode : public p2pool::peers::PeerHost {
  public:
    struct Carriers {
        p2pool::peers::Transport& transport;
        p2pool::peers::TimerFactory& timers;
        p2pool::peers::ShareLoader& loader;
        const dash::Clock& clock;
    };

    /// `finder` is paid for the shares it finds.
    LightNode(p2pool::peers::Settings settings, Carriers carriers, std::uint8_t finder,
              std::size_t most_loose_bytes = 256U << 20);
    ~LightNode() override;
    LightNode(const LightNode&) = delete;
    LightNode& operator=(const LightNode&) = delete;

    /// Shares of its store; verified there.
    void load_store(const std::vector<share_chain::SharePtr>& shares);
    void start();

    [[nodiscard]] const share_chain::Tracker& tracker() const override { return tracker_; }
    [[nodiscard]] dash::Uint256 best_share() const override { return best_; }
    /// Verified shares of the best line.
    [[nodiscard]] std::uint64_t height() const { return tracker_.verified_line(best_).height; }
    [[nodiscard]] p2pool::peers::PeerNetwork& peers() { return *peers_; }

    /// Finds a share now and then, once there is a chain.
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
    [[nodiscard]] double now() const { return clock_.unix_seconds(); }

    const dash::Clock& clock_;
    std::uint8_t finder_;
    std::mt19937_64 random_;
    share_chain::Tracker tracker_;
    dash::Uint256 best_;
    share_chain::Decision decision_;
    std::vector<dash::Uint256> template_;
    std::size_t shares_found_ = 0;
    std::size_t most_shares_known_ = 0;
    bool settling_ = false;
    double next_settle_ = 0;  ///< steady seconds
    std::unique_ptr<p2pool::peers::Timer> settle_timer_;
    std::unique_ptr<p2pool::peers::Timer> maintain_timer_;
    std::unique_ptr<p2pool::peers::Timer> mining_timer_;
    std::unique_ptr<p2pool::peers::PeerNetwork> peers_;
};

}  // namespace tests
