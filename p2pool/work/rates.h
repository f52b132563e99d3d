#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace p2pool::work {

/// Hash rate that a key (worker name, payout hash) showed within a sliding window. Work is counted in buckets of a
/// hundredth of the window, so memory is bounded by the number of keys, whatever the number of submits; sums are kept,
/// so that a look at one key or at all together costs next to nothing. Times are seconds of a clock that never goes
/// back; one thread only.
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
    RateMonitor(const RateMonitor&) = delete;
    RateMonitor& operator=(const RateMonitor&) = delete;

    /// Beyond kMaxKeys distinct keys within the window new ones are not counted.
    void add(const Key& key, double hashes, bool late, double now) {
        forget_old(now);
        auto found = keys_.find(key);
        if (found == keys_.end()) {
            if (keys_.size() >= kMaxKeys) return;
            found = keys_.emplace(key, Sums{}).first;
        }
        if (buckets_.empty() || now - buckets_.back().start >= window_seconds_ / kBuckets) {
            buckets_.push_back({now, {}});
            ++last_bucket_;
        }
        const Work work{hashes, late ? hashes : 0, 1, late ? 1U : 0U};
        share_in_last_bucket(found).add(work);
        found->second.work.add(work);
        total_.add(work);
    }

    /// Costs a step for each key.
    [[nodiscard]] std::map<Key, Rate> rates(double now) {
        forget_old(now);
        std::map<Key, Rate> result;
        for (const auto& [key, sums] : keys_)
            result.emplace_hint(result.end(), key, rate(sums.work, now));
        return result;
    }

    /// Keys with work within the window.
    [[nodiscard]] std::size_t size(double now) {
        forget_old(now);
        return keys_.size();
    }

    [[nodiscard]] Rate rate_of(const Key& key, double now) {
        forget_old(now);
        const auto found = keys_.find(key);
        return found == keys_.end() ? Rate{} : rate(found->second.work, now);
    }

    [[nodiscard]] Rate total(double now) {
        forget_old(now);
        return rate(total_, now);
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

        void add(const Work& other) {
            hashes += other.hashes;
            late_hashes += other.late_hashes;
            submits += other.submits;
            late_submits += other.late_submits;
        }
        /// What rounding left goes with the last submit.
        void remove(const Work& other) {
            submits -= other.submits;
            late_submits -= other.late_submits;
            hashes = submits == 0 ? 0 : std::max(0.0, hashes - other.hashes);
            late_hashes = late_submits == 0 ? 0 : std::max(0.0, late_hashes - other.late_hashes);
        }
    };
    struct Sums {
        Work work;                 ///< within the window
        std::uint64_t bucket = 0;  ///< the last one that this key has a share in …
        std::size_t place = 0;     ///< … and which
    };
    using Keys = std::map<Key, Sums>;
    struct Share {
        typename Keys::iterator key;
        Work work;
    };
    struct Bucket {
        double start = 0;
        std::vector<Share> shares;  ///< one a key
    };

    [[nodiscard]] Work& share_in_last_bucket(typename Keys::iterator key) {
        std::vector<Share>& shares = buckets_.back().shares;
        Sums& sums = key->second;
        if (sums.bucket != last_bucket_) {
            sums.bucket = last_bucket_;
            sums.place = shares.size();
            shares.push_back({key, {}});
        }
        return shares[sums.place].work;
    }

    [[nodiscard]] Rate rate(const Work& work, double now) const {
        const double span = span_seconds(now);
        return {work.hashes / span, work.late_hashes / span, work.submits, work.late_submits};
    }

    void forget_old(double now) {
        for (; !buckets_.empty() && buckets_.front().start < now - window_seconds_; buckets_.pop_front()) {
            for (const Share& share : buckets_.front().shares) {
                total_.remove(share.work);
                share.key->second.work.remove(share.work);
                if (share.key->second.work.submits == 0) keys_.erase(share.key);
            }
        }
    }

    double window_seconds_;
    double start_;
    Keys keys_;  ///< those with work within the window; at most kMaxKeys
    Work total_;
    std::deque<Bucket> buckets_;     ///< the newest last
    std::uint64_t last_bucket_ = 0;  ///< number of the newest
};

}  // namespace p2pool::work
