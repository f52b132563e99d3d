#include <doctest/doctest.h>

#include <set>

#include "tests/unit/web/openapi_document.h"
#include "tests/unit/web/running_service.h"

using Json = nlohmann::json;
using web_tests::RunningService;

namespace {

/// Puts something real in the place of each parameter.
std::string fill(std::string path, const RunningService& service, bool has_block) {
    const auto put = [&](const std::string& name, const std::string& value) {
        const std::size_t at = path.find("{" + name + "}");
        if (at != std::string::npos) path.replace(at, name.size() + 2, value);
    };
    put("address", web_tests::kMinerAddress);
    put("stream", "miner_hash_rates");
    put("hash", has_block ? service.best_share() : std::string(64, '0'));
    return path;
}

void check_all(const RunningService& service, bool has_block) {
    const web_tests::OpenApiDocument document(service.json("/api/v1/openapi.json"));
    for (const auto& path : document.paths().items()) {
        const Json page = path.value().value("get", Json::object());
        // What miners sign in for has a test of its own.
        const bool is_session = path.key().find("/session") != std::string::npos;
        if (is_session || !page.contains("responses") ||
            !page["responses"]["200"]["content"].contains("application/json"))
            continue;
        const std::string target = fill(path.key(), service, has_block);
        CAPTURE(target);
        const auto answer = service.get(target);
        document.check_answer("get", path.key(), answer);
        if (has_block) CHECK(answer.status == 200);
    }
}

}  // namespace

TEST_CASE("the API of an empty node is what its document says") {
    const RunningService service;
    check_all(service, false);
}

TEST_CASE("the API of a mining node is what its document says") {
    RunningService service;
    service.tell_mining_state();
    check_all(service, true);
}

TEST_CASE("graphs come as columns, oldest first") {
    RunningService service;
    service.tell_mining_state();
    const Json graph = service.json("/api/v1/graphs/miner_hash_rates?range=hour");
    CHECK(graph["times"].size() == 150);
    CHECK(graph["times"][0] < graph["times"][149]);
    CHECK(graph["keys"].size() == 2);
    const std::string worker = std::string(web_tests::kMinerAddress) + ".rig1";
    double hashes = 0;
    for (const Json& rate : graph["series"][worker])
        hashes += rate.get<double>();
    CHECK(hashes > 0);
    const Json one = service.json("/api/v1/graphs/miner_hash_rates?range=hour&key=" + worker);
    CHECK(one["keys"] == Json::array({worker}));
    CHECK(service.get("/api/v1/graphs/nosuch").status == 404);
    CHECK(service.get("/api/v1/graphs/peers?range=century").status == 400);
}

TEST_CASE("a farm's pages come in pieces, and none is large") {
    constexpr std::size_t kWorkers = 10'000;
    constexpr std::size_t kMostBytes = 1'500'000;
    RunningService service;
    service.tell_mining_state();
    service.tell_farm(kWorkers);
    for (const std::string& target : service.every_page()) {
        // Each worker's rate: front ends of the python node add them up.
        if (target == "/local_stats") continue;
        CAPTURE(target);
        CHECK(service.get(target).body.size() < kMostBytes);
    }
    std::set<std::string> seen;
    for (std::size_t offset = 0; offset < kWorkers + 2; offset += 1000) {
        const Json piece = service.json("/api/v1/workers?limit=1000&offset=" + std::to_string(offset));
        CHECK(piece["total"] == kWorkers + 2);
        for (const Json& worker : piece["workers"])
            seen.insert(worker["name"].get<std::string>());
        if (offset == 0) CHECK(piece["workers"][0]["name"] == "farm10000");
    }
    CHECK(seen.size() == kWorkers + 2);
    const Json miners = service.json("/api/v1/miners?limit=3&offset=1&workers=5");
    CHECK(miners["miners"].size() == 3);
    CHECK(miners["total"] == 251);
    CHECK(miners["miners"][0]["workers"].size() == 5);
    CHECK(miners["miners"][0]["workers_total"] == 40);
    CHECK(miners["miners"][0]["workers_online"] == 40);
    CHECK(service.get("/api/v1/miners?limit=1001").status == 400);
    CHECK(service.get("/api/v1/workers?offset=-1").status == 400);
    const Json legacy = service.json("/stratum_stats");
    CHECK(legacy["workers"].size() == 1000);
    CHECK(legacy["workers"].contains("farm10000"));
    CHECK(legacy["pool"]["workers"] == kWorkers + 2);
    // A graph names the largest and adds up the others.
    double named = 0;
    double others = 0;
    for (const Json& bin : service.json("/web/graph_data/miner_hash_rates/last_hour")) {
        CHECK(bin[1].size() <= 201);
        for (const auto& [name, rate] : bin[1].items())
            (name == "null" ? others : named) += rate.get<double>() * bin[2].get<double>();
    }
    CHECK(named > 200 * 1e9);
    CHECK(others > 9'000 * 1e9);
    const Json largest = service.json("/api/v1/graphs/miner_hash_rates?range=hour&most=3");
    CHECK(largest["keys"].size() == 4);
    CHECK(largest["keys"][3] == "others");
    CHECK(largest["series"]["others"].dump().find_first_of("123456789") != std::string::npos);
}

TEST_CASE("a block's payouts are those of its coinbase") {
    RunningService service;
    service.tell_mining_state();
    const Json block = service.json("/api/v1/blocks/" + service.best_share());
    REQUIRE(block["payouts"].is_array());
    std::uint64_t sum = 0;
    for (const Json& payout : block["payouts"])
        sum += payout["duffs"].get<std::uint64_t>();
    CHECK(sum > 0);
    CHECK(block["reward_duffs"] == sum);
    CHECK(service.get("/api/v1/blocks/" + std::string(64, '0')).status == 404);
}

TEST_CASE("parameters that do not fit are refused") {
    const RunningService service;
    CHECK(service.get("/api/v1/blocks?limit=x").status == 400);
    CHECK(service.get("/api/v1/blocks?limit=501").status == 400);
    CHECK(service.get("/api/v1/shares?count=-1").status == 400);
    CHECK(service.get("/api/v1/shares/abc").status == 400);
    CHECK(service.get("/api/v1/miners/bogus").status == 404);
}
