#include <doctest/doctest.h>

#include "tests/unit/stratum/miner_fixture.h"

using nlohmann::json;
using tests::code_of;
using tests::MinerFixture;

namespace {

json configure(MinerFixture& node, const json& extensions, const json& options) {
    return node.ask("mining.configure", {extensions, options})["result"];
}

}  // namespace

TEST_CASE("version rolling is granted within BIP 320's bits") {
    MinerFixture node;
    CHECK(configure(node, {"version-rolling"},
                    {{"version-rolling.mask", "ffffffff"}, {"version-rolling.min-bit-count", 2}}) ==
          json{{"version-rolling", true}, {"version-rolling.mask", "1fffe000"}});
    CHECK(configure(node, {"version-rolling"}, {{"version-rolling.mask", "00ffe000"}})["version-rolling.mask"] ==
          "00ffe000");
    CHECK(configure(node, {"version-rolling"}, {{"version-rolling.mask", "E000"}})["version-rolling.mask"] ==
          "0000e000");
    CHECK(configure(node, {"version-rolling"}, json::object())["version-rolling.mask"] == "1fffe000");
    CHECK(configure(node, {"version-rolling"}, {{"version-rolling.mask", "zz"}})["version-rolling"].is_string());
    CHECK(node.ask("mining.configure", json::array({json::array({"version-rolling"})}))["result"]["version-rolling"] ==
          true);
}

TEST_CASE("extensions are answered one by one") {
    MinerFixture node;
    const json result = configure(node, {"minimum-difficulty", "subscribe-extranonce", "info", 5},
                                  {{"minimum-difficulty.value", 2048}});
    CHECK(result == json{{"minimum-difficulty", true}, {"subscribe-extranonce", true}, {"info", false}});
    CHECK(configure(node, json::array(), json::object()) == json::object());
    CHECK(configure(node, {"minimum-difficulty"}, json::object())["minimum-difficulty"] == false);
    CHECK(configure(node, {"minimum-difficulty"}, {{"minimum-difficulty.value", -1}})["minimum-difficulty"] == false);
    CHECK(configure(node, {"minimum-difficulty"}, {{"minimum-difficulty.value", "64"}})["minimum-difficulty"] == true);
    CHECK(code_of(node.ask("mining.configure", json::array())) == 20);
    CHECK(code_of(node.ask("mining.configure", {"version-rolling"})) == 20);
    CHECK(node.ask("mining.extranonce.subscribe", json::array())["result"] == true);
}

TEST_CASE("a minimum difficulty holds from the first job on, and at once when there is one") {
    MinerFixture node;
    configure(node, {"minimum-difficulty"}, {{"minimum-difficulty.value", 8}});
    node.ask("mining.subscribe", {});
    CHECK(MinerFixture::find(node.call("mining.authorize", {MinerFixture::kUser, ""}), "mining.set_difficulty") ==
          json{8.0});
    const auto messages =
        node.call("mining.configure", {json{"minimum-difficulty"}, json{{"minimum-difficulty.value", 32}}});
    CHECK(MinerFixture::find(messages, "mining.set_difficulty") == json{32.0});
    const json job = MinerFixture::find(messages, "mining.notify");
    CHECK(job[8] == false);
    // A fixed difficulty below it gives way, too.
    CHECK(MinerFixture::find(node.call("mining.authorize", {std::string(MinerFixture::kUser) + "+2", ""}),
                             "mining.set_difficulty")
              .is_null());
    CHECK(node.miner->difficulty().value == 32);
}

TEST_CASE("a suggested difficulty is taken at once, within floor and ceiling") {
    MinerFixture node("dash");
    node.work.share_difficulty = 5e6;
    node.work.block_difficulty = 5e7;
    node.start("rig7");
    CHECK(node.miner->difficulty().value == 100);
    auto messages = node.call("mining.suggest_difficulty", {512});
    REQUIRE(messages.size() == 3);
    CHECK(messages[0]["result"] == true);
    CHECK(messages[1]["params"] == json{512.0});
    CHECK(messages[2]["params"][8] == false);
    CHECK(MinerFixture::find(node.call("mining.suggest_difficulty", {0.5}), "mining.set_difficulty") == json{64.0});
    CHECK(MinerFixture::find(node.call("mining.suggest_difficulty", {"1e9"}), "mining.set_difficulty") == json{1e6});
    CHECK(node.call("mining.suggest_difficulty", {1e9}).size() == 1);
    for (const json& wrong : {json("abc"), json(-5), json(nullptr), json(true), json("nan")}) {
        CHECK(code_of(node.ask("mining.suggest_difficulty", json::array({wrong}))) == 20);
    }
    CHECK(code_of(node.ask("mining.suggest_difficulty", json::array())) == 20);
    CHECK(node.miner->difficulty().value == 1e6);
}

