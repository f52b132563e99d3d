#include "tests/peer_network/light_node.h"

#include <algorithm>
#include <utility>

#include "dash/util/steady_seconds.h"
#include "tests/peer_network/share_maker.h"

namespace tests {

using share_chain::SharePtr;

namespace {

constexpr double kSettleSeconds = 0.025;
/// Under a flood of shares, settling takes a tenth of the time, as in the node.
constexpr double kSettleShareOfTime = 10;
constexpr double kMaintainSeconds = 5;

share_chain::TrackerEnvironment environment(std::size_t most_loose_bytes) {
    share_chain::TrackerEnvironment result;
    result.most_loose_bytes = most_loose_bytes;
    return result;
}

}  // namespace

LightNode::LightNode(p2pool::peers::Settings settings, Carriers carriers, std::uint8_t finder,
                     std::size_t most_loose_bytes)
    : clock_(carriers.clock),
      finder_(finder),
      random_(settings.random_seed),
      tracker_(*settings.network, environment(most_loose_bytes)),
      settle_timer_(carriers.timers.make_timer()),
      maintain_timer_(carriers.timers.make_timer()),
      mining_timer_(carriers.timers.make_timer()),
      peers_(std::make_unique<p2pool::peers::PeerNetwork>(
          std::move(settings),
          p2pool::peers::Environment{*this, carriers.transport, carriers.timers, carriers.loader, carriers.clock})) {}

LightNode::~LightNode() = default;

void LightNode::load_store(const std::vector<SharePtr>& shares) {
    for (const SharePtr& share : shares)
        tracker_.add(share, 0);
    for (const SharePtr& share : shares)
        tracker_.trust(share->hash);
}

void LightNode::start() {
    decision_ = tracker_.think(now());
    best_ = decision_.best;
    peers_->start();
    maintain_timer_->start(std::uniform_real_distribution<double>(0, kMaintainSeconds)(random_),
                           [this] { maintain(); });
}

void LightNode::mine(double mean_share_seconds) {
    const double wait = std::exponential_distribution<double>(1 / mean_share_seconds)(random_);
    mining_timer_->start(wait, [this, mean_share_seconds] {
        if (!best_.is_zero()) find_share();
        mine(mean_share_seconds);
    });
}

SharePtr LightNode::find_share() {
    ShareWish wish;
    wish.previous = best_;
    wish.finder = finder_;
    wish.timestamp = static_cast<std::uint32_t>(now());
    wish.transaction_hashes = template_;
    const SharePtr share = mine_share(tracker_, wish, random_);
    ++shares_found_;
    add(share, {});
    settle();
    peers_->broadcast_share(share->hash);
    return share;
}

void LightNode::take_template(std::vector<p2pool::peers::KnownTransaction> transactions) {
    template_.clear();
    for (const p2pool::peers::KnownTransaction& transaction : transactions)
        template_.push_back(transaction.txid);
    peers_->take_template(std::move(transactions));
}

void LightNode::shares_came(const std::vector<SharePtr>& shares, const share_chain::Source& source) {
    for (const SharePtr& share : shares)
        add(share, source);
    settle_soon();
}

void LightNode::add(const SharePtr& share, const share_chain::Source& source) {
    tracker_.add(share, now(), source);
    most_shares_known_ = std::max(most_shares_known_, tracker_.size());
}

void LightNode::settle_soon() {
    if (std::exchange(settling_, true)) return;
    const double wait = next_settle_ - dash::steady_seconds(clock_);
    settle_timer_->start(std::max(wait, kSettleSeconds), [this] { settle(); });
}

void LightNode::settle() {
    const double begin = dash::steady_seconds(clock_);
    settling_ = false;
    decision_ = tracker_.think(now());
    best_ = decision_.best;
    peers_->take_decision(decision_);
    next_settle_ = begin + kSettleShareOfTime * (dash::steady_seconds(clock_) - begin);
}

void LightNode::maintain() {
    tracker_.prune(now(), decision_);
    settle();
    maintain_timer_->start(kMaintainSeconds, [this] { maintain(); });
}

}  // namespace tests
