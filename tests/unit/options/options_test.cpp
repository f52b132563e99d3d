#include "p2pool/options/options.h"

#include <doctest/doctest.h>

#include "dash/primitives/address.h"
#include "p2pool/options/option_table.h"
#include "tests/unit/options/sandbox.h"

namespace {

using options_tests::contains;
using options_tests::error_of;
using options_tests::Sandbox;
using options_tests::settings_of;
using p2pool::options::parse;
using p2pool::options::Settings;

constexpr const char* kMainnetAddress = "XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84u";
constexpr const char* kTestAddress = "yPJr631fij5bHLpjMZgwK5hHCsHurSMhCB";

}  // namespace

TEST_CASE("defaults follow from the network") {
    const Sandbox sandbox;
    const Settings main = settings_of({"user", "secret"});
    CHECK(main.network->name == "dash");
    CHECK(main.worker.port == 7903);
    CHECK(main.worker.host.empty());
    CHECK(main.dashd_rpc_port == 9998);
    CHECK(main.dashd_p2p_port == 9999);
    CHECK(main.login.user == "user");
    CHECK(main.login.password == "secret");
    CHECK(main.net_datadir == "/launcher/data/dash");
    CHECK(main.logfile == "/launcher/data/dash/log");
    CHECK(main.options.donation_percent == doctest::Approx(1.0));
    CHECK(main.options.fee_percent == doctest::Approx(0.0));
    CHECK(main.options.share_rate_seconds == doctest::Approx(10.0));

    CHECK(settings_of({"--net", "dash_regtest", "p"}).worker.port == 19703);
    CHECK(settings_of({"--net", "dash_regtest", "p"}).dashd_p2p_port == 19899);
    CHECK(settings_of({"p"}).login.user.empty());
}

TEST_CASE("the test network by both spellings") {
    const Sandbox sandbox;
    CHECK(settings_of({"--testnet", "p"}).network->name == "dash_testnet");
    CHECK(settings_of({"--net", "dash_testnet", "p"}).network->name == "dash_testnet");
    CHECK(settings_of({"--net", "dash_testnet", "--testnet", "p"}).network->name == "dash_testnet");
    CHECK(contains(error_of({"--net", "litecoin", "p"}), "dash_regtest"));
    CHECK(contains(error_of({"--net", "private", "--testnet", "p"}), "no network 'private_testnet'"));
}

TEST_CASE("every spelling of an option") {
    const Sandbox sandbox;
    CHECK(settings_of({"-a", kMainnetAddress, "p"}).payout_address == kMainnetAddress);
    CHECK(settings_of({"--address", kMainnetAddress, "p"}).options.address == kMainnetAddress);
    CHECK(settings_of({std::string("--address=") + kMainnetAddress, "p"}).options.address == kMainnetAddress);
    CHECK(settings_of({std::string("-a") + kMainnetAddress, "p"}).options.address == kMainnetAddress);
    CHECK(settings_of({"--addr", kMainnetAddress, "p"}).options.address == kMainnetAddress);
    CHECK(settings_of({"-f", "1.5", "--fee", "2", "p"}).options.fee_percent == doctest::Approx(2));
    CHECK(settings_of({"-w", "127.0.0.2:8000", "p"}).worker.host == "127.0.0.2");
    CHECK(settings_of({"-w", "[::1]:8000", "p"}).worker.host == "::1");
    CHECK(settings_of({"-w", "8000", "p"}).worker.port == 8000);
}

