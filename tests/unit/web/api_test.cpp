#include <doctest/doctest.h>

#include <regex>

#include "tests/unit/web/running_service.h"

using Json = nlohmann::json;
using web_tests::RunningService;

namespace {

/// Holds values against schemas of the document: types, required members, no member that the document does not know.
class Document {
  public:
    explicit Document(Json document) : document_(std::move(document)) {}

    [[nodiscard]] const Json& paths() const { return document_["paths"]; }

    void check(const Json& schema, const Json& value, const std::string& path) const {
        CAPTURE(path);
        const Json whole = resolve(schema);
        if (value.is_null()) {
            CHECK(whole.value("nullable", false));
            return;
        }
        const std::string type = whole.value("type", "object");
        CHECK(has_type(value, type));
        if (whole.contains("enum")) {
            CHECK(std::find(whole["enum"].begin(), whole["enum"].end(), value) != whole["enum"].end());
        }
        if (whole.contains("pattern") && value.is_string()) {
            CHECK(std::regex_match(value.get<std::string>(), std::regex(whole["pattern"].get<std::string>())));
        }
        if (value.is_array()) {
            for (const Json& item : value)
                check(whole["items"], item, path + "[]");
        }
        if (value.is_object()) check_members(whole, value, path);
    }

  private:
    static bool has_type(const Json& value, const std::string& type) {
        if (type == "number") return value.is_number();
        if (type == "integer") return value.is_number_integer();
        return value.type_name() == type;
    }

    void check_members(const Json& schema, const Json& value, const std::string& path) const {
        if (schema.contains("additionalProperties")) {
            for (const auto& [key, member] : value.items())
                check(schema["additionalProperties"], member, path + "." + key);
            return;
        }
        if (!schema.contains("properties")) return;
        for (const Json& key : schema["required"]) {
            CAPTURE(key);
            CHECK(value.contains(key.get<std::string>()));
        }
        for (const auto& member : value.items()) {
            const std::string& key = member.key();
            CAPTURE(key);
            REQUIRE(schema["properties"].contains(key));
            check(schema["properties"][key], member.value(), path + "." + key);
        }
    }

    [[nodiscard]] Json resolve(const Json& schema) const {
        if (schema.contains("$ref")) {
            const std::string name =
                schema["$ref"].get<std::string>().substr(std::string("#/components/schemas/").size());
            Json target = resolve(document_["components"]["schemas"].at(name));
            if (schema.contains("nullable")) target["nullable"] = schema["nullable"];
            return target;
        }
        if (!schema.contains("allOf")) return schema;
        Json joined = {{"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}};
        for (const Json& part : schema["allOf"]) {
            const Json resolved = resolve(part);
            joined["properties"].update(resolved["properties"]);
            for (const Json& key : resolved["required"])
                joined["required"].push_back(key);
        }
        return joined;
    }

    Json document_;
};

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
    const Document document(service.json("/api/v1/openapi.json"));
    for (const auto& [path, operations] : document.paths().items()) {
        const Json& responses = operations["get"]["responses"];
        if (!responses["200"]["content"].contains("application/json")) continue;
        const std::string target = fill(path, service, has_block);
        CAPTURE(target);
        const auto answer = service.get(target);
        const std::string status = std::to_string(answer.status);
        REQUIRE(responses.contains(status));
        CHECK(answer.header("content-type") == "application/json");
        document.check(responses[status]["content"]["application/json"]["schema"], Json::parse(answer.body), path);
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
