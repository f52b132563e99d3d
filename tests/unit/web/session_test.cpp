#include <doctest/doctest.h>

#include <fstream>

#include "tests/unit/web/message_key.h"
#include "tests/unit/web/openapi_document.h"
#include "tests/unit/web/running_service.h"

using Json = nlohmann::json;
using web_tests::HttpClient;
using web_tests::MessageKey;
using web_tests::RunningService;

namespace {

const MessageKey& miner_key() {
    static const MessageKey key(7);
    return key;
}

/// Strangers' view, and a worker of the key that can sign in.
web_tests::Wishes with_miner() {
    web_tests::Wishes wishes;
    wishes.client_ip = "203.0.113.50";
    wishes.third_worker = miner_key().address() + ".rig9";
    return wishes;
}

std::string sign_in(const RunningService& service, const MessageKey& key) {
    const web_tests::OpenApiDocument document(service.json("/api/v1/openapi.json"));
    const auto given = service.get("/api/v1/session/challenge?address=" + key.address());
    document.check_answer("get", "/api/v1/session/challenge", given);
    const Json challenge = Json::parse(given.body);
    const auto message = challenge["message"].get<std::string>();
    const Json body = {{"address", key.address()}, {"message", message}, {"signature", key.sign(message)}};
    const auto answer = HttpClient(service.port()).call("POST", "/api/v1/session", body.dump());
    REQUIRE(answer.status == 200);
    document.check_answer("post", "/api/v1/session", answer);
    CHECK(answer.header("cache-control") == "no-store");
    return "X-P2Pool-Session: " + Json::parse(answer.body)["token"].get<std::string>();
}

}  // namespace

TEST_CASE("a miner who signed in sees what is his and nobody else's") {
    RunningService service(with_miner());
    service.tell_mining_state();
    const web_tests::OpenApiDocument document(service.json("/api/v1/openapi.json"));
    const auto refused = service.get("/api/v1/session");
    CHECK(refused.status == 401);
    document.check_answer("get", "/api/v1/session", refused);
    const std::string session = sign_in(service, miner_key());
    const auto answer = service.get("/api/v1/session", {session});
    REQUIRE(answer.status == 200);
    const Json details = Json::parse(answer.body);
    document.check_answer("get", "/api/v1/session", answer);
    CHECK(details["address"] == miner_key().address());
    REQUIRE(details["connections"].size() == 1);
    CHECK(details["connections"][0]["ip"] == "203.0.113.7");
    CHECK(details["connections"][0]["worker"] == miner_key().address() + ".rig9");
    // Others stay masked for him, too.
    CHECK(service.get("/api/v1/stratum", {session}).body.find("203.0.113.7") == std::string::npos);
    HttpClient client(service.port());
    const auto ended = client.call("DELETE", "/api/v1/session", "", {session});
    CHECK(ended.status == 200);
    document.check_answer("delete", "/api/v1/session", ended);
    CHECK(service.get("/api/v1/session", {session}).status == 401);
}

TEST_CASE("where private parts have a password, a miner who signed in sees his own without it") {
    web_tests::Wishes wishes = with_miner();
    wishes.prepare = [](const std::filesystem::path& datadir) {
        std::ofstream(datadir / "security_config.json")
            << R"({"web_auth_enabled": true, "web_auth_private_only": true, "web_auth_password_hash": null})";
    };
    RunningService service(wishes);
    service.tell_mining_state();
    const std::string own = "/api/v1/miners/" + miner_key().address();
    const std::string session = sign_in(service, miner_key());
    for (int round = 0; round < 2; ++round) {  // what one sees must not be kept for the other
        CHECK(service.get(own).status == 401);
        CHECK(service.get(own, {session}).status == 200);
        CHECK(service.get(own, {sign_in(service, MessageKey(8))}).status == 401);
        CHECK(service.get("/api/v1/miners", {session}).status == 401);
        CHECK(service.get(std::string("/api/v1/miners/") + web_tests::kMinerAddress, {session}).status == 401);
    }
}

TEST_CASE("labels and alerts are the miner's own, and stay") {
    RunningService service(with_miner());
    service.tell_mining_state();
    const std::string worker = miner_key().address() + ".rig9";
    const std::string session = sign_in(service, miner_key());
    const Json settings = {{"labels", {{worker, "cellar"}}}, {"hash_rate_below", 1e9}, {"worker_silent_seconds", 120}};
    HttpClient client(service.port());
    CHECK(client.call("PUT", "/api/v1/session/settings", settings.dump()).status == 401);
    const auto chosen = client.call("PUT", "/api/v1/session/settings", settings.dump(), {session});
    REQUIRE(chosen.status == 200);
    web_tests::OpenApiDocument(service.json("/api/v1/openapi.json"))
        .check_answer("put", "/api/v1/session/settings", chosen);
    const auto label = [&](const std::vector<std::string>& headers) {
        return Json::parse(service.get("/api/v1/miners/" + miner_key().address(), headers).body)["workers"][0]["label"];
    };
    CHECK(label({session}) == "cellar");
    CHECK(label({}).is_null());
    CHECK(label({sign_in(service, MessageKey(8))}).is_null());

    service.restart();
    service.tell_mining_state();
    const Json details = Json::parse(service.get("/api/v1/session", {sign_in(service, miner_key())}).body);
    CHECK(details["settings"] == settings);
}

TEST_CASE("settings that do not fit are refused") {
    RunningService service(with_miner());
    service.tell_mining_state();
    const std::string session = sign_in(service, miner_key());
    HttpClient client(service.port());
    Json many = Json::object();
    for (int i = 0; i < 201; ++i)
        many[std::to_string(i)] = "x";
    for (const Json& settings :
         {Json::array(), Json{{"labels", 1}}, Json{{"labels", {{"w", 1}}}}, Json{{"labels", {{"w", "a\nb"}}}},
          Json{{"labels", {{"w", std::string(65, 'x')}}}}, Json{{"labels", many}}, Json{{"hash_rate_below", "x"}},
          Json{{"hash_rate_below", -1}}, Json{{"worker_silent_seconds", 1}}}) {
        const std::string text = settings.dump();
        CAPTURE(text);
        CHECK(client.call("PUT", "/api/v1/session/settings", text, {session}).status == 400);
    }
    CHECK(client.call("PUT", "/api/v1/session/settings", "no json", {session}).status == 400);
    // Who does not mine here leaves nothing on the disk.
    CHECK(client.call("PUT", "/api/v1/session/settings", "{}", {sign_in(service, MessageKey(8))}).status == 403);
}

TEST_CASE("other sites' pages can neither sign in nor change anything") {
    const RunningService service(with_miner());
    HttpClient client(service.port());
    const std::string body = "{}";
    CHECK(client.call("POST", "/api/v1/session", body, {"Origin: https://evil.example"}).status == 403);
    CHECK(client.call("POST", "/api/v1/session", body, {"Origin: null"}).status == 403);
    // What a form of another site can send.
    CHECK(client.call("POST", "/api/v1/session", body, {"Content-Type: text/plain"}).status == 415);
    CHECK(client.call("POST", "/api/v1/session", body, {"Origin: http://node"}).status == 400);
    const auto preflight = client.call("OPTIONS", "/api/v1/session", "");
    CHECK(preflight.header("access-control-allow-headers").empty());
    HttpClient again(service.port());
    CHECK(again.call("PUT", "/api/v1/overview", body).status == 405);
}
