#include "tests/peer_network/simulated_node.h"

#include <algorithm>
#include <utility>

#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "tests/peer_network/share_maker.h"

namespace tests {

using p2pool::peers::LoadedShare;
using share_chain::SharePtr;

namespace {

/// Of one core, with what goes with the hash.
constexpr double kSecondsToLoad = 0.0002;
constexpr double kSettleSeconds = 0.025;
constexpr double kMaintainSeconds = 5;

LoadedShare load_one(const share_chain::TypedContents& typed, const share_chain::Network& network) {
    try {
        return {.share = share_chain::load_share(typed, network), .problem = {}, .misbehaving = false};
    } catch (const dash::PeerMisbehaving& problem) {
        return {.share = nullptr, .problem = problem.what(), .misbehaving = true};
    } catch (const dash::Error& problem) {
        return {.share = nullptr, .problem = problem.what(), .misbehaving = false};
    }
}

std::vector<p2pool::peers::HostPort> host_ports(const std::vector<std::string>& hosts) {
    std::vector<p2pool::peers::HostPort> result;
    for (const std::string& host : hosts)
        result.push_back({.host = host, .port = SimulatedNode::kPort});
    return result;
}

}  // namespace

void SimulatedLoader::load(std::vector<share_chain::TypedContents> batch, Done done) {
    std::vector<LoadedShare> loaded;
    std::size_t bytes = 0;
    for (const share_chain::TypedContents& typed : batch) {
        bytes += typed.contents.size();
        loaded.push_back(load_one(typed, network_));
    }
    shares_loaded_ += batch.size();
    waiting_bytes_ += bytes;
    busy_until_ = std::max(busy_until_, simulation_.now()) + kSecondsToLoad * static_cast<double>(batch.size());
    simulation_.after(busy_until_ - simulation_.now(),
                      [this, alive = std::weak_ptr(alive_), bytes, loaded = std::move(loaded), done = std::move(done)] {
                          if (alive.expired()) return;
                          waiting_bytes_ -= bytes;
                          done(loaded);
                      });
}

SimulatedNode::SimulatedNode(Simulation& simulation, Wires& wires, const share_chain::Network& network, NodeSetup setup)
    : simulation_(simulation),
      network_(network),
      setup_(std::move(setup)),
      tracker_(network, {.most_unverified_bytes = setup_.most_unverified_bytes}),
      transport_(wires.plug_in(setup_.host, kPort)),
      timers_(simulation),
      loader_(simulation, network),
      settle_timer_(timers_.make_timer()),
      maintain_timer_(timers_.make_timer()),
      mining_timer_(timers_.make_timer()),
      peers_(std::make_unique<p2pool::peers::PeerNetwork>(settings(),
                                                          p2pool::peers::Environment{.host = *this,
                                                                                     .transport = *transport_,
                                                                                     .timers = timers_,
                                                                                     .loader = loader_,
                                                                                     .clock = simulation.clock()})) {}

SimulatedNode::~SimulatedNode() = default;

p2pool::peers::Settings SimulatedNode::settings() const {
    p2pool::peers::Settings settings;
    settings.network = &network_;
    settings.sub_version = "simulated";
    settings.random_seed = simulation_.random()();
    settings.listen_port = kPort;
    settings.permanent = host_ports(setup_.permanent);
    settings.bootstrap = host_ports(setup_.bootstrap);
    return settings;
}

void SimulatedNode::load_store(const std::vector<SharePtr>& shares) {
    for (const SharePtr& share : shares)
        tracker_.add(share, 0);
    for (const SharePtr& share : shares)
        tracker_.trust(share->hash);
}

void SimulatedNode::start() {
    decision_ = tracker_.think(simulation_.clock().unix_seconds());
    best_ = decision_.best;
    peers_->start();
    if (setup_.mean_share_seconds > 0) mine(setup_.mean_share_seconds);
    maintain_timer_->start(simulation_.random_between(0, kMaintainSeconds), [this] { maintain(); });
}

void SimulatedNode::mine(double mean_share_seconds) {
    const double wait = std::exponential_distribution<double>(1 / mean_share_seconds)(simulation_.random());
    mining_timer_->start(wait, [this, mean_share_seconds] {
        if (!best_.is_zero()) find_share();
        mine(mean_share_seconds);
    });
}

SharePtr SimulatedNode::find_share() {
    ShareWish wish;
    wish.previous = best_;
    wish.finder = static_cast<std::uint8_t>(setup_.host.back());
    wish.timestamp = static_cast<std::uint32_t>(simulation_.clock().unix_seconds());
    wish.transaction_hashes = template_;
    const SharePtr share = mine_share(tracker_, wish, simulation_.random());
    ++shares_found_;
    add(share, {});
    settle();
    peers_->broadcast_share(share->hash);
    return share;
}

void SimulatedNode::take_template(std::vector<p2pool::peers::KnownTransaction> transactions) {
    template_.clear();
    for (const p2pool::peers::KnownTransaction& transaction : transactions)
        template_.push_back(transaction.txid);
    peers_->take_template(std::move(transactions));
}

void SimulatedNode::shares_came(const std::vector<SharePtr>& shares, const share_chain::Source& source) {
    // Oldest first: each finds its parent verified.
    for (auto share = shares.rbegin(); share != shares.rend(); ++share)
        add(*share, source);
    settle_soon();
}

void SimulatedNode::add(const SharePtr& share, const share_chain::Source& source) {
    tracker_.add(share, simulation_.clock().unix_seconds(), source);
    most_shares_known_ = std::max(most_shares_known_, tracker_.size());
}

void SimulatedNode::settle_soon() {
    if (std::exchange(settling_, true)) return;
    settle_timer_->start(kSettleSeconds, [this] { settle(); });
}

void SimulatedNode::settle() {
    settling_ = false;
    decision_ = tracker_.think(simulation_.clock().unix_seconds());
    best_ = decision_.best;
    peers_->take_decision(decision_);
}

void SimulatedNode::maintain() {
    tracker_.prune(simulation_.clock().unix_seconds(), decision_);
    settle();
    maintain_timer_->start(kMaintainSeconds, [this] { maintain(); });
}

}  // namespace tests
