#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "dash/primitives/address.h"
#include "dash/primitives/bytes.h"
#include "p2pool/options/option_table.h"
#include "tests/unit/options/sandbox.h"

// Every option: how it is written, what it does, and what is said of a value that cannot be.

namespace {

using options_tests::contains;
using options_tests::error_of;
using options_tests::Sandbox;
using options_tests::settings_of;
using p2pool::options::Action;
using p2pool::options::parse;
using p2pool::options::Request;
using p2pool::options::Settings;

constexpr const char* kAddress = "XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84u";

/// One option: words that use it, whether Settings shows the effect, and a wrong value with what the error says of it.
struct Flag {
    const char* name;
    std::vector<std::string> words;
    std::function<bool(const Settings&)> has_effect;
    const char* wrong = nullptr;  ///< nullptr: a switch, or any text will do
    const char* error = nullptr;
    const char* shortest = nullptr;  ///< beginning of the name that is still clear
    bool is_own = false;             ///< the python node does not have it
};

const std::vector<Flag>& flags() {
    static const std::vector<Flag> all = {
        {"net",
         {"--net", "dash_regtest"},
         [](auto& s) { return s.network->name == "dash_regtest"; },
         "litecoin",
         "no network 'litecoin'",
         "--ne"},
        {"testnet", {"--testnet"}, [](auto& s) { return s.network->name == "dash_testnet"; }, nullptr, nullptr, "--te"},
        {"debug", {"--debug"}, [](auto& s) { return s.options.debug; }, nullptr, nullptr, "--de"},
        {"bench", {"--bench"}, [](auto& s) { return s.options.bench; }, nullptr, nullptr, "--be"},
        {"address",
         {"-a", kAddress},
         [](auto& s) { return s.payout_address == kAddress; },
         "Xnonsense",
         "error parsing address",
         "--a"},
        {"numaddresses",
         {"-i", "5"},
         [](auto& s) { return s.options.dynamic_addresses == 5; },
         "1001",
         "a number from 2 to 1000",
         "--nu"},
        {"timeaddresses",
         {"-t", "3600"},
         [](auto& s) { return s.options.dynamic_seconds == 3600; },
         "soon",
         "a number of seconds",
         "--ti"},
        {"datadir", {"--datadir", "/d"}, [](auto& s) { return s.net_datadir == "/d/dash"; }, nullptr, nullptr, "--dat"},
        {"logfile", {"--logfile", "/l"}, [](auto& s) { return s.logfile == "/l"; }, nullptr, nullptr, "--l"},
        {"no-console", {"--no-console"}, [](auto& s) { return s.options.no_console; }, nullptr, nullptr, "--no-c"},
        {"web-static",
         {"--web-static", "/pages"},
         [](auto& s) { return s.web_static == "/pages"; },
         nullptr,
         nullptr,
         "--web-s"},
        {"web-password",
         {"--web-password", "me:a:b"},
         [](auto& s) { return s.options.web_password == std::pair<std::string, std::string>("me", "a:b"); },
         "secret",
         "--web-password must be in format username:password",
         "--web-p"},
        {"merged",
         {"--merged", "http://u:p@127.0.0.1:1/"},
         [](auto& s) { return s.options.merged.size() == 1 && s.remarks.empty(); },
         "http://127.0.0.1:1/a@b",
         "merged url netloc must contain an \"@\"",
         "--me"},
        {"give-author",
         {"--give-author", "2.5"},
         [](auto& s) { return s.options.donation_percent == 2.5; },
         "x",
         "a percentage",
         "--g"},
        {"iocp", {"--iocp"}, [](auto& s) { return s.remarks.size() == 1; }, nullptr, nullptr, "--io"},
        {"irc-announce", {"--irc-announce"}, [](auto& s) { return s.remarks.size() == 1; }, nullptr, nullptr, "--ir"},
        {"no-bugreport",
         {"--no-bugreport"},
         [](auto& s) { return !s.options.tell_alerts; },
         nullptr,
         nullptr,
         "--no-b"},
        {"disable-upnp", {"--disable-upnp"}, [](auto& s) { return !s.options.upnp; }, nullptr, nullptr, "--disable-u"},
        {"disable-advertise",
         {"--disable-advertise"},
         [](auto& s) { return !s.options.advertise; },
         nullptr,
         nullptr,
         "--disable-a"},
        {"compact-on-shutdown",
         {"--compact-on-shutdown"},
         [](auto& s) { return s.options.compact_on_shutdown; },
         nullptr,
         nullptr,
         "--c"},
        {"disable-share-archive",
         {"--disable-share-archive"},
         [](auto& s) { return !s.options.share_archive; },
         nullptr,
         nullptr,
         "--disable-s"},
        {"p2pool-port",
         {"--p2pool-port", "9100"},
         [](auto& s) { return s.p2pool_port == 9100; },
         "0",
         "a port number",
         "--p2pool-p"},
        {"p2pool-node",
         {"-n", "a:1", "--p2pool-node", "b"},
         [](auto& s) {
             return s.p2pool_nodes.size() == 2 && s.p2pool_nodes[0].port == 1 && s.p2pool_nodes[1].port == 8999;
         },
         "a:b:c",
         "is not a host",
         "--p2pool-n"},
        {"max-conns",
         {"--max-conns", "7"},
         [](auto& s) { return s.options.most_incoming_peers == 7; },
         "-1",
         "a number from 0",
         "--ma"},
        {"outgoing-conns",
         {"--outgoing-conns", "3"},
         [](auto& s) { return s.options.outgoing_peers == 3; },
         "11",
         "--outgoing-conns can't be more than 10",
         "--o"},
        {"external-ip",
         {"--external-ip", "203.0.113.7:8"},
         [](auto& s) { return s.external_address && s.external_address->port == 8; },
         "pool.example",
         "an address in digits",
         "--e"},
        {"worker-port",
         {"-w", "127.0.0.2:8000"},
         [](auto& s) { return s.worker.host == "127.0.0.2" && s.worker.port == 8000; },
         "127.0.0.2",
         "a port number",
         "--wo"},
        {"fee", {"-f", "1.5"}, [](auto& s) { return s.options.fee_percent == 1.5; }, "-1", "a percentage", "--f"},
        {"share-rate",
         {"-s", "20"},
         [](auto& s) { return s.options.share_rate_seconds == 20; },
         "0",
         "a number of seconds",
         "--s"},
        {"dashd-config-path",
         {"--dashd-config-path", "/no/such"},
         [](auto& s) { return s.options.dashd_config_path == "/no/such"; },
         nullptr,
         nullptr,
         "--dashd-c"},
        {"dashd-address",
         {"--dashd-address", "192.0.2.1"},
         [](auto& s) { return s.options.dashd_address == "192.0.2.1"; },
         "192.0.2.1:9998",
         "a host or address alone",
         "--dashd-a"},
        {"dashd-rpc-port",
         {"--dashd-rpc-port", "77"},
         [](auto& s) { return s.dashd_rpc_port == 77; },
         "x",
         "a port number",
         "--dashd-rpc-p"},
        {"dashd-rpc-ssl",
         {"--dashd-rpc-ssl"},
         [](auto& s) { return s.dashd_rpc_ssl; },
         nullptr,
         nullptr,
         "--dashd-rpc-s"},
        {"dashd-p2p-port",
         {"--dashd-p2p-port", "78"},
         [](auto& s) { return s.dashd_p2p_port == 78; },
         "70000",
         "a port number",
         "--dashd-p"},
        {"dashd",
         {"--dashd", "192.0.2.2:5"},
         [](auto& s) { return s.further_dashds.size() == 1 && s.further_dashds[0].rpc_port == 5; },
         "user:@host",
         "argument --dashd: no password",
         "--dashd",
         true},
        {"disable-broadcaster",
         {"--disable-broadcaster"},
         [](auto& s) { return !s.options.broadcaster; },
         nullptr,
         nullptr,
         "--disable-b"},
        {"broadcaster-max-peers",
         {"--broadcaster-max-peers", "30"},
         [](auto& s) { return s.options.broadcaster_max_peers == 30; },
         "1",
         "a number from 2",
         "--broadcaster-ma"},
        {"broadcaster-min-peers",
         {"--broadcaster-min-peers", "4"},
         [](auto& s) { return s.broadcaster_min_peers == 4; },
         "x",
         "a number from 0",
         "--broadcaster-mi"},
        {"worker-tls-port",
         {"--worker-tls-port", "[::1]:7904", "--worker-tls-cert", "c", "--worker-tls-key", "k"},
         [](auto& s) { return s.options.worker_tls && s.options.worker_tls->port == 7904; },
         "0",
         "a port number",
         "--worker-tls-p",
         true},
        {"worker-tls-cert",
         {"--worker-tls-cert", "c", "--worker-tls-port", "7904", "--worker-tls-key", "k"},
         [](auto& s) { return s.options.worker_tls_certificate == "c"; },
         nullptr,
         nullptr,
         "--worker-tls-c",
         true},
        {"worker-tls-key",
         {"--worker-tls-key", "k", "--worker-tls-port", "7904", "--worker-tls-cert", "c"},
         [](auto& s) { return s.options.worker_tls_key == "k"; },
         nullptr,
         nullptr,
         "--worker-tls-k",
         true},
        {"worker-proxy-protocol",
         {"--worker-proxy-protocol", "192.0.2.1", "--worker-proxy-protocol", "2001:db8::/32"},
         [](auto& s) { return s.options.worker_proxies.size() == 2; },
         "balancer.example",
         "an address in digits",
         "--worker-pr",
         true},
        {"log-json", {"--log-json"}, [](auto& s) { return s.options.log_json; }, nullptr, nullptr, "--log-", true},
        {"daemon",
         {"--daemon"},
         [](auto& s) { return s.options.action == Action::kRunInBackground; },
         nullptr,
         nullptr,
         "--dae",
         true},
        {"stop",
         {"--stop"},
         [](auto& s) { return s.options.action == Action::kStop; },
         nullptr,
         nullptr,
         "--sto",
         true},
        {"restart",
         {"--restart"},
         [](auto& s) { return s.options.action == Action::kRestart; },
         nullptr,
         nullptr,
         "--r",
         true},
        {"status",
         {"--status"},
         [](auto& s) { return s.options.action == Action::kStatus; },
         nullptr,
         nullptr,
         "--sta",
         true},
        {"export-shares",
         {"--export-shares", "/e"},
         [](auto& s) { return s.options.export_shares == "/e"; },
         "",
         "a folder",
         "--exp",
         true},
    };
    return all;
}

/// The value that goes with the words, and a password, which spares the reading of dash.conf.
std::vector<std::string> with_password(std::vector<std::string> words) {
    words.emplace_back("p");
    return words;
}

}  // namespace

