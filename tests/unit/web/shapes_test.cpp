#include <doctest/doctest.h>

#include "tests/unit/web/running_service.h"

using Json = nlohmann::json;
using web_tests::RunningService;

namespace {

bool is_map_of_names(const std::string& path) {
    // Objects whose keys are addresses, workers, peers or hashes: any key does, all values are alike.
    for (const char* name :
         {"/users", "/current_payouts", "/block_history", "/peer_txpool_sizes", "/pings", "/peer_versions",
          "/user_stales", "/stale_rates", "/local_stats.miner_hash_rates", "/local_stats.miner_dead_hash_rates",
          "/local_stats.miner_last_difficulties", "/stratum_stats.workers", "/stratum_stats.pool.ip_connections",
          "/stratum_stats.pool.ip_workers", "/ban_stats.ip_connections"}) {
        if (path == name) return true;
    }
    return path.find("/web/graph_data/") == 0 && path.find("[]") != std::string::npos;
}

/// What the python node leaves out or has as null in places where we know more, and the other way round.
bool may_be_null(const std::string& path) {
    for (const char* end : {"[].luck",
                            "[].time_to_find",
                            "[].expected_time",
                            "[].block_reward",
                            "[].pool_hashrate_at_find",
                            "[].avg_hashrate_used",
                            "[].luck_method",
                            ".pool_hashrate",
                            ".stale_prop",
                            ".network_diff",
                            ".expected_time",
                            ".block_reward",
                            ".peer_first_received_from",
                            ".stale_info",
                            ".efficiency",
                            ".efficiency_if_miner_perfect",
                            ".min_luck",
                            ".max_luck",
                            ".avg_luck",
                            ".average_luck",
                            ".current_expected_time",
                            ".current_luck_trend",
                            "[].stale",
                            ".time_since_last_block",
                            ".oldest_sample",
                            ".newest_sample",
                            ".external_ip",
                            ".web_auth_username",
                            ".pool_avg_luck"}) {
        const std::string_view ending(end);
        if (path.size() >= ending.size() && path.compare(path.size() - ending.size(), ending.size(), ending) == 0)
            return true;
    }
    return path.find("/web/graph_data/") == 0;
}

/// Members that only some items of the recording have.
bool is_optional(const std::string& key) {
    for (const char* name :
         {"avg_difficulty_used", "diff_samples_used", "needs_hash_fetch", "actual_hash_difficulty"}) {
        if (key == name) return true;
    }
    return false;
}

std::string kind_of(const Json& value) {
    return value.is_number() ? "number" : value.type_name();
}

void compare(const Json& wanted, const Json& found, const std::string& path) {
    CAPTURE(path);
    if (wanted.is_null() || found.is_null()) {
        CHECK((kind_of(wanted) == kind_of(found) || may_be_null(path)));
        return;
    }
    CHECK(kind_of(wanted) == kind_of(found));
    if (wanted.is_array() && found.is_array()) {
        if (!wanted.empty() && !found.empty()) compare(wanted.front(), found.front(), path + "[]");
    } else if (wanted.is_object() && found.is_object() && is_map_of_names(path)) {
        if (!wanted.empty() && !found.empty()) {
            compare(wanted.begin().value(), found.begin().value(), path + ".*");
        }
    } else if (wanted.is_object() && found.is_object()) {
        for (const auto& member : wanted.items()) {
            const std::string& key = member.key();
            CAPTURE(key);
            if (!found.contains(key)) {
                CHECK(is_optional(key));
                continue;
            }
            compare(member.value(), found[key], path + "." + key);
        }
        for (const auto& member : found.items()) {
            const std::string& key = member.key();
            CAPTURE(key);
            CHECK((wanted.contains(key) || is_optional(key)));
        }
    }
}

/// Where the recorded answer was a failure, or nobody can know the same.
bool is_answer_of_its_own(const std::string& target) {
    return target == "broadcaster_status" || target == "web_rate_stats";
}

void compare_all(const RunningService& service, const std::string& state) {
    const Json answers = web_tests::recorded_answers(state);
    for (const auto& [recorded_target, recorded] : answers.items()) {
        std::string target = recorded_target;
        for (const char* page : {"web/share/", "web/share_data/", "web/payout_address/"}) {
            const bool known = target.find(page) == 0 && recorded["body"].is_object();
            if (known) target = page + service.best_share();
        }
        CAPTURE(target);
        const auto answer = service.get("/" + target);
        CHECK(answer.body.find("---ERROR---") == std::string::npos);
        CHECK(answer.status != 500);
        if (answer.status >= 400) {
            // Errors are JSON with a reason; the python node failed here, too.
            CHECK(Json::parse(answer.body)["error"].is_string());
            CHECK((recorded["status"] == 500 || recorded["status"] == 404));
            continue;
        }
        if (recorded["status"] != 200 || is_answer_of_its_own(target)) continue;
        if (answer.header("content-type") != "application/json") {
            CHECK(target.find("json") == std::string::npos);
            continue;
        }
        compare(recorded["body"], Json::parse(answer.body), "/" + target);
    }
}

}  // namespace

TEST_CASE("on an empty chain every page of the python node answers in its form") {
    const RunningService service;
    compare_all(service, "empty");
    CHECK(service.json("/rate") == 0);
    CHECK(service.json("/difficulty") == 0);
    CHECK(service.json("/users") == Json::object());
    CHECK(service.json("/stale_rates") == Json::object());
    CHECK(service.json("/local_stats").is_null());
    CHECK(service.json("/global_stats").is_null());
}

TEST_CASE("with a chain, miners and blocks every page of the python node answers in its form") {
    RunningService service;
    service.tell_mining_state();
    compare_all(service, "mining");
    compare_all(service, "end");
}

TEST_CASE("what the python node got wrong is right") {
    RunningService service;
    service.tell_mining_state();
    CHECK(service.json("/node_info")["worker_port"] == 12'345);
    CHECK(service.json("/node_info")["p2p_port"] == 12'346);
    CHECK(service.json("/user_stales").is_object());
    CHECK(service.json("/web/payout_address/" + service.best_share()).is_string());
    const Json miner = service.json(std::string("/miner_stats/") + web_tests::kMinerAddress);
    CHECK(miner["active"] == true);
    CHECK(miner["hashrate"].get<double>() > 0);
    CHECK(miner["doa_rate"].get<double>() == doctest::Approx(0.1));
    CHECK(miner["current_payout"].get<double>() == doctest::Approx(0.43));
    const auto amounts = service.get("/patron_sendmany/10/6");
    CHECK(amounts.status == 200);
    const Json pooled = Json::parse(amounts.body);
    REQUIRE(pooled.size() == 1);
    CHECK(pooled.begin().value().get<double>() == doctest::Approx(10));
    CHECK(service.get("/patron_sendmany/x").status == 400);
    CHECK(service.get("/web/share/zz").status == 400);
    CHECK(service.get("/web/graph_data/nosuch/last_hour").status == 404);
    CHECK(service.get("/web/graph_data").status == 400);
    CHECK(service.get("/payout_addr/more").status == 404);
}

TEST_CASE("targets and work are integers of full length") {
    RunningService service;
    service.tell_mining_state();
    const std::string share = service.get("/web/share/" + service.best_share()).body;
    const std::size_t target = share.find("\"max_target\":") + 13;
    const std::string digits = share.substr(target, share.find_first_of(",}", target) - target);
    CHECK(digits.size() > 60);
    CHECK(digits.find_first_not_of("0123456789") == std::string::npos);
}
