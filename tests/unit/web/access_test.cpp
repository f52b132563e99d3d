#include <doctest/doctest.h>

#include <fstream>

#include "dash/primitives/bytes.h"
#include "dash/primitives/sha256.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/web/running_service.h"
#include "web/access/gate.h"
#include "web/access/password.h"

using web_tests::RunningService;

namespace {

/// "admin:secret" and "admin:wrong".
constexpr const char* kRight = "Authorization: Basic YWRtaW46c2VjcmV0";
constexpr const char* kWrong = "Authorization: Basic YWRtaW46d3Jvbmc=";

web_tests::Wishes stranger(const std::string& config = {}) {
    web_tests::Wishes wishes;
    wishes.client_ip = "203.0.113.50";
    if (!config.empty()) {
        wishes.prepare = [config](const std::filesystem::path& datadir) {
            std::ofstream(datadir / "security_config.json") << config;
        };
    }
    return wishes;
}

std::string sha256_hex(const std::string& text) {
    return dash::to_hex(dash::sha256(dash::as_bytes(text)));
}

}  // namespace

TEST_CASE("passwords are kept as salted slow hashes") {
    const std::string hash = web::hash_password("secret");
    CHECK(hash != web::hash_password("secret"));
    CHECK(web::password_matches("secret", hash));
    CHECK_FALSE(web::password_matches("Secret", hash));
    CHECK_FALSE(web::password_matches("secret", "scrypt$14$8$1$$"));
    CHECK_FALSE(web::password_matches("", ""));
    CHECK(web::password_matches_old_hash("secret", sha256_hex("secret")));
    CHECK_FALSE(web::password_matches_old_hash("secret", sha256_hex("other")));
    CHECK_FALSE(web::password_matches_old_hash("", ""));
}

TEST_CASE("--web-password asks everybody for it, and stays") {
    web_tests::Wishes wishes = stranger();
    wishes.password = {"admin", "secret"};
    RunningService service(wishes);
    for (const char* page :
         {"/local_stats", "/network_difficulty", "/static/", "/metrics", "/api/v1/overview", "/api/v1/events"}) {
        CAPTURE(page);
        const auto refused = service.get(page);
        CHECK(refused.status == 401);
        CHECK(refused.header("www-authenticate").find("Basic realm=\"P2Pool Web Interface\"") == 0);
        CHECK(refused.body == "{\"error\":\"Authentication required\"}");
        // The dashboard itself was let in by the password: a browser gives that to its scripts only when asked.
        CHECK_FALSE(service.get(page, {"X-Requested-With: dashboard"}).header("www-authenticate").empty());
    }
    CHECK(service.get("/local_stats", {kRight}).status == 200);
    CHECK(service.get("/local_stats", {kWrong}).status == 401);
    CHECK(service.get("/healthz").status == 200);
    std::ifstream file(service.datadir() / "security_config.json");
    const auto config = nlohmann::json::parse(file);
    CHECK(config["web_auth_enabled"] == true);
    CHECK(config["web_auth_password"].get<std::string>().find("scrypt$") == 0);
    CHECK(config.dump().find("secret\"") == std::string::npos);
    // The python node would take null for no password at all.
    CHECK(config["web_auth_password_hash"].is_string());
}

TEST_CASE("who guesses passwords has to wait") {
    web_tests::Wishes wishes = stranger();
    wishes.password = {"admin", "secret"};
    const RunningService service(wishes);
    for (int i = 0; i < 5; ++i)
        CHECK(service.get("/rate", {kWrong}).status == 401);
    CHECK(service.get("/rate", {kWrong}).status == 429);
    CHECK(service.get("/rate", {kRight}).status == 429);
}

TEST_CASE("strangers who guess passwords do not lock out who is at this machine") {
    const tests::TemporaryFolder folder("gate");
    std::ofstream(folder.path() / "security_config.json")
        << R"({"web_auth_enabled": true, "web_auth_password_hash": ")" << sha256_hex("secret") << "\"}";
    const tests::ManualClock clock;
    p2pool::options::SecurityConfigFile config(folder.path() / "security_config.json", clock);
    web::Gate gate(config, clock);
    const auto status = [&](const std::string& ip, const char* header) {
        web::Request request;
        request.ip = ip;
        request.authorization = std::string(header).substr(std::string("Authorization: ").size());
        web::Sight sight;
        const auto refusal = gate.check(request, web::PathKind::kPublic, sight);
        return refusal ? refusal->status : 200;
    };
    for (int i = 0; i < 24 * 5; ++i)
        CHECK(status("203.0.113." + std::to_string(i / 5), kWrong) == 401);
    CHECK(status("198.51.100.1", kRight) == 429);
    CHECK(status("127.0.0.1", kRight) == 200);
}

