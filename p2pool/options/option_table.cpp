#include "p2pool/options/option_table.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "dash/util/ip_list.h"

namespace p2pool::options {
namespace {

[[noreturn]] void reject(const char* name, const std::string& text, const std::string& wanted) {
    throw UsageError("argument --" + std::string(name) + ": '" + text + "' is not " + wanted);
}

/// All of the text as a number, with a '+' before it if the operator likes.
template <typename Number>
std::optional<Number> parsed(const std::string& text) {
    Number value{};
    const char* const begin = text.data() + (text.size() > 1 && text[0] == '+' && text[1] != '-' ? 1 : 0);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

std::uint16_t port(const char* name, const std::string& text) {
    const unsigned value = parsed<unsigned>(text).value_or(0);
    if (value == 0 || value > 65535) reject(name, text, "a port number from 1 to 65535");
    return static_cast<std::uint16_t>(value);
}

double number(const char* name, const std::string& text, double lowest, double highest, const std::string& wanted) {
    const auto value = parsed<double>(text);
    if (!value || !(*value >= lowest && *value <= highest)) reject(name, text, wanted);
    return *value;
}

double percent(const char* name, const std::string& text) {
    return number(name, text, 0, 100, "a percentage from 0 to 100");
}

/// Those of an IPv6 address taken off.
std::string without_brackets(const std::string& host) {
    const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return has_brackets ? host.substr(1, host.size() - 2) : host;
}

Endpoint worker_endpoint(const char* name, const std::string& text) {
    const std::size_t colon = text.rfind(':');
    Endpoint endpoint;
    if (colon != std::string::npos) endpoint.host = without_brackets(text.substr(0, colon));
    endpoint.port = port(name, colon == std::string::npos ? text : text.substr(colon + 1));
    return endpoint;
}

std::string dashd_host(const std::string& text) {
    const std::string host = without_brackets(text);
    const bool has_port = std::count(host.begin(), host.end(), ':') == 1;
    if (host.empty() || has_port || host.find_first_of("/@[] ") != std::string::npos) {
        reject("dashd-address", text,
               "a host or address alone; --dashd-rpc-port and --dashd-p2p-port name its ports, and user and password "
               "stand at the end of the command line");
    }
    return host;
}

std::size_t count(const char* name, const std::string& text, std::size_t most) {
    const auto value = parsed<std::size_t>(text);
    if (!value || *value > most) reject(name, text, "a number from 0 to " + std::to_string(most));
    return *value;
}

std::size_t dynamic_addresses(const std::string& text) {
    constexpr std::size_t kMost = 1000;
    const auto value = parsed<long>(text);
    if (!value || *value > static_cast<long>(kMost)) reject("numaddresses", text, "a number from 2 to 1000");
    return static_cast<std::size_t>(std::max(0L, *value));  // resolve() raises it to 2, and says so
}

std::string ip_network(const std::string& text) {
    if (!dash::parse_ip_network(text)) {
        reject("worker-proxy-protocol", text,
               "an address in digits, or a network such as 192.0.2.0/24 or 2001:db8::/32");
    }
    return text;
}

/// It names a folder and a file.
std::string network_name(const std::string& text) {
    constexpr const char* kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (text.empty() || text.find_first_not_of(kAllowed) != std::string::npos) {
        reject("net", text, "the name of a network (letters, digits, '_' and '-')");
    }
    return text;
}

std::pair<std::string, std::string> web_password(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) throw UsageError("--web-password must be in format username:password");
    return {text.substr(0, colon), text.substr(colon + 1)};
}

constexpr std::size_t kMostOutgoingPeers = 10;
constexpr std::size_t kMostIncomingPeers = 10'000;
constexpr std::size_t kMostBroadcasterPeers = 125;

/// Each is asked something every second.
constexpr std::size_t kMostFurtherDashds = 8;

void add_dashd(Options& options, const std::string& text) {
    if (options.dashds.size() >= kMostFurtherDashds) {
        throw UsageError("argument --dashd: it may be given at most " + std::to_string(kMostFurtherDashds) + " times");
    }
    options.dashds.push_back(parse_dashd(text));
}

constexpr auto kNoEffect = [](Options&, const std::string&) {};
/// run_p2pool.sh acts on these before the program starts.
constexpr auto kLaunchersOwn = [](Options&, const std::string&) {
    throw UsageError("--demo is for run_p2pool.sh, where it has to be written out");
};

}  // namespace

std::string spelled(const OptionSpec& option) {
    const std::string name = std::string("--") + option.name;
    return option.short_name == '\0' ? name : std::string("-") + option.short_name + "/" + name;
}

const char* group_title(Group group) {
    switch (group) {
        case Group::kInformation:
            return "Information";
        case Group::kLauncher:
            return "Of run_p2pool.sh";
        case Group::kService:
            return "Start and stop, each with the --net and --datadir of the node that is meant";
        case Group::kWithoutEffect:
            return "Accepted from command lines of the python node, without effect";
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
        {Group::kInformation, Origin::kReference, "help", 'h', nullptr, "list the options",
         [](Options& o, const std::string&) { o.request = Request::kHelp; }},
        {Group::kInformation, Origin::kReference, "version", '\0', nullptr, "tell the version",
         [](Options& o, const std::string&) { o.request = Request::kVersion; }},
        {Group::kLauncher, Origin::kOwn, "demo", '\0', nullptr,
         "try it: a simulated Dash network, the node and a miner on this computer", kLaunchersOwn},

        {Group::kGeneral, Origin::kReference, "datadir", '\0', "DATADIR",
         "keep data in DATADIR/<network> (default: the folder 'data' beside run_p2pool.sh; ~/.p2pool-dash when the "
         "program "
         "is installed)",
         [](Options& o, const std::string& text) { o.datadir = text; }},
        {Group::kGeneral, Origin::kReference, "logfile", '\0', "LOGFILE",
         "write the log to LOGFILE (default: <data folder>/log)",
         [](Options& o, const std::string& text) { o.logfile = text; }},
        {Group::kGeneral, Origin::kReference, "no-console", '\0', nullptr,
         "write only to the log file, nothing to the terminal",
         [](Options& o, const std::string&) { o.no_console = true; }},
        {Group::kGeneral, Origin::kOwn, "log-json", '\0', nullptr,
         "write the log as JSON, one object a line with time, level and text, in the file and on the terminal",
         [](Options& o, const std::string&) { o.log_json = true; }},
        {Group::kGeneral, Origin::kReference, "no-bugreport", '\0', nullptr,
         "tell blocks to Telegram, webhooks and commands, but not what goes wrong",
         [](Options& o, const std::string&) { o.tell_alerts = false; }},
        {Group::kGeneral, Origin::kReference, "debug", '\0', nullptr, "log more",
         [](Options& o, const std::string&) { o.debug = true; }},
        {Group::kGeneral, Origin::kReference, "bench", '\0', nullptr,
         "log how long it takes to make work, and to judge a submit when that takes over 10 ms",
         [](Options& o, const std::string&) { o.bench = true; }},
        {Group::kGeneral, Origin::kReference, "disable-share-archive", '\0', nullptr,
         "keep no list of the shares that grew too old: otherwise their hashes go to the data folder's share_archive",
         [](Options& o, const std::string&) { o.share_archive = false; }},
        {Group::kGeneral, Origin::kReference, "compact-on-shutdown", '\0', nullptr,
         "when the node is stopped, rewrite the file of shares without the room that removed ones leave",
         [](Options& o, const std::string&) { o.compact_on_shutdown = true; }},
        {Group::kGeneral, Origin::kOwn, "export-shares", '\0', "DIR",
         "write the stored shares to DIR/shares.0 and so on, which the python node can load, and exit",
         [](Options& o, const std::string& text) {
             if (text.empty()) reject("export-shares", text, "a folder");
             o.export_shares = text;
         }},

        {Group::kGeneral, Origin::kReference, "web-static", '\0', "WEB_STATIC",
         "show the pages of this folder to browsers instead of this program's own",
         [](Options& o, const std::string& text) { o.web_static = text; }},
        {Group::kGeneral, Origin::kReference, "web-password", '\0', "USERNAME:PASSWORD",
         "ask browsers for this user and password from now on, in later runs too: security_config.json keeps it",
         [](Options& o, const std::string& text) { o.web_password = web_password(text); }},

        {Group::kNetwork, Origin::kReference, "net", '\0', "NET",
         "the p2pool network: dash, dash_testnet, dash_regtest, or another that networks/NET.json beside this program "
         "or "
         "in DATADIR describes, such as dash_custom_example (default: dash)",
         [](Options& o, const std::string& text) { o.net_name = network_name(text); }},
        {Group::kNetwork, Origin::kReference, "testnet", '\0', nullptr, "the test network of NET",
         [](Options& o, const std::string&) { o.testnet = true; }},
        {Group::kNetwork, Origin::kReference, "address", 'a', "ADDRESS",
         "pay this Dash address, or the owner of this public key in hex, for the node's own work: fees, and miners "
         "whose "
         "user name is no address; 'dynamic' takes several addresses from dashd's wallet and renews them (default: the "
         "one used last, else a new one from dashd's wallet)",
         [](Options& o, const std::string& text) { o.address = text; }},
        {Group::kNetwork, Origin::kReference, "numaddresses", 'i', "NUMADDRESSES",
         "addresses that '-a dynamic' keeps at a time, from 2 to 1000 (default: 2)",
         [](Options& o, const std::string& text) { o.dynamic_addresses = dynamic_addresses(text); }},
        {Group::kNetwork, Origin::kReference, "timeaddresses", 't', "TIMEADDRESSES",
         "seconds after which '-a dynamic' replaces the oldest of them (default: 172800, two days)",
         [](Options& o, const std::string& text) {
             o.dynamic_seconds = number("timeaddresses", text, 1, 1e9, "a number of seconds from 1 to 1000000000");
         }},
        {Group::kNetwork, Origin::kReference, "give-author", '\0', "DONATION_PERCENTAGE",
         "donate this percentage of your work to the authors of p2pool (default: 1.0)",
         [](Options& o, const std::string& text) { o.donation_percent = percent("give-author", text); }},

        {Group::kMiners, Origin::kReference, "worker-port", 'w', "PORT or ADDR:PORT",
         "listen on PORT for miners and browsers, on all interfaces or on ADDR (default: 7903, testnet 17903, regtest "
         "19703)",
         [](Options& o, const std::string& text) { o.worker = worker_endpoint("worker-port", text); }},
        {Group::kMiners, Origin::kOwn, "worker-tls-port", '\0', "PORT or ADDR:PORT",
         "listen on this port too, through TLS (stratum+ssl://, https://)",
         [](Options& o, const std::string& text) { o.worker_tls = worker_endpoint("worker-tls-port", text); }},
        {Group::kMiners, Origin::kOwn, "worker-tls-cert", '\0', "FILE",
         "certificate of the TLS port, in PEM, with those between it and the authority's; read again when it changes",
         [](Options& o, const std::string& text) { o.worker_tls_certificate = text; }},
        {Group::kMiners, Origin::kOwn, "worker-tls-key", '\0', "FILE", "key of that certificate, in PEM",
         [](Options& o, const std::string& text) { o.worker_tls_key = text; }},
        {Group::kMiners, Origin::kOwn, "worker-proxy-protocol", '\0', "ADDR[/BITS]",
         "this balancer's connections begin with a PROXY protocol header (version 2) that tells the miner's address; "
         "may be repeated",
         [](Options& o, const std::string& text) { o.worker_proxies.push_back(ip_network(text)); }},
        {Group::kMiners, Origin::kReference, "fee", 'f', "FEE_PERCENTAGE",
         "keep this percentage of the miners' work as the operator's fee (default: 0)",
         [](Options& o, const std::string& text) { o.fee_percent = percent("fee", text); }},
        {Group::kMiners, Origin::kReference, "share-rate", 's', "SECONDS_PER_SHARE",
         "choose miners' difficulties so that each sends a share about every so many seconds (default: 10)",
         [](Options& o, const std::string& text) {
             o.share_rate_seconds = number("share-rate", text, 0.1, 3600, "a number of seconds from 0.1 to 3600");
         }},

        {Group::kPeers, Origin::kReference, "p2pool-port", '\0', "PORT",
         "listen on PORT for other p2pool nodes (default: 8999, testnet 18999, regtest 19799)",
         [](Options& o, const std::string& text) { o.p2pool_port = port("p2pool-port", text); }},
        {Group::kPeers, Origin::kReference, "p2pool-node", 'n', "ADDR[:PORT]",
         "stay connected to this p2pool node, besides those found by themselves; may be repeated",
         [](Options& o, const std::string& text) { o.p2pool_nodes.push_back(text); }},
        {Group::kPeers, Origin::kReference, "max-conns", '\0', "CONNS",
         "let at most so many p2pool nodes connect to this one (default: 40)",
         [](Options& o, const std::string& text) {
             o.most_incoming_peers = count("max-conns", text, kMostIncomingPeers);
         }},
        {Group::kPeers, Origin::kReference, "outgoing-conns", '\0', "CONNS",
         "connect to so many p2pool nodes, at most 10 (default: 6)",
         [](Options& o, const std::string& text) {
             if (parsed<std::size_t>(text).value_or(0) > kMostOutgoingPeers) {
                 throw UsageError("--outgoing-conns can't be more than 10");
             }
             o.outgoing_peers = count("outgoing-conns", text, kMostOutgoingPeers);
         }},
        {Group::kPeers, Origin::kReference, "external-ip", '\0', "ADDR[:PORT]",
         "the address under which other p2pool nodes reach this one, if they cannot see it themselves",
         [](Options& o, const std::string& text) { o.external_ip = text; }},
        {Group::kPeers, Origin::kReference, "disable-advertise", '\0', nullptr,
         "do not tell other p2pool nodes where this one is",
         [](Options& o, const std::string&) { o.advertise = false; }},
        {Group::kPeers, Origin::kReference, "disable-upnp", '\0', nullptr,
         "do not ask the router by UPnP to open the p2pool port",
         [](Options& o, const std::string&) { o.upnp = false; }},

        {Group::kDashd, Origin::kReference, "dashd-config-path", '\0', "DASHD_CONFIG_PATH",
         "read user, password and ports from this dash.conf (default: where Dash Core keeps it)",
         [](Options& o, const std::string& text) { o.dashd_config_path = text; }},
        {Group::kDashd, Origin::kReference, "dashd-address", '\0', "DASHD_ADDRESS",
         "host of dashd, for RPC and P2P (default: 127.0.0.1)",
         [](Options& o, const std::string& text) { o.dashd_address = dashd_host(text); }},
        {Group::kDashd, Origin::kReference, "dashd-rpc-port", '\0', "DASHD_RPC_PORT",
         "port of dashd's RPC (default: rpcport of dash.conf, else 9998, test chains 19998)",
         [](Options& o, const std::string& text) { o.dashd_rpc_port = port("dashd-rpc-port", text); }},
        {Group::kDashd, Origin::kReference, "dashd-rpc-ssl", '\0', nullptr, "speak to dashd's RPC through TLS",
         [](Options& o, const std::string&) { o.dashd_rpc_ssl = true; }},
        {Group::kDashd, Origin::kReference, "dashd-p2p-port", '\0', "DASHD_P2P_PORT",
         "port of dashd's P2P (default: port of dash.conf, else 9999, testnet 19999, regtest 19899)",
         [](Options& o, const std::string& text) { o.dashd_p2p_port = port("dashd-p2p-port", text); }},
        {Group::kDashd, Origin::kOwn, "dashd", '\0',
         "[USER:PASSWORD@]HOST[:RPC_PORT][,p2p=PORT][,conf=FILE][,cookie=FILE]",
         "work with this dashd too, besides that of the options above: miners get the templates of the one that is in "
         "the best state, and all get the blocks won; https:// before it for TLS, an IPv6 address in brackets; conf= "
         "and cookie= name its dash.conf or cookie file, without them and without a password it is the first one's "
         "user and password; may be repeated, up to 8 times",
         add_dashd},
        {Group::kDashd, Origin::kReference, "merged", '\0', "MERGED_URLS",
         "mine another chain's blocks too: its daemon's getauxblock, as http://USER:PASSWORD@HOST:PORT/; may be "
         "repeated",
         [](Options& o, const std::string& text) { o.merged.push_back(parse_merged_url(text)); }},

        {Group::kBroadcaster, Origin::kReference, "disable-broadcaster", '\0', nullptr,
         "send found blocks only to dashd, by P2P and submitblock, and not to further nodes of the Dash network",
         [](Options& o, const std::string&) { o.broadcaster = false; }},
        {Group::kBroadcaster, Origin::kReference, "broadcaster-max-peers", '\0', "MAX_PEERS",
         "keep so many connections to nodes of the Dash network, those to your dashds included, from 2 to 125 "
         "(default: 20)",
         [](Options& o, const std::string& text) {
             o.broadcaster_max_peers = count("broadcaster-max-peers", text, kMostBroadcasterPeers);
             if (o.broadcaster_max_peers < 2) reject("broadcaster-max-peers", text, "a number from 2 to 125");
         }},
        {Group::kBroadcaster, Origin::kReference, "broadcaster-min-peers", '\0', "MIN_PEERS",
         "ask dashd for its peers when fewer than so many are connected (default: 5, or what the maximum allows)",
         [](Options& o, const std::string& text) {
             o.broadcaster_min_peers = count("broadcaster-min-peers", text, kMostBroadcasterPeers - 1);
         }},

        {Group::kService, Origin::kOwn, "daemon", '\0', nullptr,
         "run in the background, and return when the start has gone well; the log file tells the rest",
         [](Options& o, const std::string&) { o.action = Action::kRunInBackground; }},
        {Group::kService, Origin::kOwn, "stop", '\0', nullptr, "end the node and wait until it has ended",
         [](Options& o, const std::string&) { o.action = Action::kStop; }},
        {Group::kService, Origin::kOwn, "restart", '\0', nullptr,
         "--stop, if it runs, then --daemon with the other options given here",
         [](Options& o, const std::string&) { o.action = Action::kRestart; }},
        {Group::kService, Origin::kOwn, "status", '\0', nullptr,
         "say whether the node runs (exit code 0) or not (3), and whether it serves miners",
         [](Options& o, const std::string&) { o.action = Action::kStatus; }},

        {Group::kWithoutEffect, Origin::kReference, "iocp", '\0', nullptr,
         "it chose an event loop of Windows; this program takes the best one of the system by itself", kNoEffect},
        {Group::kWithoutEffect, Origin::kReference, "irc-announce", '\0', nullptr,
         "the IRC channel of block announcements is gone", kNoEffect},
    };
    return table;
}

}  // namespace p2pool::options
