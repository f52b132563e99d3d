#include <doctest/doctest.h>

#include <boost/system/system_error.hpp>
#include <future>
#include <map>
#include <set>
#include <thread>

#include "tests/simnet/block_workshop.h"
#include "tests/simnet/http_post.h"
#include "tests/simnet/recordings.h"
#include "tests/simnet/shape.h"
#include "tests/simnet/simnet.h"

using namespace simnet;
using namespace std::chrono_literals;

namespace {

/// The result of a call that has to succeed.
Json ask(const Simnet& simnet, const std::string& method, const Json& params = Json::array()) {
    const auto answer = rpc_call(simnet.rpc_port(), method, params);
    REQUIRE(answer);
    CAPTURE(answer->body);
    REQUIRE(answer->status == 200);
    return answer->json()["result"];
}

/// The error of a call that has to fail.
Json fail(const Simnet& simnet, const std::string& method, const Json& params, unsigned status) {
    const auto answer = rpc_call(simnet.rpc_port(), method, params);
    REQUIRE(answer);
    CAPTURE(answer->body);
    CHECK(answer->status == status);
    return answer->json()["error"];
}

bool is_refused(std::uint16_t port) {
    try {
        return !rpc_call(port, "getblockcount", Json::array(), 500ms);
    } catch (const boost::system::system_error& error) {
        return error.code() == boost::system::errc::connection_refused;
    }
}

/// Errors are compared by their text unless that is a help text.
void check_same_error(const Json& expected, const Json& actual) {
    REQUIRE(expected.is_null() == actual.is_null());
    if (expected.is_null()) return;
    CHECK(actual["code"] == expected["code"]);
    const auto message = expected["message"].get<std::string>();
    if (message.find('\n') == std::string::npos) CHECK(actual["message"] == message);
}

}  // namespace

TEST_CASE("HTTP requests get the recorded status, headers and errors") {
    const Simnet simnet;
    const recorded::OrderedJson recordings = recorded::load("misc/http_layer.json");
    for (const auto& [name, exchange] : recordings.items()) {
        const std::string& captured_name = name;
        CAPTURE(captured_name);
        HttpCall call;
        call.port = simnet.rpc_port();
        call.target = exchange["path"].get<std::string>();
        if (!exchange["request_body"].is_null()) call.body = exchange["request_body"].get<std::string>();
        if (name == "no_auth") call.credentials.clear();
        if (name == "bad_auth") call.credentials = "simnet:wrong";
        const auto answer = http_call(call);
        REQUIRE(answer);
        CHECK(answer->status == exchange["status"]);
        for (const char* header : {"Content-Type", "WWW-Authenticate"}) {
            const auto found = answer->headers.find(header);
            CHECK(exchange["headers"].value(header, "") == (found == answer->headers.end() ? "" : found->second));
        }
        const auto body = exchange["body"].get<std::string>();
        const Json expected = Json::parse(body, nullptr, false);
        if (expected.is_discarded()) {
            CHECK(answer->body == body);
            continue;
        }
        check_same_shape(expected, answer->json(), name);
        if (expected.is_object()) {
            check_same_error(expected["error"], answer->json()["error"]);
            CHECK(answer->json()["id"] == expected["id"]);
        }
    }
}

TEST_CASE("getblocktemplate can be called in the recorded ways") {
    const Simnet simnet;
    const recorded::OrderedJson recordings = recorded::load("misc/getblocktemplate_call_forms.json");
    for (const auto& [name, form] : recordings.items()) {
        const std::string& captured_name = name;
        CAPTURE(captured_name);
        const auto answer = rpc_call(simnet.rpc_port(), "getblocktemplate", form["params"]);
        REQUIRE(answer);
        CHECK(answer->status == form["http_status"]);
        check_same_error(form["error"], answer->json()["error"]);
        if (form["error"].is_null()) CHECK(answer->json()["result"].contains("previousblockhash"));
    }
}