TEST_CASE("the python node's hash opens, a null hash refuses everybody") {
    const RunningService old(
        stranger(R"({"web_auth_enabled": true, "web_auth_username": "admin", "web_auth_password_hash": ")" +
                 sha256_hex("secret") + "\"}"));
    CHECK(old.get("/rate", {kRight}).status == 200);
    CHECK(old.get("/rate", {kWrong}).status == 401);
    const RunningService closed(stranger(R"({"web_auth_enabled": true, "web_auth_password_hash": null})"));
    CHECK(closed.get("/rate", {kRight}).status == 401);
    CHECK(closed.get("/rate", {"Authorization: Basic YWRtaW46"}).status == 401);
}

TEST_CASE("only the private parts can ask for the password") {
    const RunningService service(
        stranger(R"({"web_auth_enabled": true, "web_auth_private_only": true, "web_auth_password_hash": ")" +
                 sha256_hex("secret") + "\"}"));
    CHECK(service.get("/rate").status == 200);
    const auto refused = service.get("/stratum_stats");
    CHECK(refused.status == 401);
    CHECK(refused.header("www-authenticate").find("Basic ") == 0);
    CHECK(service.get("/api/v1/miners").status == 401);
    CHECK(service.get("/stratum_stats", {kRight}).status == 200);
    // A browser would show its dialog at every request of the dashboard's script.
    const std::string script = "X-Requested-With: dashboard";
    for (const char* page : {"/api/v1/miners", "/api/v1/graphs/miner_hash_rates"}) {
        const auto quiet = service.get(page, {script});
        CHECK(quiet.status == 401);
        CHECK(quiet.header("www-authenticate").empty());
    }
    CHECK(service.get("/login").header("www-authenticate").find("Basic ") == 0);
    const auto entered = service.get("/login", {kRight});
    CHECK(entered.status == 302);
    CHECK(entered.header("location") == "static/");
}

TEST_CASE("with private parts nobody sees workers' names without the password") {
    RunningService service(
        stranger(R"({"web_auth_enabled": true, "web_auth_private_only": true, "web_auth_password_hash": ")" +
                 sha256_hex("secret") + "\"}"));
    web_tests::HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
    CHECK(reader.read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
    service.tell_mining_state();
    const std::string worker = std::string(web_tests::kMinerAddress) + ".rig1";
    for (const char* page : {"/local_stats", "/web/log", "/api/v1/overview", "/api/v1/alerts", "/metrics"}) {
        CAPTURE(page);
        const auto answer = service.get(page);
        CHECK(answer.status == 200);
        CHECK(answer.body.find(worker) == std::string::npos);
    }
    for (const char* page : {"/web/graph_data/miner_hash_rates/last_hour", "/api/v1/graphs/miner_hash_rates"}) {
        CAPTURE(page);
        CHECK(service.get(page).status == 401);
        CHECK(service.get(page, {kRight}).status == 200);
    }
    CHECK(service.json("/local_stats")["miner_hash_rates"].empty());
    // Nor who mines here.
    CHECK(service.json("/web/my_share_hashes").empty());
    CHECK(service.json("/web/my_share_hashes50").empty());
    const auto share = service.json("/api/v1/shares/" + service.best_share());
    CHECK(share["is_ours"].is_null());
    CHECK(share["received_from"].is_null());
    CHECK(service.json("/web/share/" + service.best_share())["local"]["peer_first_received_from"].is_null());
    const auto shares = service.json("/api/v1/shares");
    for (const auto& flags : shares["flags"])
        CHECK((flags.get<int>() & 1) == 0);
    const auto payouts = service.json("/api/v1/payouts");
    for (const auto& payout : payouts["payouts"])
        CHECK(payout["is_local"].is_null());
    CHECK(service.get("/web/my_share_hashes", {kRight}).body.find(service.best_share()) != std::string::npos);
    CHECK(service.get("/local_stats", {kRight}).body.find(worker) != std::string::npos);
    CHECK(service.get("/web/graph_data/pool_rates/last_hour").status == 200);
    const std::string events = reader.read_until("event: status\n");
    CHECK(events.find(worker) == std::string::npos);
    CHECK(events.find("\"is_ours\":null") != std::string::npos);
    CHECK(events.find("\"is_ours\":true") == std::string::npos);
    CHECK(events.find("\"received_from\":\"") == std::string::npos);
}

TEST_CASE("being on this machine is no proof for a proxy's guests or another site's page") {
    RunningService service;
    service.tell_mining_state();
    const auto shows_address = [&](const std::vector<std::string>& headers) {
        return service.get("/stratum_stats", headers).body.find("203.0.113.7") != std::string::npos;
    };
    CHECK(shows_address({}));
    CHECK(shows_address({"Origin: http://node"}));
    CHECK_FALSE(shows_address({"X-Forwarded-For: 198.51.100.1"}));
    CHECK_FALSE(shows_address({"Forwarded: for=198.51.100.1"}));
    CHECK_FALSE(shows_address({"Origin: https://evil.example"}));
    CHECK_FALSE(shows_address({"Origin: null"}));
}

TEST_CASE("a file that cannot be read opens nothing") {
    const RunningService service(stranger("this is no JSON"));
    CHECK(service.get("/rate").status == 401);
    CHECK(service.get("/readyz").status == 503);
}

