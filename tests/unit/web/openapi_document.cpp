#include "tests/unit/web/openapi_document.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

namespace web_tests {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchemas = "#/components/schemas/";

bool has_type(const Json& value, const std::string& type) {
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    return value.type_name() == type;
}

}  // namespace

void OpenApiDocument::check(const Json& schema, const Json& value, const std::string& path) const {
    CAPTURE(path);
    const Json whole = resolve(schema);
    if (value.is_null()) {
        CHECK(whole.value("nullable", false));
        return;
    }
    CHECK(has_type(value, whole.value("type", "object")));
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

void OpenApiDocument::check_answer(const std::string& operation, const std::string& path, const Answer& answer) const {
    CAPTURE(path);
    const Json& responses = document_["paths"].at(path).at(operation)["responses"];
    const std::string status = std::to_string(answer.status);
    REQUIRE(responses.contains(status));
    CHECK(answer.headers.at("content-type") == "application/json");
    check(responses[status]["content"]["application/json"]["schema"], Json::parse(answer.body), path);
}

void OpenApiDocument::check_named(const std::string& name, const Json& value) const {
    check({{"$ref", kSchemas + name}}, value, name);
}

void OpenApiDocument::check_members(const Json& schema, const Json& value, const std::string& path) const {
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
    for (const auto& item : value.items()) {
        const std::string& key = item.key();
        CAPTURE(key);
        REQUIRE(schema["properties"].contains(key));
        check(schema["properties"][key], item.value(), path + "." + key);
    }
}

Json OpenApiDocument::resolve(const Json& schema) const {
    if (schema.contains("$ref")) {
        const std::string name = schema["$ref"].get<std::string>().substr(std::string(kSchemas).size());
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

}  // namespace web_tests
