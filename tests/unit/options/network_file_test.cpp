#include "p2pool/options/network_file.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/source_dir.h"
#include "tests/unit/options/sandbox.h"

namespace {

using nlohmann::json;
using options_tests::contains;
using options_tests::Sandbox;
using share_chain::Network;

const std::filesystem::path kShipped = tests::source_dir() / "networks" / "dash_custom_example.json";

json shipped() {
    std::ifstream file(kShipped);
    return json::parse(file);
}

Network read(const Sandbox& sandbox, const json& file) {
    return p2pool::options::read_network_file(sandbox.write("networks/mine.json", file.dump()));
}

/// What is said of the shipped file with one entry changed; null takes it away.
std::string error_with(const Sandbox& sandbox, const char* entry, const json& value) {
    json file = shipped();
    file[entry] = value;
    if (value.is_null()) file.erase(entry);
    try {
        (void)read(sandbox, file);
    } catch (const p2pool::options::UsageError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("the private pool that is shipped is the python node's") {
    const Network network = p2pool::options::read_network_file(kShipped);
    const Network& dash = *share_chain::find_network("dash");
    CHECK(network.name == "dash_custom_example");
    CHECK(network.parent == dash.parent);
    CHECK(network.share_period_seconds == 20);
    CHECK(network.chain_length == 21600);
    CHECK(network.spread == 10);
    CHECK(network.identifier == std::array<std::uint8_t, 8>{'C', 'U', 'S', 'T', 'O', 'M', '0', '1'});
    CHECK(network.p2p_prefix == std::array<std::uint8_t, 8>{'P', 'R', 'I', 'V', '0', '0', '0', '1'});
    CHECK(network.max_target == dash.max_target);
    CHECK(network.min_target == dash.min_target);
    CHECK(network.coinbase_ext.size() == 11);
    CHECK(network.coinbase_ext.front() == 10);
    CHECK(network.p2p_port == 8998);
    CHECK(network.worker_port == 7902);
    CHECK(network.bootstrap_addresses.empty());
    CHECK(network.bootstraps);
    CHECK(network.stratum_difficulty_floor == dash.stratum_difficulty_floor);
}

TEST_CASE("what a file leaves out is as on the parent's network") {
    const Sandbox sandbox;
    const Network network = read(sandbox, {{"PARENT", "dash_regtest"},
                                           {"IDENTIFIER", "0102030405060708"},
                                           {"PREFIX", "1112131415161718"},
                                           {"P2P_PORT", 1000},
                                           {"WORKER_PORT", 1001},
                                           {"VARDIFF_MAX_ADJUST", 8},
                                           {"STRATUM_DEFAULT_DIFFICULTY", 0.5},
                                           {"ANNOUNCE_CHANNEL", "#mine"},
                                           {"BOOTSTRAP_ADDRS", {"", "pool.example:8998"}}});
    CHECK(network.name == "mine");
    CHECK(network.chain_length == 100);
    CHECK(network.max_target == dash::Uint256::max());
    CHECK(network.vardiff.max_adjust == 8);
    CHECK(network.vardiff.shares_trigger == 3);
    CHECK(network.stratum_default_difficulty == 0.5);
    CHECK(network.bootstrap_addresses == std::vector<std::string>{"pool.example:8998"});
}

TEST_CASE("a file that cannot be used is told with the entry") {
    const Sandbox sandbox;
    struct Wrong {
        const char* entry;
        json value;
        const char* error;
    };
    const std::vector<Wrong> wrong = {
        {"PARENT", "bitcoin", "PARENT is none of"},
        {"PARENT", nullptr, "PARENT is missing"},
        {"IDENTIFIER", nullptr, "IDENTIFIER is missing"},
        {"IDENTIFIER", "0102", "16 hex digits"},
        {"IDENTIFIER", "7242ef345e1bed6b", "must be the pool's own"},
        {"PREFIX", "3b3e1286f446b891", "must be the pool's own"},
        {"PREFIX", 5, "hex digits"},
        {"P2P_PORT", 70000, "P2P_PORT: 70000 is not a number from 1 to 65535"},
        {"WORKER_PORT", "7902", "whole number"},
        {"CHAIN_LENGTH", 99, "REAL_CHAIN_LENGTH"},
        {"CHAIN_LENGTH", 30'001, "no room"},
        {"REAL_CHAIN_LENGTH", 10, "CHAIN_LENGTH"},
        {"TARGET_LOOKBEHIND", 30000, "less than TARGET_LOOKBEHIND"},
        {"TARGET_LOOKBEHIND", 1, "a number from 2"},
        {"SHARE_PERIOD", 0, "a number from 1"},
        {"SHARE_PERIOD", 1.5, "whole number"},
        {"MAX_TARGET", "xyz", "hex digits"},
        {"MAX_TARGET", "0", "not more than MIN_TARGET"},
        {"PERSIST", 1, "true or false"},
        {"BOOTSTRAP_ADDRS", "host", "list of hosts"},
        {"BOOTSTRAP_ADDRS", {1}, "list of hosts"},
        {"STRATUM_SHARE_RATE", 0, "a number from 0.1"},
        {"CHAIN_LENGHT", 100, "there is no entry CHAIN_LENGHT"},
    };
    for (const Wrong& each : wrong) {
        CAPTURE(each.entry);
        const std::string error = error_with(sandbox, each.entry, each.value);
        CAPTURE(error);
        CHECK(contains(error, each.error));
        CHECK(contains(error, "mine.json"));
    }
    sandbox.write("networks/mine.json", "[1");
    CHECK_THROWS((void)p2pool::options::read_network_file(sandbox.folder() / "networks/mine.json"));
}

TEST_CASE("--net reads the file of the data folder before the shipped one") {
    const Sandbox sandbox;
    const auto settings = [&sandbox](const std::vector<std::string>& arguments) {
        return p2pool::options::resolve(p2pool::options::parse(arguments),
                                        {tests::source_dir(), {}, sandbox.folder() / "data"});
    };
    const auto example = settings({"--net", "dash_custom_example", "p"});
    CHECK(example.network->worker_port == 7902);
    CHECK(example.worker.port == 7902);
    CHECK(example.net_datadir == sandbox.folder() / "data/dash_custom_example");
    json own = shipped();
    own["WORKER_PORT"] = 4711;
    sandbox.write("data/networks/dash_custom_example.json", own.dump());
    CHECK(settings({"--net", "dash_custom_example", "p"}).worker.port == 4711);
    // Built-in networks cannot be changed by a file, and a name is no path.
    sandbox.write("data/networks/dash.json", own.dump());
    CHECK(settings({"--net", "dash", "p"}).worker.port == 7903);
    CHECK_THROWS((void)settings({"--net", "../networks/dash_custom_example", "p"}));
}
