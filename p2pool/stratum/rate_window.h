#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace p2pool::stratum {

/// Sum of what was added within the last kBuckets · bucket_seconds, in constant memory and O(1) amortised time. Times
/// are seconds that never go back.
template <std::size_t kBuckets>
class RateWindow {
  public:
    explicit RateWindow(double bucket_seconds) : bucket_seconds_(bucket_seconds) {}

    void add(double now, double amount) {
        advance(now);
        buckets_[index(head_)] += amount;
        sum_ += amount;
    }

    [[nodiscard]] double sum(double now) {
        advance(now);
        return sum_;
    }

    [[nodiscard]] double window_seconds() const { return bucket_seconds_ * static_cast<double>(kBuckets); }

  private:
    static std::size_t index(std::int64_t bucket) {
        return static_cast<std::size_t>(bucket % static_cast<std::int64_t>(kBuckets));
    }

    void advance(double now) {
        const auto bucket = static_cast<std::int64_t>(std::floor(now / bucket_seconds_));
        if (bucket <= head_) return;
        if (bucket - head_ >= static_cast<std::int64_t>(kBuckets)) {
            buckets_.fill(0);
            sum_ = 0;  // and with it whatever rounding had gathered
            head_ = bucket;
            return;
        }
        while (head_ < bucket) {
            double& oldest = buckets_[index(++head_)];
            sum_ = std::max(0.0, sum_ - oldest);
            oldest = 0;
        }
    }

    double bucket_seconds_;
    std::array<double, kBuckets> buckets_{};
    std::int64_t head_ = 0;
    double sum_ = 0;
};

}  // namespace p2pool::stratum
