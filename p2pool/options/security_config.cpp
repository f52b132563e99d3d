#include "p2pool/options/security_config.h"

#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dash/util/atomic_file.h"
#include "dash/util/error.h"
#include "dash/util/ip_list.h"
#include "dash/util/log.h"
#include "dash/util/private_file.h"

namespace p2pool::options {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::seconds kLookInterval{2};
// What the python node wrote into the file, and what it enforced.
constexpr int kWrittenRequestsPerMinute = 120;
constexpr int kEnforcedRequestsPerMinute = 300;
constexpr int kWrittenBurst = 20;
constexpr int kEnforcedBurst = 50;

bool take(const json& value, bool& field) {
    if (!value.is_boolean()) return false;
    field = value.get<bool>();
    return true;
}

bool take(const json& value, int& field) {
    if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1e9) return false;
    field = static_cast<int>(value.get<double>());
    return true;
}

bool take(const json& value, double& field) {
    if (!value.is_number() || value.get<double>() < 0) return false;
    field = value.get<double>();
    return true;
}

/// Null is the empty text.
bool take(const json& value, std::string& field) {
    if (!value.is_string() && !value.is_null()) return false;
    field = value.is_null() ? std::string() : value.get<std::string>();
    return true;
}

bool take(const json& value, std::vector<std::string>& field) {
    if (!value.is_array()) return false;
    std::vector<std::string> texts;
    for (const json& item : value) {
        if (!item.is_string()) return false;
        texts.push_back(item.get<std::string>());
    }
    field = std::move(texts);
    return true;
}

/// Calls `visit(name, field)` for every key.
template <typename Config, typename Visit>
void for_each_key(Config& config, Visit visit) {
    visit("web_auth_enabled", config.web_auth_enabled);
    visit("web_auth_username", config.web_auth_username);
    visit("web_auth_password_hash", config.web_auth_password_hash);
    visit("web_auth_password", config.web_auth_password);
    visit("web_auth_private_only", config.web_auth_private_only);
    visit("web_rate_limit_enabled", config.web_rate_limit_enabled);
    visit("web_requests_per_minute", config.web_requests_per_minute);
    visit("web_burst_limit", config.web_burst_limit);
    visit("ban_enabled", config.ban_enabled);
    visit("ban_duration_seconds", config.ban_duration_seconds);
    visit("max_violations_before_ban", config.max_violations_before_ban);
    visit("max_connections_per_ip", config.max_connections_per_ip);
    visit("max_connections_per_subnet", config.max_connections_per_subnet);
    visit("max_share_rate_per_worker", config.max_share_rate_per_worker);
    visit("share_rate_window_seconds", config.share_rate_window_seconds);
    visit("ddos_connection_rate_threshold", config.ddos_connection_rate_threshold);
    visit("ddos_high_share_rate_threshold", config.ddos_high_share_rate_threshold);
    visit("ip_whitelist", config.ip_whitelist);
    visit("worker_whitelist", config.worker_whitelist);
}

json default_file() {
    json file;
    const SecurityConfig defaults;
    for_each_key(defaults, [&](const char* name, const auto& value) { file[name] = value; });
    file["web_auth_password_hash"] = nullptr;
    file["web_auth_password"] = nullptr;
    return file;
}

std::string read_text(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return std::move(text).str();
}

/// It holds a password's hash: for its owner only.
void write_private(const fs::path& file, const json& content) {
    dash::write_file_atomically(file, content.dump(4) + "\n");
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
}

}  // namespace

int SecurityConfig::requests_per_minute() const {
    return web_requests_per_minute == kWrittenRequestsPerMinute ? kEnforcedRequestsPerMinute : web_requests_per_minute;
}

int SecurityConfig::burst_limit() const {
    return web_burst_limit == kWrittenBurst ? kEnforcedBurst : web_burst_limit;
}

double SecurityConfig::connection_rate() const {
    return ddos_connection_rate_threshold == SecurityConfig().ddos_connection_rate_threshold
               ? 0
               : ddos_connection_rate_threshold;
}

double SecurityConfig::high_submit_rate() const {
    return ddos_high_share_rate_threshold == SecurityConfig().ddos_high_share_rate_threshold
               ? 0
               : ddos_high_share_rate_threshold;
}

double SecurityConfig::most_submit_rate() const {
    return max_share_rate_per_worker == SecurityConfig().max_share_rate_per_worker ? 0 : max_share_rate_per_worker;
}

bool SecurityConfig::chose_connections_per_ip() const {
    return max_connections_per_ip != SecurityConfig().max_connections_per_ip;
}

SecurityConfig parse_security_config(const std::string& text, std::vector<std::string>& problems) {
    const json file = json::parse(text, nullptr, false);
    if (!file.is_object()) throw dash::DecodeError("it is no JSON object");
    SecurityConfig config;
    for_each_key(config, [&](const char* name, auto& field) {
        const auto value = file.find(name);
        if (value != file.end() && !take(*value, field)) problems.emplace_back(name);
    });
    return config;
}

SecurityConfigFile::SecurityConfigFile(fs::path file, const dash::Clock& clock)
    : file_(std::move(file)), clock_(clock) {
    if (!fs::exists(file_)) write_private(file_, default_file());
    read();
}

const SecurityConfig& SecurityConfigFile::current() {
    if (clock_.steady_now() >= next_look_) read();
    return config_;
}

void SecurityConfigFile::read() {
    std::error_code error;
    const auto changed = fs::last_write_time(file_, error);
    next_look_ = clock_.steady_now() + kLookInterval;
    if (read_of_ && *read_of_ == changed) return;
    read_of_ = changed;
    if (error) {
        dash::log::warning(file_.string(), " is gone: what it said holds until the node starts again.");
        return;
    }
    std::vector<std::string> problems;
    try {
        config_ = parse_security_config(read_text(file_), problems);
    } catch (const dash::DecodeError& problem) {
        dash::log::error(file_.string(), " cannot be read: ", problem.what(),
                         ". Correct it; until then no web page is shown, and the worker port keeps the limits it has.");
        config_.web_auth_enabled = true;
        config_.web_auth_private_only = false;
        config_.web_auth_password.clear();
        config_.web_auth_password_hash.clear();
    }
    for (const std::string& name : problems)
        dash::log::warning(file_.string(), ": the value of ", name, " is of a wrong kind; its default is used.");
    for (const std::string& entry : config_.ip_whitelist) {
        if (dash::parse_ip_network(entry)) continue;
        dash::log::warning(
            file_.string(), ": '", entry,
            "' in ip_whitelist is no address or network, such as 192.0.2.7 or 192.0.2.0/24; it is passed "
            "over.");
    }
    // As the python node leaves it, and editors do.
    if (!config_.web_auth_password_hash.empty() || !config_.web_auth_password.empty()) dash::make_private(file_);
}

void SecurityConfigFile::change(const json& keys) {
    json file = json::parse(read_text(file_), nullptr, false);
    if (!file.is_object()) {
        throw dash::ConfigError(file_.string() + " is no JSON object: correct it or remove it, then start again");
    }
    file.update(keys);
    try {
        write_private(file_, file);
    } catch (const std::exception& error) {
        throw dash::ConfigError("cannot write " + file_.string() + ": " + error.what());
    }
    read_of_.reset();
    read();
}

}  // namespace p2pool::options