TEST_CASE("hosts to listen on may be names") {
    const Sandbox sandbox;
    CHECK(settings_of({"-w", "localhost:7903", "p"}).worker.host == "127.0.0.1");
    CHECK(settings_of({"-w", "0.0.0.0:7903", "p"}).worker.host == "0.0.0.0");
    CHECK(settings_of({"-w", ":7903", "p"}).worker.host.empty());
    const std::string nobody(64, 'x');  // longer than a part of a name can be: no name server is asked
    CHECK(contains(error_of({"-w", nobody + ":7903", "p"}), "argument --worker-port: the host '" + nobody));
    const std::vector<std::string> tls = {"--worker-tls-cert", "c", "--worker-tls-key", "k", "p", "--worker-tls-port"};
    const auto with = [&tls](const std::string& endpoint) {
        std::vector<std::string> words = tls;
        words.push_back(endpoint);
        return words;
    };
    CHECK(settings_of(with("localhost:7904")).options.worker_tls->host == "127.0.0.1");
    CHECK(contains(error_of(with(nobody + ":7904")), "argument --worker-tls-port: the host"));
    // To ask after a node, no host needs to be known.
    CHECK(error_of({"-w", nobody + ":7903", "--status"}) == "no error");
}

TEST_CASE("wrong values are named, with what is wanted") {
    const Sandbox sandbox;
    const std::string script_address =
        dash::format_address({.kind = dash::Address::Kind::kScriptHash, .hash = {1, 2, 3}}, dash::dash_regtest());
    CHECK(contains(error_of({"--nonsense", "p"}), "nonsense"));
    CHECK(contains(error_of({"--dash", "x", "p"}), "ambiguous"));
    CHECK(contains(error_of({"-w", "many", "p"}), "port number"));
    CHECK(contains(error_of({"-w", "70000", "p"}), "port number"));
    CHECK(contains(error_of({"-f", "101", "p"}), "percentage"));
    CHECK(contains(error_of({"-f", "nan", "p"}), "percentage"));
    CHECK(contains(error_of({"-s", "0", "p"}), "seconds"));
    CHECK(contains(error_of({"--give-author", "x", "p"}), "percentage"));
    CHECK(contains(error_of({"a", "b", "c"}), "maximum of two"));
    CHECK(contains(error_of({"-a", "nonsense", "p"}), "error parsing address: not an address"));
    CHECK(contains(error_of({"-a", "nonsense", "p"}), "('nonsense')"));
    CHECK(contains(error_of({"-a", kTestAddress, "p"}), "error parsing address"));
    CHECK(contains(error_of({"--net", "dash_regtest", "-a", script_address, "p"}), "P2SH"));
    CHECK(contains(error_of({"@no-such-file"}), "no-such-file"));
}

TEST_CASE("argument files") {
    const Sandbox sandbox;
    sandbox.write("inner", "-f 3\n--net\ndash_regtest");
    const auto outer = sandbox.write("outer", "@" + (sandbox.folder() / "inner").string() + " p");
    const Settings settings = settings_of({"@" + outer.string()});
    CHECK(settings.options.fee_percent == doctest::Approx(3));
    CHECK(settings.network->name == "dash_regtest");
    CHECK(settings.login.password == "p");
    const auto loop = sandbox.write("loop", "@" + (sandbox.folder() / "loop").string());
    CHECK(contains(error_of({"@" + loop.string()}), "nested too deeply"));
}

TEST_CASE("a single address instead of a password") {
    const Sandbox sandbox;
    sandbox.write(".dashcore/dash.conf", "rpcpassword=x\n");
    const Settings settings = settings_of({"--testnet", "--net", "dash", kTestAddress});
    CHECK(settings.options.address == kTestAddress);
    CHECK(settings.login.password == "x");
    REQUIRE(!settings.remarks.empty());
    CHECK(contains(settings.remarks[0], kTestAddress));
    // With -a given, the same word is a password.
    CHECK(settings_of({"--testnet", "-a", kTestAddress, kTestAddress}).login.password == kTestAddress);
    // One that is mistyped or of another network is not taken for a password.
    CHECK(contains(error_of({"--testnet", kMainnetAddress}), "another network than"));
    std::string mistyped = kTestAddress;
    mistyped[10] = mistyped[10] == 'z' ? 'y' : 'z';
    CHECK(contains(error_of({"--testnet", mistyped}), "its checksum is wrong"));
    CHECK(contains(error_of({"--testnet", mistyped}), "write the RPC user before it"));
    CHECK(settings_of({"--testnet", "user", mistyped}).login.password == mistyped);
    CHECK(settings_of({"--testnet", "aPasswordOfThirtyTwoCharacters99"}).login.password ==
          "aPasswordOfThirtyTwoCharacters99");
}