TEST_CASE("proposals are judged without proof of work") {
    Simnet simnet;
    std::map<std::string, dash::Bytes> blocks;
    simnet.with_world([&](World& world) {
        BlockWorkshop shop(world);
        blocks["ok_bad_pow"] = shop.without_work(shop.fresh());
        blocks["overpay"] =
            shop.with_coinbase([](dash::Transaction& coinbase) { ++miner_output(coinbase).value_duffs; });
        blocks["no payees"] = shop.with_coinbase([](dash::Transaction& coinbase) { coinbase.outputs.resize(1); });
        blocks["no payload"] = shop.with_coinbase([](dash::Transaction& coinbase) {
            coinbase.version = 2;
            coinbase.type = kPlain;
        });
        blocks["duplicate"] = world.chain().tip().block->serialize();
        blocks["duplicate_invalid"] =
            shop.with_coinbase([](dash::Transaction& coinbase) { --owner_output(coinbase).value_duffs; });
        blocks["stale"] = shop.finish(shop.above(world.chain().tip().parent->hash));
        blocks["garbage"] = {0xde, 0xad};
    });
    static_cast<void>(ask(simnet, "submitblock", Json::array({dash::to_hex(blocks["duplicate_invalid"])})));
    for (const auto& recording : recorded::load("misc/getblocktemplate_proposals.json")) {
        const auto name = recording["name"].get<std::string>();
        CAPTURE(name);
        REQUIRE(blocks.count(name) == 1);
        const Json request{{"mode", "proposal"}, {"data", dash::to_hex(blocks[name])}};
        const auto answer = rpc_call(simnet.rpc_port(), "getblocktemplate", Json::array({request}));
        REQUIRE(answer);
        CHECK(answer->status == recording["http_status"]);
        CHECK(answer->json()["result"] == recording["response"]["result"]);
        check_same_error(recording["response"]["error"], answer->json()["error"]);
    }
    CHECK(simnet.height() == 620);
}

TEST_CASE("answers about the chain have the recorded form") {
    Simnet simnet;
    const auto like_recorded = [&](const std::string& file, const std::string& method,
                                   const Json& params = Json::array()) {
        CAPTURE(file);
        const Json recording = recorded::load("misc/" + file);
        const Json& expected = recording.contains("response") ? recording["response"]["result"] : recording;
        check_same_shape(expected, ask(simnet, method, params), file);
    };
    const Json tip = ask(simnet, "getbestblockhash");
    like_recorded("getbestblockhash.json", "getbestblockhash");
    like_recorded("getblockcount.json", "getblockcount");
    like_recorded("getblockhash.json", "getblockhash", Json::array({620}));
    like_recorded("getblockheader.json", "getblockheader", Json::array({tip}));
    like_recorded("getblockheader_raw.json", "getblockheader", Json::array({tip, false}));
    like_recorded("getblock_tip_v0.json", "getblock", Json::array({tip, 0}));
    like_recorded("getblock_tip_v1.json", "getblock", Json::array({tip, 1}));
    like_recorded("getblockchaininfo.json", "getblockchaininfo");
    like_recorded("getdifficulty.json", "getdifficulty");
    like_recorded("getmempoolinfo.json", "getmempoolinfo");
    like_recorded("getmininginfo.json", "getmininginfo");
    like_recorded("getnetworkinfo.json", "getnetworkinfo");
    like_recorded("getconnectioncount.json", "getconnectioncount");
    like_recorded("validateaddress_p2pkh.json", "validateaddress", Json::array({"yUudtttAtt1cUdnfpuPMxPVZBa4hiFQ1qm"}));
    like_recorded("validateaddress_bad.json", "validateaddress", Json::array({"nonsense"}));
    CHECK(ask(simnet, "validateaddress", Json::array({"XdgF55wEHBRWwbuBniNYH4GvvaoYMgL84u"})) ==
          recorded::load("misc/validateaddress_mainnet.json"));
    CHECK(ask(simnet, "validateaddress", Json::array({"8uSZYm1B3MaFBVEuQNjSrR97SwsfahUaAd"})) ==
          recorded::load("misc/validateaddress_p2sh.json"));
    CHECK(ask(simnet, "help").get<std::string>().find("\ngetblock ") != std::string::npos);

    const Json unknown(std::string(64, 'f'));
    check_same_error(recorded::load("misc/getblockheader_unknown.json")["response"]["error"],
                     fail(simnet, "getblockheader", Json::array({unknown}), 500));
    check_same_error(recorded::load("misc/getblock_unknown.json")["response"]["error"],
                     fail(simnet, "getblock", Json::array({unknown}), 500));
    check_same_error(recorded::load("misc/getbestchainlock.json")["response"]["error"],
                     fail(simnet, "getbestchainlock", Json::array(), 500));
    static_cast<void>(ask(simnet, "simnet_lock"));
    like_recorded("ft_getbestchainlock.json", "getbestchainlock");
    CHECK(ask(simnet, "getblockheader", Json::array({tip}))["chainlock"] == true);
}

TEST_CASE("a competing block shows among the tips and in its header") {
    Simnet simnet;
    const auto rival = simnet.fork(1, 1);
    const Json recording = recorded::load("misc/getchaintips_after_sibling.json");
    const Json tips = ask(simnet, "getchaintips");
    check_same_shape(recording, tips, "getchaintips");
    REQUIRE(tips.size() == 2);
    std::multiset<std::string> statuses;
    for (const Json& tip : tips)
        statuses.insert(tip["status"].get<std::string>());
    CHECK(statuses == std::multiset<std::string>{"active", "valid-headers"});
    const Json header = ask(simnet, "getblockheader", Json::array({rival[0].to_hex()}));
    CHECK(header["confirmations"] == -1);
    CHECK(member_names(header) == member_names(recorded::load("misc/getblockheader_stale_sibling.json")));
}

