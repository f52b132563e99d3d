#include "web/model/workers.h"

#include <algorithm>

namespace web {

WorkerFacts& Workers::facts(const std::string& name) {
    WorkerFacts* known = facts_.find(name);
    return known != nullptr ? *known : facts_.put(name, WorkerFacts{});
}

void Workers::take(const std::map<std::string, WorkDone>& work, double steady_now) {
    for (const auto& [name, done] : work) {
        if (done.hashes > done.late_hashes) rates_.add(name, done.hashes - done.late_hashes, false, steady_now);
        if (done.late_hashes > 0) rates_.add(name, done.late_hashes, true, steady_now);
        WorkerFacts& worker = facts(name);
        worker.payout_hash = done.payout_hash;
        worker.share_target = done.share_target;
        worker.best_hash = std::min(worker.best_hash, done.best_hash);
    }
}

void Workers::take(const OwnShare& share, double now) {
    WorkerFacts& worker = facts(share.worker);
    ++worker.shares;
    worker.last_share_at = now;
}

const WorkerFacts* Workers::find(const std::string& name) {
    return facts_.find(name);
}

std::map<dash::Hash160, dash::Uint256> Workers::share_targets(double steady_now) {
    std::map<dash::Hash160, dash::Uint256> targets;
    for (const auto& entry : rates_.rates(steady_now)) {
        const WorkerFacts* worker = find(entry.first);
        if (worker != nullptr && !worker->share_target.is_zero()) targets[worker->payout_hash] = worker->share_target;
    }
    return targets;
}

}  // namespace web
