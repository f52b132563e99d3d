#include "p2pool/stratum/submit_limit.h"

#include <algorithm>

namespace p2pool::stratum {

SubmitLimit::SubmitLimit(SubmitLimitSettings settings) : settings_(std::move(settings)) {}

void SubmitLimit::configure(SubmitLimitSettings settings) {
    if (settings == settings_) return;
    settings_ = std::move(settings);
    workers_.erase_if([](const Buckets&) { return true; });
}

bool SubmitLimit::is_exempt(const std::string& worker) const {
    const std::string address = worker.substr(0, worker.find('.'));
    return std::any_of(settings_.whitelist.begin(), settings_.whitelist.end(),
                       [&](const std::string& listed) { return listed == worker || listed == address; });
}

SubmitLimit::Buckets SubmitLimit::make_buckets() const {
    const auto bucket = [](double rate, double seconds) { return TokenBucket(rate, std::max(1.0, rate * seconds)); };
    const double most = settings_.most_rate;
    const bool has_lower = settings_.high_rate > 0 && (most <= 0 || settings_.high_rate < most);
    // Without a lower rate, half of what he may send is a worker's time to get harder work before anything is refused.
    const double window = settings_.window_seconds;
    return {has_lower ? bucket(settings_.high_rate, window) : bucket(most, window / 2), bucket(most, window)};
}

SubmitLimit::Pace SubmitLimit::count(const std::string& worker, double now) {
    if ((settings_.high_rate <= 0 && settings_.most_rate <= 0) || is_exempt(worker)) return Pace::kFine;
    Buckets* buckets = workers_.find(worker);
    if (buckets == nullptr) buckets = &workers_.put(worker, make_buckets());
    const bool is_high = !buckets->high.take(now);
    const bool is_too_high = settings_.most_rate > 0 && !buckets->most.take(now);
    if (is_too_high) return Pace::kTooHigh;
    return is_high ? Pace::kHigh : Pace::kFine;
}

}  // namespace p2pool::stratum