TEST_CASE("where the dashds are, strangers are not told") {
    for (const bool far : {true, false}) {
        CAPTURE(far);
        RunningService service(far ? stranger() : web_tests::Wishes{});
        service.tell_mining_state();
        const auto dashds = service.json("/api/v1/overview")["dashd"]["backends"];
        REQUIRE(dashds.size() == 2);
        CHECK(dashds[0]["usable"] == false);
        CHECK(dashds[0]["address"].is_null() == far);
        CHECK(dashds[0]["problem"].is_null() == far);
        CHECK(dashds[1]["current"] == true);
        CHECK(dashds[1]["problem"].is_null());
    }
}

TEST_CASE("where the broadcaster's own dashds are, strangers are not told") {
    for (const bool far : {true, false}) {
        CAPTURE(far);
        web_tests::Wishes wishes = far ? stranger() : web_tests::Wishes{};
        wishes.broadcaster = {{"enabled", true},
                              {"peers", {{"protected", {{{"host", "192.0.2.77"}, {"port", 9999}}}}}}};
        const RunningService service(wishes);
        for (const char* page : {"/broadcaster_status", "/api/v1/broadcaster"})
            CHECK((service.get(page).body.find("192.0.2.77") == std::string::npos) == far);
    }
}

TEST_CASE("strangers see no miner's whole address, this machine does") {
    RunningService far(stranger());
    far.tell_mining_state();
    RunningService near;
    near.tell_mining_state();
    for (const char* page : {"/stratum_stats", "/ban_stats", "/api/v1/stratum", "/api/v1/security"}) {
        CAPTURE(page);
        const std::string seen = far.get(page).body;
        CHECK(seen.find("203.0.113.7") == std::string::npos);
        CHECK(seen.find("198.51.100.9") == std::string::npos);
        CHECK((seen.find("203.0.113.x") != std::string::npos || seen.find("198.51.100.x") != std::string::npos));
        const std::string known = near.get(page).body;
        CHECK((known.find("203.0.113.7") != std::string::npos || known.find("198.51.100.9") != std::string::npos));
    }
    CHECK(web::mask_ip("2001:db8:1:2::/64") == "2001:db8:1::x");
    CHECK(web::mask_ip("127.0.0.1") == "127.0.0.1");
}

TEST_CASE("no page and no event shows strangers a whole address") {
    RunningService service(stranger(R"({"web_rate_limit_enabled": false})"));
    web_tests::HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
    (void)reader.read_until("\r\n\r\n");
    service.tell_mining_state();
    for (const std::string& target : service.every_page()) {
        CAPTURE(target);
        const std::string body = service.get(target).body;
        CHECK(body.find("203.0.113.7") == std::string::npos);
        CHECK(body.find("198.51.100.9") == std::string::npos);
    }
    CHECK(reader.read_until("event: block\n").find("203.0.113.7") == std::string::npos);
}

TEST_CASE("requests are limited for each client") {
    const RunningService service(stranger());
    web_tests::HttpClient client(service.port());
    int served = 0;
    int refused = 0;
    for (int i = 0; i < 400; ++i) {
        const auto answer = client.get("/fee");
        served += answer.status == 200;
        if (answer.status != 429) continue;
        ++refused;
        CHECK(answer.header("retry-after") == "1");
        CHECK(nlohmann::json::parse(answer.body)["retry_after"] == 1);
    }
    CHECK(served >= 50);
    CHECK(served <= 300);
    CHECK(refused >= 100);
    // Files are not counted.
    CHECK(client.get("/static/").status == 200);
}

TEST_CASE("this machine and those on the whitelist are not limited") {
    const RunningService here;
    web_tests::HttpClient client(here.port());
    for (int i = 0; i < 120; ++i)
        CHECK(client.get("/fee").status == 200);
}

TEST_CASE("a listed network is not limited either") {
    const auto served = [](const char* listed) {
        const RunningService service(
            stranger(R"({"web_burst_limit": 3, "web_requests_per_minute": 4, "ip_whitelist": [")" +
                     std::string(listed) + "\"]}"));
        web_tests::HttpClient client(service.port());
        int fine = 0;
        for (int i = 0; i < 30; ++i)
            fine += client.get("/fee").status == 200;
        return fine;
    };
    CHECK(served("203.0.113.0/24") == 30);
    CHECK(served("203.0.112.0/24") <= 4);
}

TEST_CASE("limits left at the python node's defaults mean what was in force there") {
    std::vector<std::string> problems;
    p2pool::options::SecurityConfig config = p2pool::options::parse_security_config("{}", problems);
    CHECK(config.requests_per_minute() == 300);
    CHECK(config.burst_limit() == 50);
    config = p2pool::options::parse_security_config(
        R"({"web_requests_per_minute": 60, "web_burst_limit": 5, "ban_enabled": "yes", "unknown": 1})", problems);
    CHECK(config.requests_per_minute() == 60);
    CHECK(config.burst_limit() == 5);
    CHECK(config.ban_enabled);
    CHECK(problems == std::vector<std::string>{"ban_enabled"});
}
