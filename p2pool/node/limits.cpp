#include "p2pool/node/limits.h"

#include <algorithm>

namespace p2pool::node {

stratum::AdmissionSettings admission_settings(const options::SecurityConfig& config) {
    stratum::AdmissionSettings settings;
    settings.max_connections_per_ip = static_cast<std::size_t>(config.max_connections_per_ip);
    settings.max_connections_per_subnet = static_cast<std::size_t>(config.max_connections_per_subnet);
    settings.connection_rate = config.connection_rate();
    settings.limit_loopback = config.chose_connections_per_ip();
    settings.ban_enabled = config.ban_enabled;
    settings.ban_duration_seconds = config.ban_duration_seconds;
    settings.max_violations_before_ban = std::max(1, config.max_violations_before_ban);
    settings.ip_whitelist = config.ip_whitelist;
    return settings;
}

stratum::SubmitLimitSettings submit_limit_settings(const options::SecurityConfig& config) {
    stratum::SubmitLimitSettings settings;
    settings.high_rate = config.high_submit_rate();
    settings.most_rate = config.most_submit_rate();
    settings.window_seconds = std::max(1, config.share_rate_window_seconds);
    settings.whitelist = config.worker_whitelist;
    return settings;
}

}  // namespace p2pool::node
