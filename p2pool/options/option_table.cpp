#include "p2pool/options/option_table.h"

#include <charconv>
#include <cmath>

namespace p2pool::options {
namespace {

[[noreturn]] void reject(const char* name, const std::string& text, const std::string& wanted) {
    throw UsageError("argument --" + std::string(name) + ": '" + text + "' is not " + wanted);
}

std::uint16_t port(const char* name, const std::string& text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535) {
        reject(name, text, "a port number from 1 to 65535");
    }
    return static_cast<std::uint16_t>(value);
}

double number(const char* name, const std::string& text, double lowest, double highest, const std::string& wanted) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= lowest && value <= highest)) {
        reject(name, text, wanted);
    }
    return value;
}

double percent(const char* name, const std::string& text) {
    return number(name, text, 0, 100, "a percentage from 0 to 100");
}

Endpoint worker_endpoint(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    Endpoint endpoint;
    if (colon != std::string::npos) endpoint.host = text.substr(0, colon);
    if (endpoint.host.size() > 2 && endpoint.host.front() == '[' && endpoint.host.back() == ']') {
        endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
    }
    endpoint.port = port("worker-port", colon == std::string::npos ? text : text.substr(colon + 1));
    return endpoint;
}

std::size_t count(const char* name, const std::string& text, std::size_t most) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > most) {
        reject(name, text, "a number from 0 to " + std::to_string(most));
    }
    return value;
}

std::pair<std::string, std::string> web_password(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) throw UsageError("--web-password must be in format username:password");
    return {text.substr(0, colon), text.substr(colon + 1)};
}

constexpr std::size_t kMostOutgoingPeers = 10;
constexpr std::size_t kMostIncomingPeers = 10'000;
constexpr std::size_t kMostBroadcasterPeers = 125;

constexpr auto kNoEffect = [](Options&, const std::string&) {};

}  // namespace

const char* group_title(Group group) {
    switch (group) {
        case Group::kGeneral:
            return "General";
        case Group::kNetwork:
            return "Network and payout";
        case Group::kMiners:
            return "Miners (stratum and getwork)";
        case Group::kPeers:
            return "p2pool network";
        case Group::kDashd:
            return "dashd";
        case Group::kBroadcaster:
            return "Block broadcaster";
    }
    return "";
}

