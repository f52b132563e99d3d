#include "p2pool/stratum/pool_statistics.h"

#include <algorithm>

#include "dash/util/steady_seconds.h"

namespace p2pool::stratum {
namespace {

constexpr double kHashesPerDifficulty = 4294967296.0;
/// A rate over a shorter time would be noise.
constexpr double kShortestSpanSeconds = 10;
constexpr double kBreakSeconds = 600;

template <typename Counters>
void count(Counters& counters, SubmitResult result) {
    ++(result == SubmitResult::kAccepted ? counters.accepted : counters.rejected);
    if (result == SubmitResult::kLate) ++counters.late;
}

}  // namespace

PoolStatistics::PoolStatistics(const dash::Clock& clock) : clock_(clock), started_(steady_seconds(clock)) {}

void PoolStatistics::submitted(const std::string& worker, SubmitResult result, double difficulty) {
    const double now = steady_seconds(clock_);
    count(totals_, result);
    last_10_seconds_.add(now, 1);
    last_60_seconds_.add(now, 1);

    Record* record = workers_.find(worker);
    if (record == nullptr) {
        record = &workers_.put(worker, Record{});
        record->counters.name = worker;
        record->counters.first_seen = clock_.unix_seconds();
        record->first_seen_steady = record->began_steady = now;
    } else if (now - record->last_seen_steady > kBreakSeconds) {
        record->began_steady = now;
    }
    record->last_seen_steady = now;
    count(record->counters, result);
    record->counters.last_seen = clock_.unix_seconds();
    record->submits.add(now, 1);
    if (result != SubmitResult::kRejected) record->work.add(now, difficulty);
}

PoolStatistics::Totals PoolStatistics::totals() {
    const double now = steady_seconds(clock_);
    Totals totals = totals_;
    totals.submits_per_second_10s = last_10_seconds_.sum(now) / last_10_seconds_.window_seconds();
    totals.submits_per_second_60s = last_60_seconds_.sum(now) / last_60_seconds_.window_seconds();
    totals.uptime_seconds = now - started_;
    return totals;
}

std::vector<PoolStatistics::Worker> PoolStatistics::workers() const {
    const double now = steady_seconds(clock_);
    std::vector<Worker> workers;
    workers.reserve(workers_.size());
    for (const auto& entry : workers_) {
        Record record = entry.second;
        const double span =
            std::clamp(now - record.first_seen_steady, kShortestSpanSeconds, record.work.window_seconds());
        record.counters.hashes_per_second = record.work.sum(now) * kHashesPerDifficulty / span;
        record.counters.worked_seconds = record.last_seen_steady - record.began_steady;
        record.counters.submits_per_second = record.submits.sum(now) / record.submits.window_seconds();
        workers.push_back(std::move(record.counters));
    }
    return workers;
}

}  // namespace p2pool::stratum
