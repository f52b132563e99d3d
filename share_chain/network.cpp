#include "share_chain/network.h"

#include <algorithm>

#include "dash/primitives/script.h"
#include "dash/primitives/target.h"
#include "dash/primitives/wide.h"

namespace share_chain {
namespace {

/// A flood of shares is no use to anybody, but where blocks are easy so must be the miners' work.
constexpr double kMainnetDifficultyFloor = 64;

template <std::size_t size>
std::array<std::uint8_t, size> to_array(dash::ByteSpan bytes) {
    std::array<std::uint8_t, size> array{};
    std::copy_n(bytes.begin(), size, array.begin());
    return array;
}

template <std::size_t size>
std::array<std::uint8_t, size> array_from_hex(std::string_view hex) {
    return to_array<size>(dash::from_hex(hex));
}

dash::Uint256 all_ones(unsigned bits) {
    return dash::to_uint256((dash::Wide(1) << bits) - 1);
}

Network make_mainnet() {
    Network network;
    network.name = "dash";
    network.parent = &dash::dash_mainnet();
    network.share_period_seconds = 20;
    network.chain_length = 4320;
    network.target_lookbehind = 100;
    network.spread = 10;
    network.identifier = array_from_hex<8>("7242ef345e1bed6b");
    network.max_target = dash::difficulty_one_target();
    network.p2p_prefix = array_from_hex<8>("3b3e1286f446b891");
    network.coinbase_ext = dash::push_data(dash::as_bytes("/P2Pool-DASH/"));
    network.p2p_port = 8999;
    network.worker_port = 7903;
    network.bootstrap_addresses = {"rov.p2p-spb.xyz"};
    network.bootstraps = true;
    network.stratum_difficulty_floor = kMainnetDifficultyFloor;
    return network;
}

Network make_testnet() {
    Network network = make_mainnet();
    network.name = "dash_testnet";
    network.parent = &dash::dash_testnet();
    network.identifier = array_from_hex<8>("b6deb1e543fe2427");
    network.max_target = all_ones(236);
    network.p2p_prefix = array_from_hex<8>("198b644f6821e3b3");
    network.coinbase_ext = dash::push_data(dash::as_bytes("/P2Pool-tDASH/"));
    network.p2p_port = 18999;
    network.worker_port = 17903;
    network.bootstrap_addresses = {"p2pool.dashninja.pl", "test.p2pool.masternode.io", "test.p2pool.dash.siampm.com"};
    network.bootstraps = false;
    network.vardiff = {.shares_trigger = 5,
                       .timeout_multiple = 3,
                       .quickup_shares = 2,
                       .quickup_divisor = 4,
                       .min_adjust = 0.25,
                       .max_adjust = 4.0};
    network.stratum_difficulty_floor = 0;
    return network;
}

Network make_regtest() {
    Network network = make_testnet();
    network.name = "dash_regtest";
    network.parent = &dash::dash_regtest();
    network.share_period_seconds = 10;
    network.chain_length = 100;
    network.target_lookbehind = 10;
    network.spread = 3;
    network.identifier = array_from_hex<8>("e8d4e5c6f7a8b9c0");
    network.max_target = dash::Uint256::max();
    network.p2p_prefix = array_from_hex<8>("c0d1e2f3a4b5c6d7");
    network.coinbase_ext = dash::push_data(dash::as_bytes("/P2Pool-rDASH/"));
    network.p2p_port = 19799;
    network.worker_port = 19703;
    network.bootstrap_addresses = {};
    network.vardiff.shares_trigger = 3;
    network.stratum_share_rate_seconds = 5;
    network.stratum_default_difficulty = 0.001;
    return network;
}

const std::array<Network, 3>& networks() {
    static const std::array<Network, 3> all{make_mainnet(), make_testnet(), make_regtest()};
    return all;
}

}  // namespace

dash::ByteSpan donation_script() {
    static const dash::Bytes script =
        dash::p2pkh_script(array_from_hex<20>("20cb5c22b1e4d5947e5c112c7696b51ad9af3c61"));
    return script;
}

const Network* find_network(std::string_view name) {
    const auto found = std::find_if(networks().begin(), networks().end(),
                                    [name](const Network& network) { return network.name == name; });
    return found == networks().end() ? nullptr : &*found;
}

std::vector<std::string_view> network_names() {
    std::vector<std::string_view> names;
    for (const Network& network : networks())
        names.push_back(network.name);
    return names;
}

}  // namespace share_chain
