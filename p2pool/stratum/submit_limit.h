#pragma once

#include <string>
#include <vector>

#include "p2pool/stratum/lru_map.h"
#include "p2pool/stratum/token_bucket.h"

namespace p2pool::stratum {

/// Names as in security_config.json; rates are good submits a second of one worker, on all his connections from one
/// address together.
struct SubmitLimitSettings {
    /// ddos_high_share_rate_threshold: above it his difficulty is raised; 0: at half of what the next one allows.
    double high_rate = 0;
    double most_rate = 0;                ///< max_share_rate_per_worker: what is above it is refused; 0: nothing
    double window_seconds = 60;          ///< over which both are averages
    std::vector<std::string> whitelist;  ///< workers without limits: names as in the statistics, or addresses

    friend bool operator==(const SubmitLimitSettings&, const SubmitLimitSettings&) = default;
};

/// How fast a worker submits, against the operator's limits. Anybody may call himself by another's name: a worker is
/// known by his address, too, and what is refused does not count. Nobody is banned for it. Node thread only.
class SubmitLimit {
  public:
    enum class Pace { kFine, kHigh, kTooHigh };

    explicit SubmitLimit(SubmitLimitSettings settings);

    /// Forgets what was counted when the settings are others.
    void configure(SubmitLimitSettings settings);
    /// How fast the worker would be with one more submit, which is not counted. `worker` is "ADDRESS.name", `ip` the
    /// client's key; `now` steady seconds.
    [[nodiscard]] Pace pace(const std::string& worker, const std::string& ip, double now);
    /// Counts a good submit.
    void count(const std::string& worker, const std::string& ip, double now);

  private:
    static constexpr std::size_t kMaxWorkers = 10'000;

    struct Buckets {
        TokenBucket high;
        TokenBucket most;
    };

    [[nodiscard]] Buckets make_buckets() const;
    /// False when nothing is too fast for this worker.
    [[nodiscard]] bool is_limited(const std::string& worker) const;

    SubmitLimitSettings settings_;
    LruMap<std::string, Buckets> workers_{kMaxWorkers};  ///< by address and name
};

}  // namespace p2pool::stratum
