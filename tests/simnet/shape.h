#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/simnet/rpc_table.h"

namespace simnet {

[[nodiscard]] inline std::vector<std::string> member_names(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items())
        names.push_back(name);
    return names;
}

/// Same members in the same order with values of the same kind; lists are compared by their first elements.
inline void check_same_shape(const Json& expected, const Json& actual, const std::string& path) {
    CAPTURE(path);
    CHECK(type_name(expected) == type_name(actual));
    if (expected.is_object() && actual.is_object()) {
        CHECK(member_names(expected) == member_names(actual));
        for (const auto& [name, value] : expected.items()) {
            if (actual.contains(name)) check_same_shape(value, actual[name], path + "." + name);
        }
    }
    if (expected.is_array() && actual.is_array()) {
        CHECK(expected.empty() == actual.empty());
        if (!expected.empty() && !actual.empty()) check_same_shape(expected[0], actual[0], path + "[0]");
    }
}

}  // namespace simnet