TEST_CASE("every option has its effect, and an error of its own") {
    const Sandbox sandbox;
    const Settings plain = settings_of({"p"});
    for (const Flag& flag : flags()) {
        CAPTURE(flag.name);
        CHECK_FALSE(flag.has_effect(plain));
        CHECK(error_of(with_password(flag.words)) == "no error");
        CHECK(flag.has_effect(settings_of(with_password(flag.words))));
        const std::string name = std::string("--") + flag.name;
        if (flag.wrong != nullptr) {
            CHECK(contains(error_of({name + "=" + flag.wrong, "p"}), flag.error));
            CHECK(contains(error_of({name}), "expected one argument"));
        }
        std::vector<std::string> cut = with_password(flag.words);
        for (std::string& word : cut) {
            if (word == name) word = flag.shortest;
        }
        CHECK(flag.has_effect(settings_of(cut)));
        std::string too_short = flag.shortest;
        too_short.pop_back();
        if (too_short == "--") continue;  // which ends the options
        const bool is_ambiguous =
            contains(error_of({too_short, "p"}), "ambiguous option: " + too_short + " could match --");
        // Or another option's, of the python node.
        CHECK((is_ambiguous || flag.is_own));
    }
}

TEST_CASE("the table of tests misses no option") {
    std::set<std::string> tested = {"help", "version", "demo"};
    for (const Flag& flag : flags())
        tested.insert(flag.name);
    std::set<std::string> known;
    for (const auto& option : p2pool::options::option_table())
        known.insert(option.name);
    CHECK(tested == known);
}

