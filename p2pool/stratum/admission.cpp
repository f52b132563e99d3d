#include "p2pool/stratum/admission.h"

#include <algorithm>
#include <cmath>

#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"

namespace p2pool::stratum {
namespace {

constexpr double kForgivenessSeconds = 60;

}  // namespace

bool is_loopback(std::string_view ip) {
    return ip.substr(0, 4) == "127." || ip == "::1";
}

Admission::Admission(AdmissionSettings settings, std::size_t places, const dash::Clock& clock)
    : settings_(std::move(settings)), whitelist_(settings_.ip_whitelist), places_(places), clock_(clock) {}

void Admission::configure(AdmissionSettings settings) {
    if (settings.connection_rate != settings_.connection_rate) arrivals_.erase_if([](const Arrivals&) { return true; });
    settings_ = std::move(settings);
    whitelist_ = dash::IpList(settings_.ip_whitelist);
}

std::string Admission::admit(const std::string& ip) {
    if (!is_exempt(ip)) {
        if (std::string refusal = find_refusal(ip); !refusal.empty()) return refusal;
    }
    ++connections_[ip];
    ++subnets_[dash::subnet_of(ip)];
    return {};
}

std::string Admission::find_refusal(const std::string& ip) {
    const auto count = [](const auto& counts, const std::string& key) {
        const auto found = counts.find(key);
        return found == counts.end() ? std::size_t{0} : found->second;
    };
    if (is_banned(ip)) return "this address is banned for a while because of earlier abuse";
    const bool limited = settings_.limit_loopback || !is_loopback(ip);
    if (limited && comes_too_often(ip)) return "too many new connections from this address, try again in a second";
    const std::size_t present = count(connections_, ip);
    const std::size_t most_of_ip = settings_.max_connections_per_ip;
    if (limited && most_of_ip > 0 && present >= most_of_ip) {
        violation(ip, "connection_flood");
        return "too many connections from this address (" + std::to_string(present) + ")";
    }
    const bool chosen = settings_.max_connections_per_subnet > 0;
    const std::size_t most = chosen ? settings_.max_connections_per_subnet : std::max<std::size_t>(1, places_ / 4);
    if ((chosen || !is_loopback(ip)) && count(subnets_, dash::subnet_of(ip)) >= most) {
        return "too many connections from this network (" + std::to_string(most) + ")";
    }
    return {};
}

bool Admission::comes_too_often(const std::string& ip) {
    if (settings_.connection_rate <= 0) return false;
    const double now = steady_seconds(clock_);
    Arrivals* known = arrivals_.find(ip);
    if (known == nullptr) {
        const double rate = settings_.connection_rate;
        known = &arrivals_.put(ip, {TokenBucket(rate, std::max(1.0, rate)), 0});
    }
    if (known->allowed.take(now)) return false;
    // A house full of miners that come back at once is no attack; one that goes on is.
    if (now - known->offended_at >= 1) {
        known->offended_at = now;
        violation(ip, "connection_flood");
    }
    return true;
}

void Admission::leave(const std::string& ip) {
    const auto forget_one = [](auto& counts, const std::string& key) {
        const auto found = counts.find(key);
        if (found != counts.end() && --found->second == 0) counts.erase(found);
    };
    forget_one(connections_, ip);
    forget_one(subnets_, dash::subnet_of(ip));
}

bool Admission::may_be_banned(const std::string& ip) const {
    return settings_.ban_enabled && !is_loopback(ip) && !is_exempt(ip);
}

double Admission::violations_now(const Record& record) const {
    const double forgiven = std::floor((steady_seconds(clock_) - record.counted_at) / kForgivenessSeconds);
    return std::max(0.0, record.violations - forgiven);
}

void Admission::violation(const std::string& ip, std::string_view reason) {
    Record* known = offenders_.find(ip);
    Record& record = known != nullptr ? *known : offenders_.put(ip, Record{});
    record.violations = violations_now(record) + 1;
    record.counted_at = steady_seconds(clock_);
    if (record.violations >= settings_.max_violations_before_ban && may_be_banned(ip)) ban(ip, record, reason);
}

void Admission::ban(const std::string& ip, Record& record, std::string_view reason) {
    record.violations = 0;
    record.banned_at = clock_.unix_seconds();
    record.ban_ends = steady_seconds(clock_) + settings_.ban_duration_seconds;
    record.reason = reason;
    dash::log::warning("BANNED IP ", ip, " for ", settings_.ban_duration_seconds, " seconds. Reason: ", reason);
}

bool Admission::is_banned(const std::string& ip) {
    const Record* record = offenders_.find(ip);
    return settings_.ban_enabled && record != nullptr && record->ban_ends > steady_seconds(clock_);
}

std::vector<Admission::Ban> Admission::bans() const {
    const double now = steady_seconds(clock_);
    std::vector<Ban> bans;
    if (!settings_.ban_enabled) return bans;
    for (const auto& [ip, record] : offenders_) {
        if (record.ban_ends <= now) continue;
        bans.push_back({ip, record.banned_at, clock_.unix_seconds() + record.ban_ends - now, record.reason});
    }
    return bans;
}

std::vector<Admission::Offender> Admission::offenders(std::size_t limit) const {
    std::vector<std::pair<int, const std::string*>> all;  // of which only the worst are worth a copy
    for (const auto& [ip, record] : offenders_) {
        const int violations = static_cast<int>(violations_now(record));
        if (violations > 0) all.emplace_back(violations, &ip);
    }
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()));
    std::partial_sort(all.begin(), end, all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Offender> offenders;
    for (auto worst = all.begin(); worst != end; ++worst)
        offenders.push_back({*worst->second, worst->first});
    return offenders;
}

}  // namespace p2pool::stratum