TEST_CASE("what is wrong with a mistyped payout address is said") {
    const Sandbox sandbox;
    std::string foreign = kMainnetAddress;
    foreign[7] = 'l';
    CHECK(contains(error_of({"-a", foreign, "p"}), "its character 8, 'l', is none that addresses have"));
    std::string changed = kMainnetAddress;
    changed[7] = '7';
    CHECK(contains(error_of({"-a", changed, "p"}), "its checksum is wrong"));
    const std::string umlaut = std::string(kMainnetAddress).substr(0, 30) + "\xc3\xa4";
    CHECK(contains(error_of({"-a", umlaut, "p"}), "its character 31 is none"));
}

TEST_CASE("dashd's host is named without port, scheme and login") {
    const Sandbox sandbox;
    CHECK(settings_of({"--dashd-address", "dashd.example", "p"}).options.dashd_address == "dashd.example");
    CHECK(settings_of({"--dashd-address", "2001:db8::7", "p"}).options.dashd_address == "2001:db8::7");
    CHECK(settings_of({"--dashd-address", "[2001:db8::7]", "p"}).options.dashd_address == "2001:db8::7");
    for (const char* bad : {"dashd.example:9998", "[2001:db8::7]:9998", "http://dashd.example", "u@dashd", "", "a b"}) {
        CAPTURE(bad);
        CHECK(contains(error_of({"--dashd-address", bad, "p"}), "--dashd-rpc-port"));
    }
}

TEST_CASE("a TLS port and its files belong together") {
    const Sandbox sandbox;
    CHECK(contains(error_of({"--worker-tls-port", "7904", "--worker-tls-cert", "c", "p"}), "--worker-tls-key"));
    CHECK(contains(error_of({"--worker-tls-cert", "c", "--worker-tls-key", "k", "p"}), "add --worker-tls-port"));
    CHECK(contains(error_of({"--worker-tls-key", "k", "p"}), "add --worker-tls-port"));
}

TEST_CASE("balancers are addresses and networks whose bits there are") {
    const Sandbox sandbox;
    const Settings settings = settings_of({"--worker-proxy-protocol", "192.0.2.0/24", "--worker-proxy-protocol",
                                           "2001:db8::/33", "--worker-proxy-protocol", "192.0.2.7", "p"});
    CHECK(settings.options.worker_proxies.size() == 3);
    for (const char* bad : {"192.0.2.0/33", "192.0.2.0/", "192.0.2/24", "2001:db8::/129", "192.0.2.0/-1", "balancer"}) {
        CAPTURE(bad);
        CHECK(contains(error_of({"--worker-proxy-protocol", bad, "p"}), "192.0.2.0/24 or 2001:db8::/32"));
    }
}

