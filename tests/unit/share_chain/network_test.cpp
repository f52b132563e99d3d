#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "share_chain/network.h"

using share_chain::find_network;
using share_chain::Network;

TEST_CASE("networks are found by name") {
    for (const std::string_view name : {"dash", "dash_testnet", "dash_regtest"}) {
        const Network* network = find_network(name);
        REQUIRE(network != nullptr);
        CHECK(network->name == name);
        const auto names = share_chain::network_names();
        CHECK(std::count(names.begin(), names.end(), name) == 1);
    }
    CHECK(find_network("bitcoin") == nullptr);
    CHECK(find_network("") == nullptr);
}

TEST_CASE("no two networks take each other's shares, messages or ports") {
    std::set<std::array<std::uint8_t, 8>> identifiers;
    std::set<std::array<std::uint8_t, 8>> prefixes;
    std::set<std::uint16_t> ports;
    const auto names = share_chain::network_names();
    for (const std::string_view name : names) {
        const Network& network = *find_network(name);
        identifiers.insert(network.identifier);
        prefixes.insert(network.p2p_prefix);
        ports.insert({network.p2p_port, network.worker_port});
    }
    CHECK(identifiers.size() == names.size());
    CHECK(prefixes.size() == names.size());
    CHECK(ports.size() == 2 * names.size());
}

TEST_CASE("the settings of a network fit together") {
    for (const std::string_view name : share_chain::network_names()) {
        INFO(name);
        const Network& network = *find_network(name);
        REQUIRE(network.parent != nullptr);
        CHECK(network.min_target < network.max_target);
        CHECK(network.target_lookbehind >= 2);
        CHECK(network.chain_length >= network.target_lookbehind);
        CHECK(network.share_period_seconds > 0);
        CHECK(network.vardiff.min_adjust < 1);
        CHECK(network.vardiff.max_adjust > 1);
        REQUIRE(!network.coinbase_ext.empty());
        CHECK(network.coinbase_ext.front() == network.coinbase_ext.size() - 1);  // one whole push
    }
}

TEST_CASE("only where Dash is worth something miners have a floor") {
    CHECK(find_network("dash")->stratum_difficulty_floor == 64);
    CHECK(find_network("dash_testnet")->stratum_difficulty_floor == 0);
    CHECK(find_network("dash_regtest")->stratum_difficulty_floor == 0);
}
