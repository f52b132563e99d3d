#include "p2pool/options/network_file.h"

#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "dash/primitives/bytes.h"
#include "p2pool/options/options.h"

namespace p2pool::options {
namespace {

using nlohmann::json;
using share_chain::Network;

constexpr double kHighestNumber = 4e9;

[[noreturn]] void reject(const std::string& wanted) {
    throw UsageError("is not " + wanted);
}

double number(const json& value, double lowest, double highest = kHighestNumber) {
    if (!value.is_number() || value.get<double>() < lowest || value.get<double>() > highest) {
        std::ostringstream range;
        range << "a number from " << lowest << " to " << highest;
        reject(range.str());
    }
    return value.get<double>();
}

template <typename Integer>
void take_integer(const json& value, Integer& field, Integer lowest = 1) {
    if (!value.is_number_integer()) reject("a whole number");
    field = static_cast<Integer>(
        number(value, lowest, std::min<double>(std::numeric_limits<Integer>::max(), kHighestNumber)));
}

dash::Bytes bytes(const json& value) {
    try {
        if (value.is_string()) return dash::from_hex(value.get<std::string>());
    } catch (const dash::DecodeError&) {
    }
    reject("a text of hex digits, two for each byte");
}

void take_eight_bytes(const json& value, std::array<std::uint8_t, 8>& field) {
    const dash::Bytes read = bytes(value);
    if (read.size() != field.size()) reject("16 hex digits");
    std::copy(read.begin(), read.end(), field.begin());
}

void take_target(const json& value, dash::Uint256& field) {
    constexpr std::size_t kDigits = 64;
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    if (text.empty() || text.size() > kDigits ||
        text.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
        reject("a number of up to 64 hex digits");
    }
    field = dash::Uint256::from_hex(std::string(kDigits - text.size(), '0') + text);
}

void take_hosts(const json& value, std::vector<std::string>& field) {
    if (!value.is_array()) reject("a list of hosts");
    field.clear();
    for (const json& host : value) {
        if (!host.is_string()) reject("a list of hosts");
        if (!host.get<std::string>().empty()) field.push_back(host.get<std::string>());
    }
}

/// Each share of the window may pay another address.
void take_window(const json& value, Network& network) {
    constexpr std::uint32_t kLongest = 30'000;
    take_integer(value, network.chain_length);
    if (network.chain_length > kLongest)
        reject("30000 or less: the payouts of more shares leave blocks no room for transactions");
}

void take_chain_length(const json& value, Network& network) {
    if (value != network.chain_length) reject("CHAIN_LENGTH, which it has to be: shares older than that are not kept");
}

void take_flag(const json& value, bool& field) {
    if (!value.is_boolean()) reject("true or false");
    field = value.get<bool>();
}

using Take = std::function<void(const json&, Network&)>;

/// In the order in which they are read.
const std::vector<std::pair<std::string, Take>>& entries() {
    static const std::vector<std::pair<std::string, Take>> all = {
        {"SHARE_PERIOD", [](const json& v, Network& n) { take_integer(v, n.share_period_seconds); }},
        {"CHAIN_LENGTH", take_window},
        {"REAL_CHAIN_LENGTH", take_chain_length},
        {"TARGET_LOOKBEHIND", [](const json& v, Network& n) { take_integer(v, n.target_lookbehind, 2U); }},
        {"SPREAD", [](const json& v, Network& n) { take_integer(v, n.spread); }},
        {"IDENTIFIER", [](const json& v, Network& n) { take_eight_bytes(v, n.identifier); }},
        {"PREFIX", [](const json& v, Network& n) { take_eight_bytes(v, n.p2p_prefix); }},
        {"COINBASEEXT", [](const json& v, Network& n) { n.coinbase_ext = bytes(v); }},
        {"P2P_PORT", [](const json& v, Network& n) { take_integer(v, n.p2p_port); }},
        {"WORKER_PORT", [](const json& v, Network& n) { take_integer(v, n.worker_port); }},
        {"MIN_TARGET", [](const json& v, Network& n) { take_target(v, n.min_target); }},
        {"MAX_TARGET", [](const json& v, Network& n) { take_target(v, n.max_target); }},
        {"PERSIST", [](const json& v, Network& n) { take_flag(v, n.bootstraps); }},
        {"BOOTSTRAP_ADDRS", [](const json& v, Network& n) { take_hosts(v, n.bootstrap_addresses); }},
        {"ANNOUNCE_CHANNEL", [](const json&, Network&) {}},
        {"MINIMUM_PROTOCOL_VERSION", [](const json& v, Network& n) { take_integer(v, n.minimum_protocol_version); }},
        {"STRATUM_SHARE_RATE", [](const json& v, Network& n) { n.stratum_share_rate_seconds = number(v, 0.1, 3600); }},
        {"STRATUM_DEFAULT_DIFFICULTY",
         [](const json& v, Network& n) { n.stratum_default_difficulty = number(v, 1e-9); }},
        {"CONNECTION_WORKER_ELEVATED", [](const json& v, Network& n) { n.connection_worker_elevated = number(v, 0); }},
        {"CONNECTION_WORKER_WARNING", [](const json& v, Network& n) { n.connection_worker_warning = number(v, 0); }},
        {"VARDIFF_SHARES_TRIGGER", [](const json& v, Network& n) { take_integer(v, n.vardiff.shares_trigger); }},
        {"VARDIFF_TIMEOUT_MULT", [](const json& v, Network& n) { n.vardiff.timeout_multiple = number(v, 1); }},
        {"VARDIFF_QUICKUP_SHARES", [](const json& v, Network& n) { take_integer(v, n.vardiff.quickup_shares); }},
        {"VARDIFF_QUICKUP_DIVISOR", [](const json& v, Network& n) { n.vardiff.quickup_divisor = number(v, 1); }},
        {"VARDIFF_MIN_ADJUST", [](const json& v, Network& n) { n.vardiff.min_adjust = number(v, 0.01, 0.99); }},
        {"VARDIFF_MAX_ADJUST", [](const json& v, Network& n) { n.vardiff.max_adjust = number(v, 1.01, 100); }},
    };
    return all;
}

Network network_of_parent(const json& file) {
    const auto parent = file.find("PARENT");
    if (parent == file.end()) throw UsageError("PARENT is missing: \"dash\", \"dash_testnet\" or \"dash_regtest\"");
    const Network* const own = parent->is_string() ? share_chain::find_network(parent->get<std::string>()) : nullptr;
    if (own == nullptr) throw UsageError("PARENT is none of \"dash\", \"dash_testnet\", \"dash_regtest\"");
    Network network = *own;
    network.bootstrap_addresses.clear();
    return network;
}

Network read(const json& file) {
    if (!file.is_object()) throw UsageError("it is no JSON object");
    Network network = network_of_parent(file);
    for (const char* name : {"IDENTIFIER", "PREFIX", "P2P_PORT", "WORKER_PORT"}) {
        if (!file.contains(name)) throw UsageError(std::string(name) + " is missing");
    }
    std::size_t known = 1;
    for (const auto& [name, take] : entries()) {
        const auto entry = file.find(name);
        if (entry == file.end()) continue;
        ++known;
        try {
            take(*entry, network);
        } catch (const UsageError& error) {
            throw UsageError(name + ": " + entry->dump() + " " + error.what());
        }
    }
    if (known == file.size()) return network;
    for (const auto& entry : file.items()) {
        const bool is_known = std::any_of(entries().begin(), entries().end(),
                                          [&entry](const auto& each) { return each.first == entry.key(); });
        if (!is_known && entry.key() != "PARENT") throw UsageError("there is no entry " + entry.key());
    }
    return network;
}

void check(const Network& network) {
    if (network.chain_length < network.target_lookbehind)
        throw UsageError("CHAIN_LENGTH is less than TARGET_LOOKBEHIND");
    if (!(network.min_target < network.max_target)) throw UsageError("MAX_TARGET is not more than MIN_TARGET");
    for (const std::string_view name : share_chain::network_names()) {
        const Network& other = *share_chain::find_network(name);
        if (other.identifier == network.identifier || other.p2p_prefix == network.p2p_prefix) {
            throw UsageError("IDENTIFIER and PREFIX must be the pool's own, not those of the network " + other.name);
        }
    }
}

}  // namespace

Network read_network_file(const std::filesystem::path& file) {
    try {
        std::ifstream stream(file);
        Network network = read(json::parse(stream, nullptr, false));
        check(network);
        network.name = file.stem().string();
        return network;
    } catch (const UsageError& error) {
        throw UsageError("the network file " + file.string() + " cannot be used: " + error.what());
    }
}

}  // namespace p2pool::options