TEST_CASE("a call that waits for news returns with a new tip, and at once when it is behind") {
    Simnet simnet;
    const auto wait = [&](const Json& id) {
        return ask(simnet, "getblocktemplate", Json::array({Json{{"mode", "template"}, {"longpollid", id}}}));
    };
    const Json before = ask(simnet, "getblocktemplate");
    auto waiting = std::async(std::launch::async, wait, before["longpollid"]);
    CHECK(waiting.wait_for(200ms) == std::future_status::timeout);
    simnet.mine();
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    const Json after = waiting.get();
    CHECK(after["longpollid"] != before["longpollid"]);
    CHECK(after["previousblockhash"] == simnet.tip().to_hex());
    CHECK(wait(before["longpollid"])["previousblockhash"] == simnet.tip().to_hex());
}

TEST_CASE("faults look as a daemon in trouble does") {
    Simnet simnet;
    const std::uint16_t port = simnet.rpc_port();
    const auto with = [&](const std::function<void(Faults&)>& change) {
        Faults faults;
        change(faults);
        simnet.set_faults(faults);
    };

    with([](Faults& faults) { faults.warming_up = true; });
    const Json error = fail(simnet, "getblocktemplate", Json::array(), 500);
    CHECK(error["code"] == -28);
    with([](Faults& faults) { faults.initial_sync = true; });
    CHECK(fail(simnet, "getblocktemplate", Json::array(), 500)["code"] == -10);
    CHECK(ask(simnet, "getblockchaininfo")["initialblockdownload"] == true);
    with([](Faults& faults) { faults.reject_credentials = true; });
    CHECK(rpc_call(port, "getblockcount")->status == 401);
    with([](Faults& faults) { faults.busy_rpc = true; });
    CHECK(rpc_call(port, "getblockcount")->status == 503);
    with([](Faults& faults) { faults.garbled_rpc = true; });
    CHECK(rpc_call(port, "getblockcount")->body.find("<html>") == 0);
    with([](Faults& faults) { faults.hang_rpc = true; });
    CHECK(!rpc_call(port, "getblockcount", Json::array(), 300ms));
    CHECK(rpc_call(port, "simnet_fault")->json()["result"]["hang_rpc"] == true);
    with([](Faults& faults) { faults.rpc_delay = 200ms; });
    const auto begin = std::chrono::steady_clock::now();
    CHECK(ask(simnet, "getblockcount") == 620);
    CHECK(std::chrono::steady_clock::now() - begin >= 200ms);
    with([](Faults& faults) { faults.refuse_rpc = true; });
    CHECK(is_refused(port));
    with([](Faults& faults) { faults.false_tip = dash::Uint256(1); });
    CHECK(ask(simnet, "getblocktemplate")["previousblockhash"] == dash::Uint256(1).to_hex());
    CHECK(ask(simnet, "getbestblockhash") == dash::Uint256(1).to_hex());
    with([](Faults&) {});
    CHECK(ask(simnet, "getbestblockhash") == simnet.tip().to_hex());
}

TEST_CASE("a fault may end by itself") {
    const Simnet simnet;
    static_cast<void>(ask(simnet, "simnet_fault", Json::array({Json{{"refuse_rpc", true}, {"seconds", 0.3}}})));
    std::this_thread::sleep_for(150ms);
    CHECK(is_refused(simnet.rpc_port()));
    std::this_thread::sleep_for(500ms);
    CHECK(ask(simnet, "getblockcount") == 620);
}

TEST_CASE("a restarted daemon refuses, warms up, and is back with its chain") {
    Simnet simnet;
    simnet.mine();
    simnet.restart(300ms, 300ms);
    std::this_thread::sleep_for(100ms);
    CHECK(is_refused(simnet.rpc_port()));
    std::this_thread::sleep_for(350ms);
    CHECK(fail(simnet, "getblockcount", Json::array(), 500)["code"] == -28);
    std::this_thread::sleep_for(400ms);
    CHECK(ask(simnet, "getblockcount") == 621);
}

TEST_CASE("generatetoaddress pays the address") {
    const Simnet simnet;
    const Json hashes = ask(simnet, "generatetoaddress", Json::array({2, "yUudtttAtt1cUdnfpuPMxPVZBa4hiFQ1qm"}));
    REQUIRE(hashes.size() == 2);
    const Json block = ask(simnet, "getblock", Json::array({hashes[1], 2}));
    CHECK(block["height"] == 622);
    CHECK(block["tx"][0]["vout"][0]["scriptPubKey"]["address"] == "yUudtttAtt1cUdnfpuPMxPVZBa4hiFQ1qm");
    CHECK(fail(simnet, "generatetoaddress", Json::array({1, "nobody"}), 500)["code"] == -5);
}
