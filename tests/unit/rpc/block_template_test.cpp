#include "dash/rpc/block_template.h"

#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "dash/util/error.h"
#include "tests/support/vectors.h"

namespace {

using dash::rpc::BlockTemplate;
using dash::rpc::parse_block_template;
using nlohmann::json;

json good() {
    return tests::load_recording("gbt/20_mempool_txs_dependents_h670.json");
}

/// The error that a template with this change gives.
std::string refusal(const std::function<void(json&)>& change) {
    json changed = good();
    change(changed);
    try {
        (void)parse_block_template(changed);
    } catch (const dash::DecodeError& error) {
        return error.what();
    }
    return "accepted";
}

bool accepted(const std::function<void(json&)>& change) {
    return refusal(change) == "accepted";
}

}  // namespace

TEST_CASE("a template that lacks what a block needs is refused with the name of the field") {
    for (const char* name : {"version", "previousblockhash", "bits", "height", "coinbasevalue", "curtime"}) {
        CAPTURE(name);
        CHECK(refusal([&](json& gbt) { gbt.erase(name); }).find(name) != std::string::npos);
        CHECK(refusal([&](json& gbt) { gbt[name] = json::array(); }).find(name) != std::string::npos);
        CHECK(refusal([&](json& gbt) { gbt[name] = "no hex"; }).find(name) != std::string::npos);
        CHECK(refusal([&](json& gbt) { gbt[name] = -1e300; }).find(name) != std::string::npos);
    }
}

TEST_CASE("numbers out of their range are refused") {
    CHECK(!accepted([](json& gbt) { gbt["height"] = 4294967296U; }));
    CHECK(!accepted([](json& gbt) { gbt["coinbasevalue"] = -1; }));
    CHECK(!accepted([](json& gbt) { gbt["coinbasevalue"] = 5.5; }));
    CHECK(!accepted([](json& gbt) { gbt["bits"] = "207fffff00"; }));
    CHECK(!accepted([](json& gbt) { gbt["bits"] = "ff7fffff"; }));
    CHECK(!accepted([](json& gbt) { gbt["transactions"][0]["fee"] = -5; }));
    for (const unsigned position : {0U, 1000U}) {
        const auto depend = [&](json& gbt) { gbt["transactions"][1]["depends"] = {position}; };
        CHECK(refusal(depend).find("depends") != std::string::npos);
    }
    CHECK(accepted([](json& gbt) { gbt["transactions"][1]["depends"] = {1U}; }));
    CHECK(accepted([](json& gbt) { gbt["version"] = -1; }));
}

TEST_CASE("a transaction that is not the one it claims to be is refused") {
    CHECK(!accepted([](json& gbt) { std::swap(gbt["transactions"][0]["data"], gbt["transactions"][1]["data"]); }));
    CHECK(!accepted([](json& gbt) { gbt["transactions"][0]["data"] = "zz"; }));
    CHECK(!accepted([](json& gbt) { gbt["transactions"][0].erase("data"); }));
    CHECK(!accepted([](json& gbt) { gbt["transactions"][0] = 5; }));
    CHECK(accepted([](json& gbt) { gbt["transactions"][0].erase("hash"); }));
}

TEST_CASE("payments beyond the coinbase's value are refused, also when their sum would wrap") {
    const auto value = good()["coinbasevalue"].get<std::uint64_t>();
    auto pay = [](std::vector<std::uint64_t> amounts) {
        return [=](json& gbt) {
            gbt["masternode"] = json::array();
            for (const auto amount : amounts) {
                gbt["masternode"].push_back({{"payee", ""}, {"script", "6a"}, {"amount", amount}});
            }
        };
    };
    CHECK(accepted(pay({value})));
    CHECK(!accepted(pay({value + 1})));
    CHECK(!accepted(pay({value, 1})));
    CHECK(!accepted(pay({~0ULL, 2})));
    CHECK(!accepted([](json& gbt) { gbt["masternode"][0]["script"] = "not hex"; }));
    CHECK(!accepted([](json& gbt) { gbt["superblock"] = "all of it"; }));
}

TEST_CASE("unknown fields do not matter, and optional ones may be null or missing") {
    CHECK(accepted([](json& gbt) { gbt["news"] = {{"of", "tomorrow"}}; }));
    for (const char* name :
         {"transactions", "masternode", "superblock", "coinbase_payload", "coinbaseaux", "mintime"}) {
        CAPTURE(name);
        CHECK(accepted([&](json& gbt) { gbt.erase(name); }));
        CHECK(accepted([&](json& gbt) { gbt[name] = nullptr; }));
    }
    json without = good();
    without.erase("mintime");
    CHECK(parse_block_template(without).min_time == parse_block_template(without).time);
}

TEST_CASE("what is no object is no template") {
    for (const json& value : {json(), json(5), json("text"), json::array()}) {
        CHECK_THROWS_AS((void)parse_block_template(value), dash::DecodeError);
    }
}
