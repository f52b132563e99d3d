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

Admission::Admission(AdmissionSettings settings, const dash::Clock& clock)
    : settings_(std::move(settings)), clock_(clock) {}

std::string Admission::admit(const std::string& ip) {
    if (is_banned(ip)) return "this address is banned for a while because of earlier abuse";
    std::size_t& count = connections_[ip];
    const bool limited = settings_.limit_loopback || !is_loopback(ip);
    if (limited && count >= settings_.max_connections_per_ip) {
        std::string refusal = "too many connections from this address (" + std::to_string(count) + ")";
        if (count == 0) connections_.erase(ip);
        violation(ip, "connection_flood");
        return refusal;
    }
    ++count;
    return {};
}

void Admission::leave(const std::string& ip) {
    const auto found = connections_.find(ip);
    if (found != connections_.end() && --found->second == 0) connections_.erase(found);
}

bool Admission::may_be_banned(const std::string& ip) const {
    const auto& whitelist = settings_.ip_whitelist;
    return settings_.ban_enabled && !is_loopback(ip) &&
           std::find(whitelist.begin(), whitelist.end(), ip) == whitelist.end();
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
    return record != nullptr && record->ban_ends > steady_seconds(clock_);
}

std::vector<Admission::Ban> Admission::bans() const {
    const double now = steady_seconds(clock_);
    std::vector<Ban> bans;
    for (const auto& [ip, record] : offenders_) {
        if (record.ban_ends <= now) continue;
        bans.push_back({ip, record.banned_at, clock_.unix_seconds() + record.ban_ends - now, record.reason});
    }
    return bans;
}

std::vector<Admission::Offender> Admission::offenders(std::size_t limit) const {
    std::vector<Offender> offenders;
    for (const auto& [ip, record] : offenders_) {
        const int violations = static_cast<int>(violations_now(record));
        if (violations > 0) offenders.push_back({ip, violations});
    }
    std::sort(offenders.begin(), offenders.end(),
              [](const Offender& a, const Offender& b) { return a.violations > b.violations; });
    if (offenders.size() > limit) offenders.resize(limit);
    return offenders;
}

}  // namespace p2pool::stratum
