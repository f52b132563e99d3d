#include <algorithm>
#include <random>
#include <set>

#include "dash/primitives/address.h"
#include "dash/primitives/bytes.h"
#include "dash/primitives/public_key.h"
#include "p2pool/options/dash_conf.h"
#include "p2pool/options/listen_address.h"
#include "p2pool/options/network_file.h"
#include "p2pool/options/options.h"
#include "p2pool/peers/settings.h"

namespace p2pool::options {
namespace {

/// A network of this program, or one that networks/NAME.json describes.
const share_chain::Network& choose_network(Settings& settings, const Places& places) {
    const Options& options = settings.options;
    const std::string name = options.net_name + (options.testnet ? "_testnet" : "");
    const share_chain::Network* network = share_chain::find_network(name);
    if (network == nullptr && options.testnet) network = share_chain::find_network(options.net_name);
    if (network != nullptr && (!options.testnet || network->parent->rpc_chain != "main")) return *network;
    std::string known;
    for (const std::string_view each : share_chain::network_names())
        known += std::string(each) + ", ";
    const std::filesystem::path data = options.datadir.empty() ? places.data : options.datadir;
    for (const std::filesystem::path& folder : {data / "networks", places.resources / "networks"}) {
        const std::filesystem::path file = folder / (name + ".json");
        if (network == nullptr && std::filesystem::exists(file)) {
            settings.network_of_file = std::make_shared<const share_chain::Network>(read_network_file(file));
            return *settings.network_of_file;
        }
        known += "or one that a file in " + folder.string() + " describes, ";
    }
    throw UsageError("argument --net: there is no network '" + name +
                     "'; choose one of: " + known.substr(0, known.size() - 2));
}

/// What is wrong with it as an address; none when it is one.
std::optional<std::string> address_problem(const std::string& text, const dash::ChainParams& chain) {
    try {
        (void)dash::parse_address(text, chain);
        return std::nullopt;
    } catch (const dash::DecodeError& error) {
        return error.what();
    }
}

std::string checked_payout_address(const std::string& text, const dash::ChainParams& chain) {
    dash::Address address;
    try {
        if (dash::looks_like_public_key(text)) {
            address.hash = dash::hash160(dash::parse_public_key(text));
        } else {
            address = dash::parse_address(text, chain);
        }
    } catch (const dash::DecodeError& error) {
        throw UsageError(std::string("error parsing address: ") + error.what() + " ('" + text + "')");
    }
    if (address.kind == dash::Address::Kind::kScriptHash) {
        throw UsageError(
            "the payout address " + text +
            " is a script (P2SH) address. A share can only name a public key hash, so coins sent this way would be "
            "lost: use an address that begins with " +
            (chain.rpc_chain == "main" ? "X" : "y"));
    }
    return dash::format_address(address, chain);
}

void resolve_payout(Settings& settings) {
    constexpr std::size_t kFewest = 2;
    Options& options = settings.options;
    settings.dynamic_payout = options.address == "dynamic";
    if (settings.dynamic_payout && options.dynamic_addresses < kFewest) {
        settings.remarks.emplace_back(" ERROR: Can not use fewer than 2 addresses in dynamic mode. Resetting to 2.");
        options.dynamic_addresses = kFewest;
    }
    if (settings.dynamic_payout || !options.address) return;
    settings.payout_address = checked_payout_address(*options.address, *settings.network->parent);
}

std::size_t broadcaster_min_peers(const Options& options) {
    constexpr std::size_t kDefault = 5;
    const std::size_t dashds = 1 + options.dashds.size();
    const std::size_t room = options.broadcaster_max_peers - std::min(dashds, options.broadcaster_max_peers);
    if (options.broadcaster && room == 0) {
        throw UsageError("--broadcaster-max-peers " + std::to_string(options.broadcaster_max_peers) +
                         " leaves no room beside " + std::to_string(dashds) + " dashds. Raise it");
    }
    const std::size_t least = options.broadcaster_min_peers.value_or(std::min(kDefault, room));
    if (least <= room) return least;
    throw UsageError("--broadcaster-min-peers " + std::to_string(least) +
                     " cannot be reached: --broadcaster-max-peers " + std::to_string(options.broadcaster_max_peers) +
                     " has room for " + (dashds == 1 ? "dashd" : std::to_string(dashds) + " dashds") + " and " +
                     std::to_string(room) + " peers. Lower the minimum or raise the maximum");
}

std::string random_password() {
    std::random_device device;
    dash::Bytes bytes(16);
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(device());
    return dash::to_hex(bytes);
}

std::string missing_conf_text(const std::filesystem::path& path) {
    return "dash configuration file not found. Manually enter your RPC password.\n\n"
           "If you want the node to find it by itself, create the file\n    " +
           path.string() +
           "\nwith, for example, these lines, and restart dashd:\n    server=1\n    rpcuser=dash\n    rpcpassword=" +
           random_password() + "\nor start dashd on this computer first: its cookie file is used when it is there.";
}

/// Fills in the login and the ports from dash.conf and the cookie file.
void read_login(Settings& settings) {
    const std::string& chain = settings.network->parent->rpc_chain;
    const std::filesystem::path path = settings.options.dashd_config_path.value_or(default_dash_conf());
    const std::filesystem::path cookie = cookie_beside(path, chain);
    const bool has_cookie = std::filesystem::exists(cookie);
    std::map<std::string, std::string> conf;
    if (std::filesystem::exists(path)) {
        conf = read_dash_conf(path, chain);
    } else if (!has_cookie || settings.options.dashd_config_path.has_value()) {
        throw UsageError(missing_conf_text(path));
    }
    const ConfAccess access = access_in(conf);
    settings.dashd_rpc_port = access.rpc_port.value_or(settings.dashd_rpc_port);
    settings.dashd_p2p_port = access.p2p_port.value_or(settings.dashd_p2p_port);
    settings.dashd_rpc_ssl = settings.dashd_rpc_ssl || access.rpc_ssl;
    if (access.login) {
        settings.login = *access.login;
    } else if (has_cookie) {
        settings.login.cookie_file = cookie;
        settings.remarks.push_back("Logging in to dashd with its cookie file " + cookie.string());
    } else {
        throw UsageError("dash configuration file didn't contain an rpcpassword= line! Add one! It is " +
                         path.string() + "; or start dashd first so that its cookie file " + cookie.string() +
                         " can be used.");
    }
}

/// Of one that --dashd names.
DashdLogin login_of(const DashdName& name, const ConfAccess& conf, const Settings& settings) {
    if (!name.password.empty()) return {name.user, name.password, {}};
    if (!name.cookie.empty()) return {"", "", name.cookie};
    if (conf.login) return *conf.login;
    if (!name.conf.empty()) return {"", "", cookie_beside(name.conf, settings.network->parent->rpc_chain)};
    if (!settings.login.password.empty()) return settings.login;
    throw UsageError("argument --dashd: how to log in to the dashd at " + name.host +
                     " is not known: the first dashd's cookie file is of no use there. Write USER:PASSWORD@" +
                     name.host + ", or add ,cookie=FILE or ,conf=FILE");
}

DashdAccess further_dashd(const DashdName& name, const Settings& settings) {
    const dash::ChainParams& chain = *settings.network->parent;
    ConfAccess conf;
    if (!name.conf.empty()) conf = access_in(read_dash_conf(name.conf, chain.rpc_chain));
    DashdAccess access;
    access.host = name.host;
    access.rpc_port = name.rpc_port.value_or(conf.rpc_port.value_or(chain.rpc_port));
    access.p2p_port = name.p2p_port.value_or(conf.p2p_port.value_or(chain.p2p_port));
    access.rpc_ssl = name.tls || conf.rpc_ssl;
    access.login = login_of(name, conf, settings);
    return access;
}

void resolve_further_dashds(Settings& settings) {
    std::set<std::pair<std::string, std::uint16_t>> named = {{settings.options.dashd_address, settings.dashd_rpc_port}};
    for (const DashdName& name : settings.options.dashds) {
        const DashdAccess& access = settings.further_dashds.emplace_back(further_dashd(name, settings));
        if (named.emplace(access.host, access.rpc_port).second) continue;
        throw UsageError("argument --dashd: " + access.host + " port " + std::to_string(access.rpc_port) +
                         " is named twice. The first dashd is that of --dashd-address and --dashd-rpc-port; --dashd is "
                         "for further ones");
    }
}

/// "run_p2pool.sh … ADDRESS": miners start the node with nothing but their address.
void take_positional_address(Settings& settings) {
    Options& options = settings.options;
    if (options.positional.size() != 1 || options.address.has_value()) return;
    const std::string& word = options.positional[0];
    if (const auto problem = address_problem(word, *settings.network->parent)) {
        if (!dash::looks_like_address(word)) return;
        throw UsageError("'" + word + "' was meant as your payout address? " + *problem +
                         ". If it is dashd's RPC password, write the RPC user before it");
    }
    options.address = word;
    options.positional.clear();
    settings.remarks.push_back("Taking " + *options.address + " as the payout address (as with -a).");
}

Endpoint peer_endpoint(const char* option, const std::string& text, std::uint16_t default_port) {
    auto found = peers::parse_host_port(text, default_port);
    if (!found) {
        throw UsageError("argument --" + std::string(option) + ": '" + text +
                         "' is not a host or address, or one with a port (host:port, [2001:db8::1]:port)");
    }
    return {std::move(found->host), found->port};
}

void resolve_peers(Settings& settings) {
    const Options& options = settings.options;
    settings.p2pool_port = options.p2pool_port.value_or(settings.network->p2p_port);
    for (const std::string& text : options.p2pool_nodes)
        settings.p2pool_nodes.push_back(peer_endpoint("p2pool-node", text, settings.network->p2p_port));
    if (!options.external_ip) return;
    settings.external_address = peer_endpoint("external-ip", *options.external_ip, settings.p2pool_port);
    if (!peers::parse_peer_address(settings.external_address->host, 0)) {
        throw UsageError("argument --external-ip: '" + *options.external_ip +
                         "' is not an address in digits, such as 203.0.113.7");
    }
}

void resolve_worker_ports(Settings& settings, bool only_asks) {
    Options& options = settings.options;
    if (options.worker_tls && (options.worker_tls_certificate.empty() || options.worker_tls_key.empty())) {
        throw UsageError("--worker-tls-port needs --worker-tls-cert and --worker-tls-key");
    }
    if (!options.worker_tls && !(options.worker_tls_certificate.empty() && options.worker_tls_key.empty())) {
        throw UsageError(
            "--worker-tls-cert and --worker-tls-key are of no use without the port that they are for: add "
            "--worker-tls-port");
    }
    settings.worker = options.worker.value_or(Endpoint{"", settings.network->worker_port});
    if (only_asks) return;
    settings.worker.host = listen_address("worker-port", settings.worker.host);
    if (options.worker_tls) options.worker_tls->host = listen_address("worker-tls-port", options.worker_tls->host);
}

}  // namespace

Settings resolve(Options options, const Places& places) {
    Settings settings;
    settings.options = std::move(options);
    settings.network = &choose_network(settings, places);
    const dash::ChainParams& chain = *settings.network->parent;
    take_positional_address(settings);
    resolve_payout(settings);
    const Options& chosen = settings.options;
    settings.broadcaster_min_peers = broadcaster_min_peers(chosen);

    settings.dashd_rpc_port = chain.rpc_port;
    settings.dashd_p2p_port = chain.p2p_port;
    settings.dashd_rpc_ssl = chosen.dashd_rpc_ssl;
    const bool only_asks = chosen.action == Action::kStop || chosen.action == Action::kStatus;
    if (only_asks || !chosen.export_shares.empty()) {
        // needs no dashd
    } else if (chosen.positional.empty()) {
        read_login(settings);
    } else {
        settings.login.password = chosen.positional.back();
        if (chosen.positional.size() == 2) settings.login.user = chosen.positional.front();
    }
    settings.dashd_rpc_port = chosen.dashd_rpc_port.value_or(settings.dashd_rpc_port);
    settings.dashd_p2p_port = chosen.dashd_p2p_port.value_or(settings.dashd_p2p_port);
    if (!only_asks && chosen.export_shares.empty()) resolve_further_dashds(settings);

    resolve_peers(settings);
    resolve_worker_ports(settings, only_asks || !chosen.export_shares.empty());
    const std::filesystem::path base = chosen.datadir.empty() ? places.data : chosen.datadir;
    settings.net_datadir = base / settings.network->name;
    settings.web_static = chosen.web_static.value_or(places.resources / "web" / "static");
    settings.pid_file = settings.net_datadir / "p2pool.pid";
    settings.ready_flag = settings.net_datadir / "ready_flag";
    settings.web_vendor = places.vendor;
    settings.logfile = chosen.logfile.value_or(settings.net_datadir / "log");
    for (const std::string& remark : chosen.without_effect)
        settings.remarks.push_back("Note: " + remark);
    return settings;
}

}  // namespace p2pool::options
