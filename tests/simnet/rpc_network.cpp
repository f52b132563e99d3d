#include <cstdio>

#include "dash/primitives/base58.h"
#include "dash/primitives/script.h"
#include "dash/util/error.h"
#include "tests/simnet/daemon.h"
#include "tests/simnet/rpc_json.h"

namespace simnet {
namespace {

constexpr const char* kNetwork = "Network";
constexpr std::uint64_t kServices = 0x1c05;

std::string hex64(std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    return text;
}

Json service_names() {
    return {"NETWORK", "BLOOM", "NETWORK_LIMITED", "HEADERS_COMPRESSED", "P2P_V2"};
}

std::size_t connections(const Daemon& daemon) {
    std::size_t count = 0;
    for (const auto& listener : daemon.listeners())
        count += listener->sessions().size();
    return count;
}

Json network(const char* name, bool reachable) {
    return {{"name", name},
            {"limited", !reachable},
            {"reachable", reachable},
            {"proxy", ""},
            {"proxy_randomize_credentials", false}};
}

Json get_network_info(const Daemon& daemon) {
    const std::size_t incoming = connections(daemon);
    return {
        {"version", 230102},
        {"buildversion", "v23.1.2"},
        {"subversion", "/Dash Core:23.1.2/"},
        {"protocolversion", 70240},
        {"localservices", hex64(kServices)},
        {"localservicesnames", service_names()},
        {"localrelay", true},
        {"timeoffset", 0},
        {"networkactive", true},
        {"connections", incoming},
        {"connections_in", incoming},
        {"connections_out", 0},
        {"connections_mn", 0},
        {"connections_mn_in", 0},
        {"connections_mn_out", 0},
        {"socketevents", "epoll"},
        {"networks", {network("ipv4", true), network("ipv6", true), network("onion", false), network("i2p", false)}},
        {"relayfee", 1e-05},
        {"incrementalfee", 1e-05},
        {"localaddresses", Json::array()},
        {"warnings", ""}};
}

Json peer_json(const P2pSession& session) {
    return {{"id", session.id()},
            {"addr", session.remote()},
            {"addrbind", session.local()},
            {"network", "not_publicly_routable"},
            {"services", hex64(session.peer_version().services)},
            {"relaytxes", session.peer_version().relay_transactions},
            {"bytessent", session.bytes_sent()},
            {"bytesrecv", session.bytes_received()},
            {"conntime", session.connected_at()},
            {"timeoffset", 0},
            {"version", session.peer_version().version},
            {"subver", session.peer_version().user_agent},
            {"inbound", true},
            {"masternode", false},
            {"startingheight", session.peer_version().start_height},
            {"connection_type", "inbound"},
            {"transport_protocol_type", "v1"}};
}

Json get_peer_info(const Daemon& daemon) {
    Json peers = Json::array();
    for (const auto& listener : daemon.listeners()) {
        for (const auto& session : listener->sessions()) {
            if (session->ready()) peers.push_back(peer_json(*session));
        }
    }
    return peers;
}

/// What is wrong with a text that is no address of this chain, in Dash Core's words.
std::string address_problem(const std::string& text) {
    try {
        static_cast<void>(dash::base58check_decode(text));
        return "Invalid prefix for Base58-encoded address";
    } catch (const dash::DecodeError&) {
        return "Invalid address format";
    }
}

Json validate_address(const RpcParams& params) {
    const std::string text = params.text(0);
    try {
        const dash::Address address = dash::parse_address(text, dash::dash_regtest());
        return {{"isvalid", true},
                {"address", text},
                {"scriptPubKey", dash::to_hex(dash::address_script(address))},
                {"isscript", address.kind == dash::Address::Kind::kScriptHash}};
    } catch (const dash::DecodeError&) {
        return {{"isvalid", false}, {"error", address_problem(text)}};
    }
}

}  // namespace

void add_network_methods(Daemon& daemon) {
    RpcTable& table = daemon.table();
    using P = const RpcParams&;
    table.add({kNetwork, "getconnectioncount", {}, 0, "", {}}, [&](P) { return connections(daemon); });
    table.add({kNetwork, "getnetworkinfo", {}, 0, "", {}}, [&](P) { return get_network_info(daemon); });
    table.add({kNetwork, "getpeerinfo", {}, 0, "", {}}, [&](P) { return get_peer_info(daemon); });
    table.add({"Util", "validateaddress", {"address"}, 1, "\"address\"", {}},
              [](P params) { return validate_address(params); });
    table.add({"Wallet", "getnewaddress", {"label"}, 0, "( \"label\" )", {}},
              [&](P) { return daemon.world().wallet().new_address(); });
    table.add({"Control", "help", {"command", "subcommand"}, 0, "( \"command\" \"subcommand\" )", {}},
              [&](P params) { return params.has(0) ? daemon.table().help(params.text(0)) : daemon.table().help(); });
    table.add({"Control", "uptime", {}, 0, "", {}}, [&](P) { return daemon.uptime(); });
    table.add({"Control", "stop", {"wait"}, 0, "", {}}, [&](P) {
        daemon.request_stop();
        return "Dash Core stopping";
    });
}

}  // namespace simnet