const std::vector<OptionSpec>& option_table() {
    static const std::vector<OptionSpec> table = {
        {Group::kGeneral, "datadir", '\0', "DATADIR",
         "keep data in DATADIR/<network> (default: the folder 'data' beside run_p2pool.sh)",
         [](Options& o, const std::string& text) { o.datadir = text; }},
        {Group::kGeneral, "logfile", '\0', "LOGFILE", "write the log to LOGFILE (default: <data folder>/log)",
         [](Options& o, const std::string& text) { o.logfile = text; }},
        {Group::kGeneral, "no-console", '\0', nullptr, "write only to the log file, nothing to the terminal",
         [](Options& o, const std::string&) { o.no_console = true; }},
        {Group::kGeneral, "debug", '\0', nullptr, "log more", [](Options& o, const std::string&) { o.debug = true; }},
        {Group::kGeneral, "disable-share-archive", '\0', nullptr,
         "keep no list of the shares that grew too old: otherwise their hashes go to the data folder's share_archive",
         [](Options& o, const std::string&) { o.share_archive = false; }},
        {Group::kGeneral, "compact-on-shutdown", '\0', nullptr,
         "when the node is stopped, rewrite the file of shares without the room that removed ones leave",
         [](Options& o, const std::string&) { o.compact_on_shutdown = true; }},
        {Group::kGeneral, "export-shares", '\0', "DIR",
         "write the stored shares to DIR/shares.0 and so on, which the python node can load, and exit",
         [](Options& o, const std::string& text) {
             if (text.empty()) reject("export-shares", text, "a folder");
             o.export_shares = text;
         }},

        {Group::kGeneral, "web-static", '\0', "WEB_STATIC",
         "show the pages of this folder to browsers instead of this program's own",
         [](Options& o, const std::string& text) { o.web_static = text; }},
        {Group::kGeneral, "web-password", '\0', "USERNAME:PASSWORD",
         "ask browsers for this user and password from now on, in later runs too: security_config.json keeps it",
         [](Options& o, const std::string& text) { o.web_password = web_password(text); }},

        {Group::kNetwork, "net", '\0', "NET",
         "the p2pool network: dash, dash_testnet, dash_regtest or dash_custom_example (default: dash)",
         [](Options& o, const std::string& text) { o.net_name = text; }},
        {Group::kNetwork, "testnet", '\0', nullptr, "the test network of NET",
         [](Options& o, const std::string&) { o.testnet = true; }},
        {Group::kNetwork, "address", 'a', "ADDRESS",
         "pay this Dash address for the node's own work: fees, and miners whose user name is no address (default: the "
         "one used "
         "last, else a new one from dashd's wallet)",
         [](Options& o, const std::string& text) { o.address = text; }},
        {Group::kNetwork, "give-author", '\0', "DONATION_PERCENTAGE",
         "donate this percentage of your work to the authors of p2pool (default: 1.0)",
         [](Options& o, const std::string& text) { o.donation_percent = percent("give-author", text); }},

        {Group::kMiners, "worker-port", 'w', "PORT or ADDR:PORT",
         "listen on PORT for miners and browsers, on all interfaces or on ADDR (default: 7903, testnet 17903, regtest "
         "19703)",
         [](Options& o, const std::string& text) { o.worker = worker_endpoint(text); }},
        {Group::kMiners, "fee", 'f', "FEE_PERCENTAGE",
         "keep this percentage of the miners' work as the operator's fee (default: 0)",
         [](Options& o, const std::string& text) { o.fee_percent = percent("fee", text); }},
        {Group::kMiners, "share-rate", 's', "SECONDS_PER_SHARE",
         "choose miners' difficulties so that each sends a share about every so many seconds (default: 10)",
         [](Options& o, const std::string& text) {
             o.share_rate_seconds = number("share-rate", text, 0.1, 3600, "a number of seconds from 0.1 to 3600");
         }},

        {Group::kPeers, "p2pool-port", '\0', "PORT",
         "listen on PORT for other p2pool nodes (default: 8999, testnet 18999, regtest 19799)",
         [](Options& o, const std::string& text) { o.p2pool_port = port("p2pool-port", text); }},
        {Group::kPeers, "p2pool-node", 'n', "ADDR[:PORT]",
         "stay connected to this p2pool node, besides those found by themselves; may be repeated",
         [](Options& o, const std::string& text) { o.p2pool_nodes.push_back(text); }},
        {Group::kPeers, "max-conns", '\0', "CONNS",
         "let at most so many p2pool nodes connect to this one (default: 40)",
         [](Options& o, const std::string& text) {
             o.most_incoming_peers = count("max-conns", text, kMostIncomingPeers);
         }},
        {Group::kPeers, "outgoing-conns", '\0', "CONNS", "connect to so many p2pool nodes, at most 10 (default: 6)",
         [](Options& o, const std::string& text) {
             o.outgoing_peers = count("outgoing-conns", text, kMostOutgoingPeers);
         }},
        {Group::kPeers, "external-ip", '\0', "ADDR[:PORT]",
         "the address under which other p2pool nodes reach this one, if they cannot see it themselves",
         [](Options& o, const std::string& text) { o.external_ip = text; }},
        {Group::kPeers, "disable-advertise", '\0', nullptr, "do not tell other p2pool nodes where this one is",
         [](Options& o, const std::string&) { o.advertise = false; }},
        {Group::kPeers, "disable-upnp", '\0', nullptr, "do not ask the router by UPnP to open the p2pool port",
         [](Options& o, const std::string&) { o.upnp = false; }},

        {Group::kDashd, "dashd-config-path", '\0', "DASHD_CONFIG_PATH",
         "read user, password and ports from this dash.conf (default: where Dash Core keeps it)",
         [](Options& o, const std::string& text) { o.dashd_config_path = text; }},
        {Group::kDashd, "dashd-address", '\0', "DASHD_ADDRESS", "host of dashd, for RPC and P2P (default: 127.0.0.1)",
         [](Options& o, const std::string& text) { o.dashd_address = text; }},
        {Group::kDashd, "dashd-rpc-port", '\0', "DASHD_RPC_PORT",
         "port of dashd's RPC (default: rpcport of dash.conf, else 9998, test chains 19998)",
         [](Options& o, const std::string& text) { o.dashd_rpc_port = port("dashd-rpc-port", text); }},
        {Group::kDashd, "dashd-rpc-ssl", '\0', nullptr, "speak to dashd's RPC through TLS",
         [](Options& o, const std::string&) { o.dashd_rpc_ssl = true; }},
        {Group::kDashd, "dashd-p2p-port", '\0', "DASHD_P2P_PORT",
         "port of dashd's P2P (default: port of dash.conf, else 9999, testnet 19999, regtest 19899)",
         [](Options& o, const std::string& text) { o.dashd_p2p_port = port("dashd-p2p-port", text); }},

        {Group::kBroadcaster, "disable-broadcaster", '\0', nullptr,
         "send found blocks only to dashd, by P2P and submitblock, and not to further nodes of the Dash network",
         [](Options& o, const std::string&) { o.broadcaster = false; }},
        {Group::kBroadcaster, "broadcaster-max-peers", '\0', "MAX_PEERS",
         "keep so many connections to nodes of the Dash network, dashd's included, from 2 to 125 (default: 20)",
         [](Options& o, const std::string& text) {
             o.broadcaster_max_peers = count("broadcaster-max-peers", text, kMostBroadcasterPeers);
             if (o.broadcaster_max_peers < 2) reject("broadcaster-max-peers", text, "a number from 2 to 125");
         }},
        {Group::kBroadcaster, "broadcaster-min-peers", '\0', "MIN_PEERS",
         "ask dashd for its peers when fewer than so many are connected (default: 5, or what the maximum allows)",
         [](Options& o, const std::string& text) {
             o.broadcaster_min_peers = count("broadcaster-min-peers", text, kMostBroadcasterPeers - 1);
         }},

        // Options of the python node that keep an operator's command line valid; parse() says that they have no effect
        // yet.
        {Group::kGeneral, "bench", '\0', nullptr, nullptr, kNoEffect},
        {Group::kGeneral, "numaddresses", 'i', "NUMADDRESSES", nullptr, kNoEffect},
        {Group::kGeneral, "timeaddresses", 't', "TIMEADDRESSES", nullptr, kNoEffect},
        {Group::kGeneral, "merged", '\0', "MERGED_URLS", nullptr, kNoEffect},
        {Group::kGeneral, "iocp", '\0', nullptr, nullptr, kNoEffect},
        {Group::kGeneral, "irc-announce", '\0', nullptr, nullptr, kNoEffect},
        {Group::kGeneral, "no-bugreport", '\0', nullptr, nullptr, kNoEffect},
    };
    return table;
}

}  // namespace p2pool::options
