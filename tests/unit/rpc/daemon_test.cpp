#include "dash/rpc/daemon.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/vectors.h"
#include "tests/unit/rpc/event_loop.h"
#include "tests/unit/rpc/fake_rpc_server.h"

namespace {

using dash::Uint256;
using dash::rpc::RpcError;
using nlohmann::json;
using tests::RpcReply;
using tests::RpcRequest;

/// A daemon that answers each method with a fixed result, or with an error given as {"code", "message"} in `errors`.
struct Scripted {
    explicit Scripted(const dash::ChainParams& chain = dash::dash_regtest())
        : server([this](const RpcRequest& request) {
              const auto error = errors.find(request.method);
              if (error != errors.end()) return tests::rpc_error(request, error->second, "told so");
              return tests::rpc_result(request, results[request.method]);
          }),
          client(server.settings()),
          daemon(client, chain) {}

    std::map<std::string, json> results;  // set before the first call: the server's thread reads them
    std::map<std::string, int> errors;
    tests::FakeRpcServer server;
    tests::EventLoop loop;
    dash::rpc::Client client;
    dash::rpc::Daemon daemon;
};

json recorded(const std::string& name) {
    return tests::load_recording("misc/" + name + ".json");
}

}  // namespace

TEST_CASE("recorded answers are read") {
    Scripted dashd;
    dashd.results = {{"getblockheader", recorded("getblockheader")},
                     {"getblockchaininfo", recorded("getblockchaininfo")},
                     {"getnetworkinfo", recorded("getnetworkinfo")},
                     {"getbestchainlock", recorded("ft_getbestchainlock")},
                     {"getblockhash", recorded("getblockhash")},
                     {"validateaddress", recorded("validateaddress_p2pkh")},
                     {"preciousblock", nullptr}};

    const auto header = dashd.loop.run(dashd.daemon.get_block_header(Uint256(1)));
    REQUIRE(header);
    CHECK(header->confirmations == 1);
    CHECK(header->height == 674);
    CHECK(!header->chainlock);
    CHECK(dash::to_hex(header->header.serialize()) == recorded("getblockheader_raw").get<std::string>());

    const auto chain = dashd.loop.run(dashd.daemon.get_blockchain_info());
    CHECK(chain.chain == "regtest");
    CHECK(chain.blocks == 674);
    CHECK(chain.best_block == header->hash);
    CHECK(!chain.initial_block_download);

    const auto network = dashd.loop.run(dashd.daemon.get_network_info());
    CHECK(network.version == 230102);
    CHECK(network.connections == 1);
    CHECK(network.local_addresses.empty());
    CHECK(network.warnings.rfind("Make sure to encrypt", 0) == 0);

    const auto lock = dashd.loop.run(dashd.daemon.get_best_chainlock());
    REQUIRE(lock);
    CHECK(lock->height == 212);
    CHECK(lock->block_hash.to_hex() == recorded("ft_getbestchainlock")["blockhash"]);

    const auto hash = dashd.loop.run(dashd.daemon.get_block_hash(1));
    REQUIRE(hash);
    CHECK(hash->to_hex() == recorded("getblockhash").get<std::string>());
    CHECK(dashd.loop.run(dashd.daemon.validate_address("yUudtttAtt1cUdnfpuPMxPVZBa4hiFQ1qm")).valid);
    dashd.loop.run(dashd.daemon.precious_block(Uint256(1)));
    CHECK(dashd.server.calls("preciousblock") == 1);
}

TEST_CASE("what dashd tells others of itself") {
    Scripted dashd;
    json result = recorded("getnetworkinfo");
    result["localaddresses"] = {{{"address", "1.2.3.4"}, {"port", 9999}, {"score", 1}},
                                {{"address", "2001:db8::1"}, {"port", 19899}, {"score", 4}}};
    dashd.results["getnetworkinfo"] = result;
    const auto network = dashd.loop.run(dashd.daemon.get_network_info());
    CHECK(network.local_addresses == std::vector<std::string>{"1.2.3.4:9999", "[2001:db8::1]:19899"});
}

TEST_CASE("a block off the main chain has -1 confirmations") {
    Scripted dashd;
    dashd.results["getblockheader"] = recorded("getblockheader_stale_sibling");
    const auto header = dashd.loop.run(dashd.daemon.get_block_header(Uint256(1)));
    REQUIRE(header);
    CHECK(header->confirmations == -1);
}

TEST_CASE("what does not exist is no error") {
    Scripted dashd;
    dashd.errors = {{"getblockheader", -5}, {"getblockhash", -8}, {"getbestchainlock", -32603}};
    CHECK(!dashd.loop.run(dashd.daemon.get_block_header(Uint256(1))));
    CHECK(!dashd.loop.run(dashd.daemon.get_block_hash(1)));
    CHECK(!dashd.loop.run(dashd.daemon.get_best_chainlock()));
}

