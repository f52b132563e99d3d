#include "p2pool/stratum/pool_statistics.h"

#include <algorithm>
#include <iterator>

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

    Record& record = record_of(worker, now);
    if (now - record.last_seen_steady > kBreakSeconds) record.began_steady = now;
    record.last_seen_steady = now;
    count(record.counters, result);
    record.counters.last_seen = clock_.unix_seconds();
    record.submits.add(now, 1);
    if (result != SubmitResult::kRejected) record.work.add(now, difficulty);
}

PoolStatistics::Record& PoolStatistics::record_of(const std::string& worker, double now) {
    if (Record* known = workers_.find(worker)) return *known;
    if (workers_.size() == kMaxWorkers) by_number_.erase(std::prev(workers_.end())->second.number);
    Record& record = workers_.put(worker, Record{});
    record.counters.name = worker;
    record.counters.first_seen = clock_.unix_seconds();
    record.first_seen_steady = record.began_steady = record.last_seen_steady = now;
    record.number = ++last_number_;
    by_number_.emplace(record.number, &record);
    return record;
}

PoolStatistics::Totals PoolStatistics::totals() {
    const double now = steady_seconds(clock_);
    Totals totals = totals_;
    totals.submits_per_second_10s = last_10_seconds_.sum(now) / last_10_seconds_.window_seconds();
    totals.submits_per_second_60s = last_60_seconds_.sum(now) / last_60_seconds_.window_seconds();
    totals.uptime_seconds = now - started_;
    return totals;
}

std::uint64_t PoolStatistics::add_workers(std::vector<Worker>& workers, std::uint64_t from, std::size_t most) {
    const double now = steady_seconds(clock_);
    auto next = by_number_.lower_bound(from);
    for (std::size_t added = 0; added < most && next != by_number_.end(); ++added, ++next) {
        Record& record = *next->second;
        const double span =
            std::clamp(now - record.first_seen_steady, kShortestSpanSeconds, record.work.window_seconds());
        Worker& worker = workers.emplace_back(record.counters);
        worker.hashes_per_second = record.work.sum(now) * kHashesPerDifficulty / span;
        worker.worked_seconds = record.last_seen_steady - record.began_steady;
        worker.submits_per_second = record.submits.sum(now) / record.submits.window_seconds();
    }
    return next == by_number_.end() ? 0 : next->first;
}

}  // namespace p2pool::stratum
