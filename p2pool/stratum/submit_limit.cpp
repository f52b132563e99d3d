#include "p2pool/stratum/submit_limit.h"

#include <algorithm>

#include "p2pool/work/worker_name.h"

namespace p2pool::stratum {
namespace {

std::string key_of(const std::string& worker, const std::string& ip) {
    return ip + " " + worker;
}

}  // namespace

SubmitLimit::SubmitLimit(SubmitLimitSettings settings) : settings_(std::move(settings)) {}

void SubmitLimit::configure(SubmitLimitSettings settings) {
    if (settings == settings_) return;
    settings_ = std::move(settings);
    workers_.erase_if([](const Buckets&) { return true; });
}

bool SubmitLimit::is_limited(const std::string& worker) const {
    if (settings_.high_rate <= 0 && settings_.most_rate <= 0) return false;
    const std::string address = work::address_part(worker);
    return std::none_of(settings_.whitelist.begin(), settings_.whitelist.end(),
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

SubmitLimit::Pace SubmitLimit::pace(const std::string& worker, const std::string& ip, double now) {
    if (!is_limited(worker)) return Pace::kFine;
    Buckets* buckets = workers_.find(key_of(worker, ip));
    if (buckets == nullptr) return Pace::kFine;
    if (settings_.most_rate > 0 && !buckets->most.has(now)) return Pace::kTooHigh;
    return buckets->high.has(now) ? Pace::kFine : Pace::kHigh;
}

void SubmitLimit::count(const std::string& worker, const std::string& ip, double now) {
    if (!is_limited(worker)) return;
    const std::string key = key_of(worker, ip);
    Buckets* buckets = workers_.find(key);
    if (buckets == nullptr) buckets = &workers_.put(key, make_buckets());
    static_cast<void>(buckets->high.take(now));
    static_cast<void>(buckets->most.take(now));
}

}  // namespace p2pool::stratum