TEST_CASE("switches take no value") {
    const Sandbox sandbox;
    for (const auto& option : p2pool::options::option_table()) {
        if (option.metavar != nullptr) continue;
        CHECK(contains(error_of({std::string("--") + option.name + "=1", "p"}), "takes no value"));
    }
}

TEST_CASE("help and version come before whatever is wrong behind them") {
    for (const char* word : {"-h", "--help", "--h"})
        CHECK(parse({word, "--nonsense"}).request == Request::kHelp);
    CHECK(parse({"--version", "a", "b", "c"}).request == Request::kVersion);
    CHECK(parse({"--v"}).request == Request::kVersion);
    CHECK(contains(error_of({"--nonsense", "--help"}), "unrecognized arguments: --nonsense"));
    CHECK(contains(error_of({"--demo", "p"}), "run_p2pool.sh"));
}

TEST_CASE("the TLS port needs a certificate") {
    const Sandbox sandbox;
    CHECK(contains(error_of({"--worker-tls-port", "7904", "p"}), "needs --worker-tls-cert and --worker-tls-key"));
    CHECK(contains(error_of({"--worker-proxy-protocol", "192.0.2.0/x", "p"}), "a network such as"));
}

TEST_CASE("what was clear to the python node stays clear") {
    // This program's own --export-shares does not make --ext… ambiguous, and the other way round.
    CHECK(parse({"--ex", "203.0.113.7"}).external_ip == "203.0.113.7");
    CHECK(parse({"--exp", "/e"}).export_shares == "/e");
}

