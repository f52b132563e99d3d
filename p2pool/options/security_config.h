#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dash/util/clock.h"

namespace p2pool::options {

/// security_config.json of the data folder: the python node's keys with its defaults, and ours. A key that was never
/// enforced there and still has the default that node wrote means the value that was in force instead.
struct SecurityConfig {
    bool web_auth_enabled = false;
    std::string web_auth_username = "admin";
    /// Unsalted SHA-256 in hex, as the python node keeps it; looked at only where there is no web_auth_password.
    std::string web_auth_password_hash;
    /// Ours: salted slow hash, see web/access/password.h.
    std::string web_auth_password;
    /// Ours: ask for the password only where miners' names and addresses or the node's protection are shown.
    bool web_auth_private_only = false;
    bool web_rate_limit_enabled = true;
    int web_requests_per_minute = 120;
    int web_burst_limit = 20;
    bool ban_enabled = true;
    double ban_duration_seconds = 3600;
    int max_violations_before_ban = 10;
    int max_connections_per_ip = 50;
    /// Ours: of an IPv4 /24 or IPv6 /48 network; 0: a quarter of all places.
    int max_connections_per_subnet = 0;
    double max_share_rate_per_worker = 5.0;
    int share_rate_window_seconds = 60;
    int ddos_connection_rate_threshold = 10;
    double ddos_high_share_rate_threshold = 2.0;
    std::vector<std::string> ip_whitelist{"127.0.0.1", "::1"};
    std::vector<std::string> worker_whitelist;

    /// What is enforced: 300 while the file has the python node's default.
    [[nodiscard]] int requests_per_minute() const;
    /// Requests within one second; 50 likewise.
    [[nodiscard]] int burst_limit() const;
    /// New connections of an address in a second; 0, no limit, likewise. So are the next two, submits a second of a
    /// worker: above the first his difficulty is raised, what is above the second is refused.
    [[nodiscard]] double connection_rate() const;
    [[nodiscard]] double high_submit_rate() const;
    [[nodiscard]] double most_submit_rate() const;
    /// The operator chose the limit himself, so that it holds for this machine too.
    [[nodiscard]] bool chose_connections_per_ip() const;
};

/// Reads keys that have the right type; others keep their defaults and are named in `problems`. Throws DecodeError when
/// the text is no JSON object.
[[nodiscard]] SecurityConfig parse_security_config(const std::string& text, std::vector<std::string>& problems);

/// The file, read again when it changes. One thread.
class SecurityConfigFile {
  public:
    /// Writes a file with the defaults when there is none. A file that cannot be understood is told in the log, and
    /// refuses all passwords until it can, for it may have asked for one; the limits stay as they were. They all do
    /// when the file is removed while the node runs. One with a password's hash that everybody could read is made its
    /// owner's alone.
    SecurityConfigFile(std::filesystem::path file, const dash::Clock& clock);

    /// As the file is, or was at most some seconds ago.
    [[nodiscard]] const SecurityConfig& current();

    /// Sets keys and leaves the others as they are, also those that this program does not know. Throws ConfigError.
    void change(const nlohmann::json& keys);

  private:
    void read();

    std::filesystem::path file_;
    const dash::Clock& clock_;
    SecurityConfig config_;
    std::chrono::steady_clock::time_point next_look_;
    std::optional<std::filesystem::file_time_type> read_of_;
};

}  // namespace p2pool::options
