#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dash/util/clock.h"
#include "p2pool/stratum/lru_map.h"
#include "p2pool/stratum/rate_window.h"

namespace p2pool::stratum {

/// What became of a submit, for the counters.
enum class SubmitResult { kAccepted, kLate, kRejected };

/// Counters of the worker port, kept in bounded memory whatever miners do. Node thread only.
class PoolStatistics {
  public:
    struct Worker {
        std::string name;
        std::uint64_t accepted = 0;
        std::uint64_t rejected = 0;  ///< late ones included
        std::uint64_t late = 0;
        double first_seen = 0;  ///< unix seconds, as the next one
        double last_seen = 0;
        double worked_seconds = 0;      ///< from the first to the last submit since a break of ten minutes
        double hashes_per_second = 0;   ///< of the last ten minutes, or since first seen
        double submits_per_second = 0;  ///< of the last ten seconds
    };
    struct Totals {
        std::uint64_t accepted = 0;
        std::uint64_t rejected = 0;
        std::uint64_t late = 0;
        double submits_per_second_10s = 0;
        double submits_per_second_60s = 0;
        double uptime_seconds = 0;
    };

    explicit PoolStatistics(const dash::Clock& clock);

    /// `difficulty` is the work that an accepted or late submit stands for.
    void submitted(const std::string& worker, SubmitResult result, double difficulty);

    [[nodiscard]] Totals totals();
    /// Adds at most `most` workers to `workers`, in the order in which they came, from number `from` on (1 is the
    /// first). Returns the number to go on with; 0 when that was the last one. Known are the kMaxWorkers that submitted
    /// last.
    [[nodiscard]] std::uint64_t add_workers(std::vector<Worker>& workers, std::uint64_t from, std::size_t most);

  private:
    static constexpr std::size_t kMaxWorkers = 10'000;

    struct Record {
        Worker counters;
        std::uint64_t number = 0;
        double first_seen_steady = 0;
        double began_steady = 0;  ///< the work that is not broken off yet
        double last_seen_steady = 0;
        RateWindow<10> submits{1};
        RateWindow<10> work{60};
    };

    /// Made when it is not there; the one that was not used for the longest time makes room.
    [[nodiscard]] Record& record_of(const std::string& worker, double now);

    const dash::Clock& clock_;
    double started_;
    Totals totals_;
    RateWindow<10> last_10_seconds_{1};
    RateWindow<60> last_60_seconds_{1};
    LruMap<std::string, Record> workers_{kMaxWorkers};
    std::uint64_t last_number_ = 0;
    std::map<std::uint64_t, Record*> by_number_;  ///< of workers_
};

}  // namespace p2pool::stratum
