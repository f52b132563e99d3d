#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>

namespace p2pool::work {

/// Hash rate that a key (worker name, payout hash) showed within a sliding window. Work is counted in buckets of a
/// hundredth of the window, so memory is bounded by the number of keys, whatever the number of submits. Times are
/// seconds of a clock that never goes back; one thread only.
template <typename Key>
class RateMonitor {
  public:
    struct Rate {
        double hashes_per_second = 0;       ///< all work, late work included
        double late_hashes_per_second = 0;  ///< of it, work for jobs that were too old
        std::uint64_t submits = 0;          ///< within the window
        std::uint64_t late_submits = 0;
    };

    RateMonitor(double window_seconds, double now) : window_seconds_(window_seconds), start_(now) {}

    /// Beyond kMaxKeys distinct keys in a bucket new ones are not counted by name.
    void add(const Key& key, double hashes, bool late, double now) {
        forget_old(now);
        if (buckets_.empty() || now - buckets_.back().start >= window_seconds_ / kBuckets)
            buckets_.push_back({now, {}});
        std::map<Key, Work>& work = buckets_.back().work;
        if (work.size() >= kMaxKeys && work.find(key) == work.end()) return;
        Work& sum = work[key];
        sum.hashes += hashes;
        ++sum.submits;
        if (!late) return;
        sum.late_hashes += hashes;
        ++sum.late_submits;
    }

    [[nodiscard]] std::map<Key, Rate> rates(double now) {
        forget_old(now);
        std::map<Key, Rate> result;
        for (const Bucket& bucket : buckets_) {
            for (const auto& [key, work] : bucket.work)
                add_to(result[key], work, now);
        }
        return result;
    }

    [[nodiscard]] Rate rate_of(const Key& key, double now) {
        forget_old(now);
        Rate result;
        for (const Bucket& bucket : buckets_) {
            const auto found = bucket.work.find(key);
            if (found != bucket.work.end()) add_to(result, found->second, now);
        }
        return result;
    }

    [[nodiscard]] Rate total(double now) {
        Rate result;
        for (const auto& entry : rates(now)) {
            result.hashes_per_second += entry.second.hashes_per_second;
            result.late_hashes_per_second += entry.second.late_hashes_per_second;
            result.submits += entry.second.submits;
            result.late_submits += entry.second.late_submits;
        }
        return result;
    }

    /// How far back the rates look now.
    [[nodiscard]] double span_seconds(double now) const {
        return std::clamp(now - start_, kShortestSpanSeconds, window_seconds_);
    }

  private:
    static constexpr int kBuckets = 100;
    static constexpr std::size_t kMaxKeys = 10000;
    /// A rate over a shorter time would be noise.
    static constexpr double kShortestSpanSeconds = 10;

    struct Work {
        double hashes = 0;
        double late_hashes = 0;
        std::uint64_t submits = 0;
        std::uint64_t late_submits = 0;
    };
    struct Bucket {
        double start = 0;
        std::map<Key, Work> work;
    };

    void add_to(Rate& rate, const Work& work, double now) const {
        rate.hashes_per_second += work.hashes / span_seconds(now);
        rate.late_hashes_per_second += work.late_hashes / span_seconds(now);
        rate.submits += work.submits;
        rate.late_submits += work.late_submits;
    }

    void forget_old(double now) {
        while (!buckets_.empty() && buckets_.front().start < now - window_seconds_)
            buckets_.pop_front();
    }

    double window_seconds_;
    double start_;
    std::deque<Bucket> buckets_;
};

}  // namespace p2pool::work