TEST_CASE("words are taken for values as argparse takes them") {
    CHECK(parse({"-f=1.5"}).fee_percent == 1.5);
    CHECK(parse({"-f1.5"}).fee_percent == 1.5);
    CHECK(parse({"--fee=+1.5"}).fee_percent == 1.5);
    CHECK(parse({"-nfoo=bar"}).p2pool_nodes == std::vector<std::string>{"foo=bar"});
    CHECK(parse({"--p2pool-node="}).p2pool_nodes == std::vector<std::string>{""});
    CHECK(parse({"u", "--debug", "p"}).positional == std::vector<std::string>{"u", "p"});
    CHECK(parse({"--", "--debug", "-h"}).positional == std::vector<std::string>{"--debug", "-h"});
    CHECK(parse({"-5", "-"}).positional == std::vector<std::string>{"-5", "-"});
    CHECK(parse({"-my pass"}).positional == std::vector<std::string>{"-my pass"});
    CHECK_THROWS((void)parse({"-a", "--debug"}));
    CHECK_THROWS((void)parse({"-x"}));
}

TEST_CASE("a public key in hex is paid at its address") {
    const Sandbox sandbox;
    // The generator point of secp256k1, which has the secret key 1, and its well-known hash.
    const std::string key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    const std::string full =
        "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";
    const auto hash_of = [](const Settings& settings) {
        return dash::to_hex(dash::parse_address(*settings.payout_address, *settings.network->parent).hash);
    };
    CHECK(hash_of(settings_of({"-a", key, "p"})) == "751e76e8199196d454941c45d1b3a323f1433bd6");
    CHECK(hash_of(settings_of({"-a", full, "p"})) == "91b24bf9f5288532960ac687abb035127b1d28a5");
    std::string off_curve = full;
    off_curve.back() = '9';
    CHECK(contains(error_of({"-a", off_curve, "p"}), "no point of the curve"));
    CHECK(contains(error_of({"-a", "02" + std::string(64, 'f'), "p"}), "no point of the curve"));
    CHECK(contains(error_of({"-a", key.substr(2), "p"}), "error parsing address"));
}

TEST_CASE("dynamic addresses are two at least") {
    const Sandbox sandbox;
    const Settings two = settings_of({"-a", "dynamic", "-i", "1", "p"});
    CHECK(two.dynamic_payout);
    CHECK_FALSE(two.payout_address);
    CHECK(two.options.dynamic_addresses == 2);
    REQUIRE(two.remarks.size() == 1);
    CHECK(two.remarks[0] == " ERROR: Can not use fewer than 2 addresses in dynamic mode. Resetting to 2.");
    CHECK(settings_of({"-a", "dynamic", "-i", "9", "p"}).options.dynamic_addresses == 9);
    CHECK(settings_of({"-i", "1", "p"}).remarks.empty());
}