TEST_CASE("dash.conf") {
    const Sandbox sandbox;
    CHECK(contains(error_of({}), "dash configuration file not found"));
    CHECK(contains(error_of({"--dashd-config-path", "/no/such/dash.conf"}), "not found"));

    // Whoever greps for the python node's sentence finds it.
    const auto without = sandbox.write("without/dash.conf", "rpcuser=u\n");
    CHECK(contains(error_of({"--dashd-config-path", without.string()}),
                   "dash configuration file didn't contain an rpcpassword= line! Add one!"));
    CHECK(contains(error_of({"--dashd-config-path", without.string()}), without.string()));
    const auto with = sandbox.write("with/dash.conf", "rpcpassword=of that file\n");
    CHECK(settings_of({"--dashd-config-path", with.string()}).login.password == "of that file");

    sandbox.write(
        ".dashcore/dash.conf",
        "# comment\nrpcuser = u # tail\nrpcpassword=first\nrpcpassword=second\nrpcport=1234\nport=1235\nnonsense\n"
        "[test]\nrpcport=2234\n[regtest]\nrpcport=3234\n");
    const Settings main = settings_of({});
    CHECK(main.login.user == "u");
    CHECK(main.login.password == "second");
    CHECK(main.dashd_rpc_port == 1234);
    CHECK(main.dashd_p2p_port == 1235);
    CHECK(settings_of({"--testnet"}).dashd_rpc_port == 2234);
    CHECK(settings_of({"--dashd-rpc-port", "77"}).dashd_rpc_port == 77);
    // A password on the command line: the file is not read.
    CHECK(settings_of({"p"}).dashd_rpc_port == 9998);

    sandbox.write(".dashcore/dash.conf", "rpcport=notaport\nrpcpassword=x\n");
    CHECK(contains(error_of({}), "not a port number"));
    sandbox.write(".dashcore/dash.conf", "server=1\n");
    CHECK(contains(error_of({}), "rpcpassword="));
}

TEST_CASE("the cookie file when there is no password") {
    const Sandbox sandbox;
    sandbox.write(".dashcore/regtest/.cookie", "__cookie__:abc");
    const Settings settings = settings_of({"--net", "dash_regtest"});
    CHECK(settings.login.cookie_file == sandbox.folder() / ".dashcore/regtest/.cookie");
    CHECK(settings.login.password.empty());
}

TEST_CASE("options of the python node are accepted and named when they have no effect") {
    const Sandbox sandbox;
    const Settings settings = settings_of({"--irc-announce", "p"});
    REQUIRE(settings.remarks.size() == 1);
    CHECK(contains(settings.remarks[0], "--irc-announce"));
}

TEST_CASE("the p2pool network") {
    const Sandbox sandbox;
    const Settings defaults = settings_of({"p"});
    CHECK(defaults.p2pool_port == 8999);
    CHECK(defaults.p2pool_nodes.empty());
    CHECK(!defaults.external_address);
    CHECK(defaults.options.most_incoming_peers == 40);
    CHECK(defaults.options.outgoing_peers == 6);
    CHECK(defaults.options.advertise);
    CHECK(defaults.options.upnp);

    const Settings chosen = settings_of({"--p2pool-port", "9100", "-n", "pool.example", "-n", "[2001:db8::1]:77",
                                         "--max-conns", "0", "--outgoing-conns", "10", "--external-ip", "203.0.113.7",
                                         "--disable-advertise", "--disable-upnp", "p"});
    CHECK(chosen.p2pool_port == 9100);
    REQUIRE(chosen.p2pool_nodes.size() == 2);
    CHECK(chosen.p2pool_nodes[0].host == "pool.example");
    CHECK(chosen.p2pool_nodes[0].port == 8999);
    CHECK(chosen.p2pool_nodes[1].host == "2001:db8::1");
    CHECK(chosen.p2pool_nodes[1].port == 77);
    REQUIRE(chosen.external_address.has_value());
    CHECK(chosen.external_address->host == "203.0.113.7");
    CHECK(chosen.external_address->port == 9100);
    CHECK(chosen.options.most_incoming_peers == 0);
    CHECK(chosen.options.outgoing_peers == 10);
    CHECK(!chosen.options.advertise);
    CHECK(!chosen.options.upnp);
    CHECK(chosen.remarks.empty());

    CHECK(contains(error_of({"--outgoing-conns", "11", "p"}), "outgoing-conns"));
    CHECK(contains(error_of({"--max-conns", "-1", "p"}), "max-conns"));
    CHECK(contains(error_of({"-n", "host:port", "p"}), "p2pool-node"));
    CHECK(contains(error_of({"--external-ip", "pool.example", "p"}), "external-ip"));
}

