#include "p2pool/node/limits.h"

#include <doctest/doctest.h>

using p2pool::node::admission_settings;
using p2pool::node::submit_limit_settings;
using p2pool::options::parse_security_config;
using p2pool::options::SecurityConfig;

namespace {

SecurityConfig config_of(const char* text) {
    std::vector<std::string> problems;
    const SecurityConfig config = parse_security_config(text, problems);
    CHECK(problems.empty());
    return config;
}

/// As the python node writes it when there is none.
constexpr const char* kWritten = R"({
    "ban_duration_seconds": 3600, "ban_enabled": true, "ddos_connection_rate_threshold": 10,
    "ddos_high_share_rate_threshold": 2.0, "ip_whitelist": ["127.0.0.1", "::1"], "max_connections_per_ip": 50,
    "max_share_rate_per_worker": 5.0, "max_violations_before_ban": 10, "share_rate_window_seconds": 60,
    "web_auth_enabled": false, "web_auth_password_hash": null, "web_auth_username": "admin", "web_burst_limit": 20,
    "web_rate_limit_enabled": true, "web_requests_per_minute": 120, "worker_whitelist": []})";

}  // namespace

TEST_CASE("what the python node wrote and did not enforce is no limit") {
    for (const char* text : {kWritten, "{}"}) {
        const SecurityConfig config = config_of(text);
        const auto admission = admission_settings(config);
        CHECK(admission.connection_rate == 0);
        CHECK(admission.max_connections_per_ip == 50);
        CHECK_FALSE(admission.limit_loopback);
        CHECK(admission.ban_duration_seconds == 3600);
        CHECK(admission.max_violations_before_ban == 10);
        CHECK(admission.ip_whitelist == std::vector<std::string>{"127.0.0.1", "::1"});
        const auto submits = submit_limit_settings(config);
        CHECK(submits.high_rate == 0);
        CHECK(submits.most_rate == 0);
        CHECK(config.requests_per_minute() == 300);
        CHECK(config.burst_limit() == 50);
    }
}

TEST_CASE("what the operator changed is enforced") {
    const SecurityConfig config = config_of(R"({
        "ban_duration_seconds": 60, "ban_enabled": false, "ddos_connection_rate_threshold": 3,
        "ddos_high_share_rate_threshold": 0.5, "ip_whitelist": ["192.0.2.0/24"], "max_connections_per_ip": 7,
        "max_connections_per_subnet": 9, "max_share_rate_per_worker": 1.5, "max_violations_before_ban": 2,
        "share_rate_window_seconds": 30, "worker_whitelist": ["A.rig"]})");
    const auto admission = admission_settings(config);
    CHECK(admission.connection_rate == 3);
    CHECK(admission.max_connections_per_ip == 7);
    CHECK(admission.max_connections_per_subnet == 9);
    CHECK(admission.limit_loopback);
    CHECK_FALSE(admission.ban_enabled);
    CHECK(admission.ban_duration_seconds == 60);
    CHECK(admission.max_violations_before_ban == 2);
    CHECK(admission.ip_whitelist == std::vector<std::string>{"192.0.2.0/24"});
    const auto submits = submit_limit_settings(config);
    CHECK(submits.high_rate == 0.5);
    CHECK(submits.most_rate == 1.5);
    CHECK(submits.window_seconds == 30);
    CHECK(submits.whitelist == std::vector<std::string>{"A.rig"});
}
