#pragma once

#include <string>
#include <vector>

#include "p2pool/stratum/lru_map.h"
#include "p2pool/stratum/token_bucket.h"

namespace p2pool::stratum {

/// Names as in security_config.json; rates are submits a second of one worker, on all his connections together.
struct SubmitLimitSettings {
    /// ddos_high_share_rate_threshold: above it his difficulty is raised; 0: at half of what the next one allows.
    double high_rate = 0;
    double most_rate = 0;                ///< max_share_rate_per_worker: what is above it is refused; 0: nothing
    double window_seconds = 60;          ///< over which both are averages
    std::vector<std::string> whitelist;  ///< workers without limits: names as in the statistics, or addresses

    friend bool operator==(const SubmitLimitSettings&, const SubmitLimitSettings&) = default;
};

/// How fast a worker submits, against the operator's limits. Nobody is banned for it. Node thread only.
class SubmitLimit {
  public:
    enum class Pace { kFine, kHigh, kTooHigh };

    explicit SubmitLimit(SubmitLimitSettings settings);

    /// Forgets what was counted when the settings are others.
    void configure(SubmitLimitSettings settings);
    /// Counts a submit. `worker` is "ADDRESS.name"; `now` steady seconds.
    [[nodiscard]] Pace count(const std::string& worker, double now);

  private:
    static constexpr std::size_t kMaxWorkers = 10'000;

    struct Buckets {
        TokenBucket high;
        TokenBucket most;
    };

    [[nodiscard]] Buckets make_buckets() const;
    [[nodiscard]] bool is_exempt(const std::string& worker) const;

    SubmitLimitSettings settings_;
    LruMap<std::string, Buckets> workers_{kMaxWorkers};
};

}  // namespace p2pool::stratum
