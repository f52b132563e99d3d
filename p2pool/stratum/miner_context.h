#pragma once

#include <memory>
#include <unordered_map>

#include "dash/util/clock.h"
#include "p2pool/stratum/admission.h"
#include "p2pool/stratum/difficulty.h"
#include "p2pool/stratum/extranonce.h"
#include "p2pool/stratum/messages.h"
#include "p2pool/stratum/pool_statistics.h"
#include "p2pool/stratum/session_store.h"
#include "p2pool/stratum/submit_limit.h"
#include "p2pool/work/work_source.h"
#include "share_chain/network.h"

namespace p2pool::stratum {

/// The serialized work of the payout groups since the last change of work.
class NotifyCache {
  public:
    [[nodiscard]] std::shared_ptr<const Notify> get(const work::JobPtr& job, const work::WorkSource& source) {
        if (notifies_.size() >= kMaxNotifies) clear();
        auto& notify = notifies_[job.get()];  // which the notify keeps alive
        if (!notify) notify = make_notify(job, source.coinbase(*job));
        return notify;
    }
    void clear() { notifies_.clear(); }

  private:
    static constexpr std::size_t kMaxNotifies = 20'000;

    std::unordered_map<const work::Job*, std::shared_ptr<const Notify>> notifies_;
};

/// What all miners of the worker port share. Node thread only.
struct MinerContext {
    work::WorkSource& source;
    const dash::Clock& clock;
    const share_chain::Network& network;
    double share_seconds;  ///< vardiff aims at one submit of a connection in this time
    DifficultyPolicy policy;
    Admission admission;
    SubmitLimit submit_limit;
    PoolStatistics statistics;
    ExtranoncePool extranonces;
    SessionStore sessions;
    NotifyCache notifies;
    bool bench = false;  ///< log submits that take long
};

}  // namespace p2pool::stratum
