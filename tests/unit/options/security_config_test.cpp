#include "p2pool/options/security_config.h"

#include <doctest/doctest.h>

#include <fstream>

#include "dash/util/log.h"
#include "tests/support/manual_clock.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

using p2pool::options::SecurityConfig;
using p2pool::options::SecurityConfigFile;

namespace {

struct File {
    /// The time of the file tells that it changed: it must be another one on every file system.
    void write(const std::string& text) {
        std::ofstream(path) << text;
        std::filesystem::last_write_time(path,
                                         std::filesystem::file_time_type::clock::now() - std::chrono::seconds(age--));
        clock.advance(5);
    }

    tests::TemporaryFolder folder{"security"};
    std::filesystem::path path = folder.path() / "security_config.json";
    tests::ManualClock clock;
    int age = 1000;
};

}  // namespace

TEST_CASE("without a file one with the defaults is written, for its owner only") {
    File file;
    SecurityConfigFile config(file.path, file.clock);
    std::vector<std::string> problems;
    const SecurityConfig written = p2pool::options::parse_security_config(tests::read_text(file.path), problems);
    CHECK(problems.empty());
    CHECK(written.requests_per_minute() == 300);
    CHECK(written.connection_rate() == 0);
    CHECK(written.ip_whitelist == std::vector<std::string>{"127.0.0.1", "::1"});
    CHECK((std::filesystem::status(file.path).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("a file with a password that everybody could read is made its owner's alone") {
    namespace fs = std::filesystem;
    const fs::perms python = fs::perms(0644);
    const std::string hash(64, 'a');
    for (const std::string key : {"web_auth_password_hash", "web_auth_password"}) {
        CAPTURE(key);
        File file;
        file.write("{\"" + key + "\": \"" + hash + "\"}");
        fs::permissions(file.path, python);
        SecurityConfigFile config(file.path, file.clock);
        CHECK(fs::status(file.path).permissions() == fs::perms(0600));
        // An editor may write a new file.
        fs::remove(file.path);
        file.write("{\"web_auth_enabled\": true, \"" + key + "\": \"" + hash + "\"}");
        fs::permissions(file.path, python);
        CHECK(config.current().web_auth_enabled);
        CHECK(fs::status(file.path).permissions() == fs::perms(0600));
    }
    File file;
    file.write("{}");
    fs::permissions(file.path, python);
    const SecurityConfigFile config(file.path, file.clock);
    CHECK(fs::status(file.path).permissions() == python);
}

TEST_CASE("every key is read again when the file changes") {
    File file;
    SecurityConfigFile config(file.path, file.clock);
    file.write(R"({
        "web_auth_enabled": true, "web_auth_username": "u", "web_auth_password_hash": "aa", "web_auth_password": "p",
        "web_auth_private_only": true, "web_rate_limit_enabled": false, "web_requests_per_minute": 1,
        "web_burst_limit": 2, "ban_enabled": false, "ban_duration_seconds": 3, "max_violations_before_ban": 4,
        "max_connections_per_ip": 5, "max_connections_per_subnet": 6, "max_share_rate_per_worker": 7.5,
        "share_rate_window_seconds": 8, "ddos_connection_rate_threshold": 9, "ddos_high_share_rate_threshold": 0.5,
        "ip_whitelist": ["192.0.2.0/24"], "worker_whitelist": ["A"]})");
    const SecurityConfig& read = config.current();
    CHECK(read.web_auth_enabled);
    CHECK(read.web_auth_username == "u");
    CHECK(read.web_auth_password_hash == "aa");
    CHECK(read.web_auth_password == "p");
    CHECK(read.web_auth_private_only);
    CHECK_FALSE(read.web_rate_limit_enabled);
    CHECK(read.requests_per_minute() == 1);
    CHECK(read.burst_limit() == 2);
    CHECK_FALSE(read.ban_enabled);
    CHECK(read.ban_duration_seconds == 3);
    CHECK(read.max_violations_before_ban == 4);
    CHECK(read.max_connections_per_ip == 5);
    CHECK(read.chose_connections_per_ip());
    CHECK(read.max_connections_per_subnet == 6);
    CHECK(read.most_submit_rate() == 7.5);
    CHECK(read.share_rate_window_seconds == 8);
    CHECK(read.connection_rate() == 9);
    CHECK(read.high_submit_rate() == 0.5);
    CHECK(read.ip_whitelist == std::vector<std::string>{"192.0.2.0/24"});
    CHECK(read.worker_whitelist == std::vector<std::string>{"A"});
    file.write("{}");
    CHECK(config.current().max_connections_per_ip == 50);
    CHECK_FALSE(config.current().web_auth_enabled);
}

TEST_CASE("an entry of the whitelist that is no address is told") {
    const tests::TemporaryFolder folder("security-list");
    const std::filesystem::path file = folder.path() / "security_config.json";
    std::ofstream(file) << R"({"ip_whitelist": ["192.0.2.7", "192.0.2.0/33", "my-farm"]})";
    const std::filesystem::path log = folder.path() / "log";
    dash::log::configure({.console = false, .file = log});
    const SecurityConfigFile config(file, dash::system_clock());
    dash::log::flush();
    const std::string told = tests::read_text(log);
    dash::log::configure({.console = false, .file = {}});
    CHECK(told.find("'192.0.2.0/33' in ip_whitelist is no address or network") != std::string::npos);
    CHECK(told.find("'my-farm' in ip_whitelist") != std::string::npos);
    CHECK(told.find("192.0.2.7'") == std::string::npos);
}

TEST_CASE("a file that is damaged or gone neither lifts limits nor lets anybody in") {
    File file;
    SecurityConfigFile config(file.path, file.clock);
    const std::string good = R"({"web_auth_enabled": true, "web_auth_password": "p", "max_connections_per_ip": 5})";
    file.write(good);
    CHECK(config.current().max_connections_per_ip == 5);
    file.write("{ this is no JSON");
    CHECK(config.current().max_connections_per_ip == 5);
    CHECK(config.current().web_auth_enabled);
    CHECK(config.current().web_auth_password.empty());
    file.write(good);
    CHECK(config.current().web_auth_password == "p");
    std::filesystem::remove(file.path);
    file.clock.advance(5);
    CHECK(config.current().max_connections_per_ip == 5);
    CHECK(config.current().web_auth_password == "p");
    file.write(R"({"max_connections_per_ip": 6})");
    CHECK(config.current().max_connections_per_ip == 6);
}