TEST_CASE("other errors stay errors") {
    Scripted dashd;
    dashd.errors = {{"getblockheader", -28}, {"getbestchainlock", -28}};
    CHECK_THROWS_AS(dashd.loop.run(dashd.daemon.get_block_header(Uint256(1))), RpcError);
    CHECK_THROWS_AS(dashd.loop.run(dashd.daemon.get_best_chainlock()), RpcError);
}

TEST_CASE("answers of another form are told as such") {
    for (const json& strange : {json(), json(5), json("text"), json::array({1}), json{{"hash", 5}}}) {
        CAPTURE(strange.dump());
        Scripted dashd;
        for (const char* method : {"getblockheader", "getblockchaininfo", "getnetworkinfo", "getbestchainlock",
                                   "getblockhash", "validateaddress", "getblocktemplate"}) {
            dashd.results[method] = strange;
        }
        auto bad_answer = [&](auto call) {
            try {
                (void)dashd.loop.run(call());
            } catch (const RpcError& error) {
                return error.kind() == RpcError::Kind::kBadAnswer;
            }
            return false;
        };
        CHECK(bad_answer([&] { return dashd.daemon.get_block_header(Uint256(1)); }));
        CHECK(bad_answer([&] { return dashd.daemon.get_blockchain_info(); }));
        CHECK(bad_answer([&] { return dashd.daemon.get_network_info(); }));
        CHECK(bad_answer([&] { return dashd.daemon.get_best_chainlock(); }));
        CHECK(bad_answer([&] { return dashd.daemon.get_block_hash(1); }));
        CHECK(bad_answer([&] { return dashd.daemon.validate_address("y"); }));
        CHECK(bad_answer([&] { return dashd.daemon.get_block_template(); }));
    }
}

TEST_CASE("submitblock's words are passed on as they were recorded") {
    std::size_t count = 0;
    for (const json& entry : tests::load_recording("submitblock/_results_1.json")) {
        if (entry.at("request").at("method") != "submitblock") continue;
        CAPTURE(entry.at("name").get<std::string>());
        const json& response = entry.at("response");
        Scripted dashd;
        if (!response.at("error").is_null()) dashd.errors["submitblock"] = response["error"].at("code");
        dashd.results["submitblock"] = response.at("result");
        try {
            const auto word = dashd.loop.run(dashd.daemon.submit_block(std::string(160, '0')));
            CHECK(response["error"].is_null());
            CHECK(word.has_value() == !response["result"].is_null());
            if (word) CHECK(*word == response["result"].get<std::string>());
        } catch (const RpcError& error) {
            CHECK(error.code() == response["error"].at("code"));
        }
        ++count;
    }
    CHECK(count > 50);
}

TEST_CASE("the start-up check knows the right daemon") {
    auto check = [](const dash::ChainParams& chain, const std::string& name, std::int64_t version, bool known) {
        Scripted dashd(chain);
        json info = recorded("getblockchaininfo");
        info["chain"] = name;
        json network = recorded("getnetworkinfo");
        network["version"] = version;
        dashd.results = {
            {"getblockchaininfo", info}, {"getnetworkinfo", network}, {"getblockheader", recorded("getblockheader")}};
        if (!known) dashd.errors["getblockheader"] = -5;
        const auto result = dashd.loop.run(dashd.daemon.check());
        CHECK(result.usable == result.problem.empty());
        return result.problem;
    };
    const auto begins = [](const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; };
    const std::string wrong = "Check failed! Make sure that you're connected to the right dashd";

    CHECK(check(dash::dash_regtest(), "regtest", 230102, false).empty());
    CHECK(check(dash::dash_mainnet(), "main", 200000, true).empty());
    CHECK(check(dash::dash_testnet(), "test", 230102, true).empty());
    CHECK(begins(check(dash::dash_mainnet(), "main", 230102, false), wrong));
    CHECK(begins(check(dash::dash_mainnet(), "test", 230102, true), wrong));
    CHECK(begins(check(dash::dash_regtest(), "main", 230102, true), wrong));
    CHECK(check(dash::dash_mainnet(), "main", 199999, true) == "dash version too old! Upgrade to v20.0.0 or newer!");
}

TEST_CASE("dashd's own peers, as recorded on both sides of a connection") {
    for (const char* name : {"getpeerinfo", "getpeerinfo_other_side", "ft_getpeerinfo"}) {
        CAPTURE(name);
        const json answer = recorded(name);
        Scripted dashd;
        dashd.results = {{"getpeerinfo", answer}};
        const auto peers = dashd.loop.run(dashd.daemon.get_peer_info());
        REQUIRE(peers.size() == answer.size());
        for (std::size_t i = 0; i < peers.size(); ++i) {
            CHECK(peers[i].address == answer[i].at("addr").get<std::string>());
            CHECK(peers[i].inbound == answer[i].at("inbound").get<bool>());
            const double best = answer[i].at("minping").get<double>();
            CHECK(peers[i].ping_seconds == (best > 0 ? std::optional(best) : std::nullopt));
        }
    }
    Scripted odd;
    odd.results = {{"getpeerinfo", json::object()}};
    CHECK_THROWS_AS(static_cast<void>(odd.loop.run(odd.daemon.get_peer_info())), RpcError);
}
