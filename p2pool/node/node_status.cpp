#include <algorithm>

#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/node/node.h"
#include "share_chain/statistics.h"

namespace p2pool::node {

NodeStatus Node::status() {
    const double now = dash::steady_seconds(clock_);
    NodeStatus status;
    status.best_share = own_.best();
    status.shares_known = tracker_.size();
    status.shares_verified = tracker_.verified_size();
    status.own = own_.counts();
    status.local = worker_rates_.total(now);
    status.local_span_seconds = worker_rates_.span_seconds(now);
    status.workers = worker_rates_.size(now);
    if (template_ != nullptr) {
        status.template_age_seconds = seconds_without_contact();
        status.attempts_to_block = dash::to_double(dash::average_attempts(template_->block.target));
    }
    const share_chain::SharePtr best = tracker_.find(status.best_share);
    if (best == nullptr) return status;

    status.chain_height = tracker_.line(best->hash).height;
    status.attempts_to_share = dash::to_double(dash::average_attempts(best->max_target));
    const std::uint64_t shares =
        std::min(status.chain_height, kStatisticsSeconds / settings_.network->share_period_seconds);
    if (shares >= kFewestShares) {
        status.stale_proportion = share_chain::average_stale_proportion(tracker_, best->hash, shares);
        status.pool_hashes_per_second = share_chain::pool_attempts_per_second(tracker_, best->hash, shares) /
                                        std::max(1e-9, 1 - status.stale_proportion);
    }
    const std::uint64_t voters = std::min<std::uint64_t>(shares, settings_.network->chain_length);
    status.newer_votes = share_chain::votes_above(share_chain::desired_version_counts(tracker_, best->hash, voters),
                                                  share_chain::kShareType);
    const auto payouts = current_payouts();
    for (const dash::Hash160& hash : payouts_.hashes()) {
        const auto mine = payouts.find(dash::p2pkh_script(hash));
        status.payouts_if_block_now_duffs.push_back(mine == payouts.end() ? 0 : mine->second);
    }
    return status;
}

}  // namespace p2pool::node
