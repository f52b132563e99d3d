#pragma once

#include <map>
#include <optional>
#include <string>

#include "p2pool/stratum/lru_map.h"
#include "p2pool/work/rates.h"
#include "web/snapshot.h"

namespace web {

/// What is known of a worker name beyond the worker port's own counters, since the node's start.
struct WorkerFacts {
    dash::Hash160 payout_hash{};
    dash::Uint256 best_hash = dash::Uint256::max();
    dash::Uint256 share_target;  ///< of its last job
    std::uint64_t shares = 0;    ///< of the share chain
    double last_share_at = 0;    ///< unix seconds; 0: none yet
};

/// The workers of this node. Web thread.
class Workers {
  public:
    using Rates = std::map<std::string, p2pool::work::RateMonitor<std::string>::Rate>;

    /// Rates look back `window_seconds`; they count in steady seconds.
    Workers(double window_seconds, double steady_now) : rates_(window_seconds, steady_now) {}

    void take(const std::map<std::string, WorkDone>& work, double steady_now);
    /// At this unix time.
    void take(const OwnShare& share, double now);

    [[nodiscard]] const WorkerFacts* find(const std::string& name);
    [[nodiscard]] Rates rates(double steady_now) { return rates_.rates(steady_now); }
    /// Payout hash → share target of its last job, of those who work now.
    [[nodiscard]] std::map<dash::Hash160, dash::Uint256> share_targets(double steady_now);

  private:
    static constexpr std::size_t kMaxWorkers = 10'000;

    WorkerFacts& facts(const std::string& name);

    p2pool::work::RateMonitor<std::string> rates_;
    p2pool::stratum::LruMap<std::string, WorkerFacts> facts_{kMaxWorkers};
};

}  // namespace web
