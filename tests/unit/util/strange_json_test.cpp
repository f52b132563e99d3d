#include "dash/util/strange_json.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

using dash::kMaxJsonNesting;
using dash::parse_strange_json;

namespace {

std::string nested(int levels) {
    std::string text = "1";
    for (int i = 0; i < levels; ++i)
        text = i % 2 == 0 ? "[" + text + "]" : R"({"a":)" + text + "}";
    return text;
}

}  // namespace

TEST_CASE("a stranger's JSON is taken up to the deepest level that is allowed") {
    CHECK(parse_strange_json(nested(kMaxJsonNesting)).dump() == nested(kMaxJsonNesting));
    CHECK(parse_strange_json(nested(kMaxJsonNesting + 1)).is_discarded());
    CHECK(parse_strange_json(nested(10 * kMaxJsonNesting)).is_discarded());
    CHECK(parse_strange_json(std::string(100'000, '[')).is_discarded());
}

TEST_CASE("lists side by side and brackets in texts are no levels") {
    std::string lists = "[0";
    for (int i = 0; i < 10 * kMaxJsonNesting; ++i)
        lists += ",[]";
    CHECK(parse_strange_json(lists + "]").size() == 10 * kMaxJsonNesting + 1);
    const std::string brackets(2 * kMaxJsonNesting, '[');
    CHECK(parse_strange_json("\"" + brackets + "\"") == brackets);
    CHECK(parse_strange_json(R"("\")" + brackets + "\"") == "\"" + brackets);
    CHECK(parse_strange_json(R"(["\\",)" + nested(kMaxJsonNesting) + "]").is_discarded());
}

TEST_CASE("what is no JSON is discarded") {
    for (const char* text : {"", "{", "[1,", "]", "\"", "\"\\", "not", "1e999", "\"\xff\""}) {
        CAPTURE(text);
        CHECK(parse_strange_json(text).is_discarded());
    }
}