TEST_CASE("what becomes of the stored shares") {
    const Sandbox sandbox;
    const Settings defaults = settings_of({"p"});
    CHECK(defaults.options.share_archive);
    CHECK(!defaults.options.compact_on_shutdown);
    CHECK(defaults.options.export_shares.empty());
    const Settings chosen = settings_of({"--disable-share-archive", "--compact-on-shutdown", "p"});
    CHECK(!chosen.options.share_archive);
    CHECK(chosen.options.compact_on_shutdown);
    CHECK(chosen.remarks.empty());
}

TEST_CASE("an export of shares needs no dashd") {
    const Sandbox sandbox;
    CHECK(settings_of({"--export-shares", "/tmp/shares"}).options.export_shares == "/tmp/shares");
    CHECK(contains(error_of({"--export-shares"}), "export-shares"));
    CHECK(contains(error_of({"--export-shares", ""}), "not a folder"));
}

TEST_CASE("the broadcaster's peers are checked for sense") {
    const Sandbox sandbox;
    const Settings defaults = settings_of({"p"});
    CHECK(defaults.options.broadcaster);
    CHECK(defaults.options.broadcaster_max_peers == 20);
    CHECK(defaults.broadcaster_min_peers == 5);
    const Settings chosen =
        settings_of({"--disable-broadcaster", "--broadcaster-max-peers", "15", "--broadcaster-min-peers=3", "p"});
    CHECK(!chosen.options.broadcaster);
    CHECK(chosen.options.broadcaster_max_peers == 15);
    CHECK(chosen.broadcaster_min_peers == 3);
    CHECK(chosen.remarks.empty());
    CHECK(settings_of({"--broadcaster-max-peers", "6", "p"}).options.broadcaster_max_peers == 6);
    CHECK(settings_of({"--broadcaster-min-peers", "0", "p"}).broadcaster_min_peers == 0);
    CHECK(settings_of({"--broadcaster-max-peers", "3", "p"}).broadcaster_min_peers == 2);
    CHECK(contains(error_of({"--broadcaster-max-peers", "5", "--broadcaster-min-peers", "5", "p"}),
                   "has room for dashd and 4 peers"));
    // Each dashd has a place.
    const std::vector<std::string> three = {"--dashd", "10.0.0.2", "--dashd", "10.0.0.3", "--broadcaster-max-peers"};
    const auto with_three = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words = three;
        words.insert(words.end(), more.begin(), more.end());
        words.emplace_back("p");
        return words;
    };
    CHECK(settings_of(with_three({"5"})).broadcaster_min_peers == 2);
    CHECK(contains(error_of(with_three({"5", "--broadcaster-min-peers", "3"})), "has room for 3 dashds and 2 peers"));
    CHECK(contains(error_of(with_three({"3"})), "leaves no room beside 3 dashds"));
    CHECK(contains(error_of(with_three({"2"})), "leaves no room beside 3 dashds"));
    CHECK(settings_of(with_three({"2", "--disable-broadcaster"})).broadcaster_min_peers == 0);
    CHECK(contains(error_of({"--broadcaster-min-peers", "20", "p"}), "--broadcaster-min-peers 20 cannot be reached"));
    for (const char* bad : {"1", "0", "126", "-3", "many", "7.5", ""}) {
        CAPTURE(bad);
        CHECK(contains(error_of({"--broadcaster-max-peers", bad, "p"}), "broadcaster-max-peers"));
    }
    for (const char* bad : {"125", "-1", "x"}) {
        CAPTURE(bad);
        CHECK(contains(error_of({"--broadcaster-min-peers", bad, "p"}), "broadcaster-min-peers"));
    }
}

TEST_CASE("help tells every option") {
    const std::string help = p2pool::options::help_text(p2pool::options::Launch::kScript);
    for (const auto& option : p2pool::options::option_table())
        CHECK(contains(help, std::string("--") + option.name + (option.metavar != nullptr ? " " : "\n")));
}