TEST_CASE("a suggestion before authorize is what a miner starts with") {
    MinerFixture node;
    CHECK(node.ask("mining.suggest_difficulty", {7})["result"] == true);
    node.start();
    CHECK(node.miner->difficulty().value == 7);
}

TEST_CASE("a suggested target is a suggested difficulty") {
    MinerFixture node("dash");
    node.start("rig7");
    CHECK(node.ask("mining.suggest_target",
                   {"000000000000ffff000000000000000000000000000000000000000000000000"})["result"] == true);
    CHECK(node.miner->difficulty().value == doctest::Approx(1000));  // that of a share of the fake node
    CHECK(node.ask("mining.suggest_target",
                   {"0000000001ffff00000000000000000000000000000000000000000000000000"})["result"] == true);
    CHECK(node.miner->difficulty().value == doctest::Approx(128).epsilon(1e-4));
    CHECK(node.ask("mining.suggest_target", {std::string(64, '0')})["result"] == true);
    CHECK(node.ask("mining.suggest_target", {std::string(64, 'f')})["result"] == true);
    CHECK(node.miner->difficulty().value == 64);
    for (const json& wrong : {json("00ff"), json(std::string(64, 'g')), json(5), json(nullptr)}) {
        CHECK(code_of(node.ask("mining.suggest_target", json::array({wrong}))) == 20);
    }
}

TEST_CASE("a fixed difficulty is kept to, within floor and ceiling") {
    MinerFixture node("dash");
    node.work.share_difficulty = 5e6;
    const std::pair<const char*, double> cases[] = {{"rig7+1024", 1024}, {"rig7+0", 64},        {"rig7+1e-9", 64},
                                                    {"rig7+1e400", 1e6}, {"rig7+2000000", 1e6}, {"rig7+512+s5", 512}};
    for (const auto& test : cases) {
        const double difficulty = test.second;
        CAPTURE(test.first);
        node.reconnect();
        node.start(test.first);
        CHECK(node.miner->difficulty().value == difficulty);
        CHECK(node.call("mining.suggest_difficulty", {300}).size() == 1);
        CHECK(node.miner->difficulty().value == difficulty);
    }
    MinerFixture regtest;
    regtest.start("rig7+1e-9");
    CHECK(regtest.miner->difficulty().value == 1e-9);
}

TEST_CASE("the transactions of a held job can be read") {
    MinerFixture node;
    node.work.transactions = {"aa", "bbcc"};
    const json job = node.start();
    CHECK(node.ask("mining.get_transactions", json::array({job[0]}))["result"] == json::array({"aa", "bbcc"}));
    CHECK(node.ask("mining.get_transactions", json::array())["result"] == json::array({"aa", "bbcc"}));
    CHECK(code_of(node.ask("mining.get_transactions", {"deadbeef"})) == 21);
    CHECK(code_of(node.ask("mining.get_transactions", {5})) == 21);
    node.work.transactions.clear();
    node.work.new_event();
    const json empty = node.push(true)[0]["params"];
    CHECK(node.ask("mining.get_transactions", json::array({empty[0]}))["result"] == json::array());
}

TEST_CASE("a long answer is not given again and again") {
    MinerFixture node;
    node.work.transactions.assign(100, std::string(80'000, 'a'));
    const json job = node.start();
    CHECK(node.ask("mining.get_transactions", json::array({job[0]}))["result"].size() == 100);
    CHECK(code_of(node.ask("mining.get_transactions", json::array({job[0]}))) == 20);
    node.clock.advance(10);
    CHECK(node.ask("mining.get_transactions", json::array({job[0]}))["result"].size() == 100);
}
