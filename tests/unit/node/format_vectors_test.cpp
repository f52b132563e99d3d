#include <doctest/doctest.h>

#include "p2pool/node/format.h"
#include "tests/support/vectors.h"

using namespace p2pool::node;

TEST_CASE("rates, durations and proportions print as the python node prints them") {
    const nlohmann::json vectors = tests::load_vectors("format.json");
    for (const auto& each : vectors.at("format")) {
        INFO(each.dump());
        CHECK(format_si(each.at("x").is_string() ? dash::to_double(tests::wide_value(each.at("x")))
                                                 : each.at("x").get<double>()) == each.at("r").get<std::string>());
    }
    for (const auto& each : vectors.at("format_dt")) {
        INFO(each.dump());
        CHECK(format_duration(each.at("x").get<double>()) == each.at("r").get<std::string>());
    }
    for (const auto& each : vectors.at("binomial")) {
        INFO(each.dump());
        CHECK(format_proportion(each.at("x").get<std::uint64_t>(), each.at("n").get<std::uint64_t>()) ==
              each.at("r").get<std::string>());
    }
}

TEST_CASE("a proportion can be shown as a function of it") {
    CHECK(format_proportion(1, 10) == "~10.0% (1-41%)");
    CHECK(format_proportion(1, 10, [](double lost) { return 1 - lost; }) == "~90.0% (59-99%)");
}
