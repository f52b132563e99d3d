#include <doctest/doctest.h>

#include <set>

#include "tests/unit/stratum/miner_fixture.h"

using namespace p2pool::stratum;
using nlohmann::json;
using tests::code_of;
using tests::kOther;
using tests::kUnauthorized;
using tests::MinerFixture;

TEST_CASE("subscribe gives the session, four bytes of extranonce and room for four more") {
    MinerFixture node;
    const auto messages = node.call("mining.subscribe", {"cgminer/4.10"});
    REQUIRE(messages.size() == 1);  // no work before authorize
    const json result = messages[0]["result"];
    REQUIRE(result.size() == 3);
    CHECK(result[0][0][0] == "mining.set_difficulty");
    CHECK(result[0][1][0] == "mining.notify");
    CHECK(result[0][0][1].get<std::string>().size() == 16);
    CHECK(result[1] == "01020304");  // 0x04030201, least byte first
    CHECK(result[2] == 4);
    // Asking again changes nothing.
    CHECK(node.ask("mining.subscribe", json::array())["result"] == result);
}

TEST_CASE("every connection has its own extranonce") {
    MinerFixture node;
    std::vector<std::unique_ptr<MinerSession>> miners;
    std::set<std::string> extranonces;
    for (int i = 0; i < 100; ++i) {
        miners.push_back(std::make_unique<MinerSession>(node.context, "ip"));
        std::string out;
        CHECK(miners.back()->handle_line(R"({"id":1,"method":"mining.subscribe"})", out));
        extranonces.insert(json::parse(out)["result"][1].get<std::string>());
    }
    CHECK(extranonces.size() == 100);
}

TEST_CASE("authorize brings difficulty and a clean job, as notifications") {
    MinerFixture node;
    node.ask("mining.subscribe", {});
    const auto messages = node.call("mining.authorize", {MinerFixture::kUser, "x"});
    REQUIRE(messages.size() == 3);
    CHECK(messages[0]["result"] == true);
    CHECK(messages[0]["error"].is_null());
    CHECK(messages[1]["method"] == "mining.set_difficulty");
    CHECK(messages[1]["id"].is_null());
    CHECK(messages[1]["params"] == json{0.001});
    CHECK(messages[2]["method"] == "mining.notify");
    CHECK(messages[2]["id"].is_null());
    CHECK(messages[2]["params"][8] == true);
    CHECK(node.miner->worker_name() == MinerFixture::kUser);
}

TEST_CASE("the order of subscribe and authorize does not matter") {
    MinerFixture node;
    CHECK(node.call("mining.authorize", {MinerFixture::kUser, "x"}).size() == 1);
    CHECK(MinerFixture::find(node.call("mining.subscribe", {}), "mining.notify")[8] == true);
}

TEST_CASE("odd but meant well") {
    MinerFixture node;
    node.ask("mining.subscribe", {nullptr, nullptr, "host", 3333});
    CHECK(node.ask("mining.authorize", {MinerFixture::kUser})["result"] == true);
    CHECK(node.ask("mining.authorize", {MinerFixture::kUser, nullptr, "more"})["result"] == true);
    CHECK(node.ask("mining.authorize", {"", ""})["result"] == true);
    CHECK(node.say(R"({"id":"a","method":"mining.subscribe","params":null,"error":null})")[0]["id"] == "a");
    CHECK(node.say("").empty());
    CHECK(node.say("\r").empty());
    CHECK(node.say(R"({"id":1,"method":"mining.ping"})"
                   "\r")[0]["result"] == "pong");
    CHECK(node.say(R"({"id":0,"result":true,"error":null})").empty());
    CHECK(node.open);
}

TEST_CASE("user names that cannot be paid are refused with the reason") {
    MinerFixture node;
    node.ask("mining.subscribe", {});
    for (const char* user : {"8oFYaPXRvuigFiWnpft26mDectT5eHjMMg.rig", "Xb9HDDHV3bQ5nfYoCAsmi1vU1nysGd1Nkq",
                             "yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwEv+1024"}) {
        CAPTURE(user);
        const auto messages = node.call("mining.authorize", {user, "x"});
        REQUIRE(messages.size() == 1);
        CHECK(code_of(messages[0]) == kUnauthorized);
        CHECK(messages[0]["error"][1].get<std::string>().size() > 40);
        CHECK_FALSE(node.miner->is_authorized());
    }
    CHECK(code_of(node.ask("mining.authorize", {5, "x"})) == kOther);
    CHECK(code_of(node.ask("mining.authorize", json::array())) == kOther);
    CHECK(code_of(node.ask("mining.authorize", {std::string(256, 'a'), "x"})) == kOther);
    CHECK(node.ask("mining.authorize", {"rig7", "x"})["result"] == true);
}

TEST_CASE("connections with one payout share one job, others do not") {
    MinerFixture node;
    const json job = node.start(std::string(MinerFixture::kUser) + ".rig1");
    node.reconnect();
    const json same = node.start(std::string(MinerFixture::kUser) + "_rig2+5+s3");
    CHECK(same == job);
    node.reconnect();
    const json other = node.start(MinerFixture::kOtherUser);
    CHECK(other[2] != job[2]);
    node.reconnect();
    const json other_wish = node.start(std::string(MinerFixture::kUser) + "/500");
    CHECK(other_wish[0] != job[0]);
    CHECK(node.work.jobs_made == 3);
}

TEST_CASE("a name without address mines for the node") {
    MinerFixture node;
    const auto contains = [](const json& job, const dash::Hash160& hash) {
        return job[2].get<std::string>().find(dash::to_hex(hash)) != std::string::npos;
    };
    CHECK(contains(node.start("rig7"), node.work.node_payout_hash()));
    node.reconnect();
    CHECK_FALSE(contains(node.start(), node.work.node_payout_hash()));
    node.reconnect();
    node.work.takes_everything = true;
    CHECK(contains(node.start(), node.work.node_payout_hash()));
}

TEST_CASE("another authorize moves the work to another payout") {
    MinerFixture node;
    const json first = node.start();
    const auto messages = node.call("mining.authorize", {std::string(MinerFixture::kOtherUser) + "+2", "x"});
    CHECK(MinerFixture::find(messages, "mining.set_difficulty") == json{2.0});
    const json second = MinerFixture::find(messages, "mining.notify");
    CHECK(second[2] != first[2]);
    CHECK(second[8] == true);
    // A further worker of the same miner is no reason to start anew.
    CHECK(node.call("mining.authorize", {std::string(MinerFixture::kOtherUser) + ".b+2", "x"}).size() == 1);
}

TEST_CASE("an event brings a clean job, a refresh one beside the earlier work, no change brings none") {
    MinerFixture node;
    const json first = node.start();
    CHECK(node.push(false).empty());
    node.work.refresh();
    const auto refreshed = node.push(false);
    REQUIRE(refreshed.size() == 1);  // the difficulty is known
    CHECK(refreshed[0]["params"][8] == false);
    CHECK(refreshed[0]["params"][0] != first[0]);
    node.work.new_event();
    const auto clean = node.push(true);
    REQUIRE(clean.size() == 1);
    CHECK(clean[0]["params"][8] == true);
}

TEST_CASE("without work a miner is told why, and served when there is some") {
    MinerFixture node;
    node.work.has_work = false;
    node.ask("mining.subscribe", {});
    const auto messages = node.call("mining.authorize", {MinerFixture::kUser, "x"});
    REQUIRE(messages.size() == 2);
    CHECK(messages[0]["result"] == true);
    CHECK(messages[1]["method"] == "client.show_message");
    CHECK(messages[1]["params"] == json{"the fake node has no work"});
    CHECK(node.push(true).empty());
    node.work.has_work = true;
    CHECK(node.push(false).back()["params"][8] == true);  // the first job is always clean
}

TEST_CASE("an observer that does not authorize gets work of the node after a moment") {
    MinerFixture node;
    node.ask("mining.subscribe", {});
    CHECK(node.push(true).empty());
    CHECK(node.tick().empty());
    node.clock.advance(1.5);
    const auto messages = node.tick();
    REQUIRE(messages.size() == 2);
    CHECK(messages[1]["method"] == "mining.notify");
    CHECK(node.tick().empty());
    node.work.new_event();
    CHECK(node.push(true).size() == 1);
    CHECK(node.submit(messages[1]["params"][0].get<std::string>(), 1)["error"][0] == kUnauthorized);
}

TEST_CASE("methods that are not a miner's to call do not exist") {
    MinerFixture node;
    for (const char* method :
         {"mining.set_extranonce", "mining.reconnect", "client.reconnect", "mining.notify", "foo", "a.b"}) {
        const json answer = node.ask(method, json::array());
        CHECK(code_of(answer) == kOther);
        CHECK(answer["error"][1].get<std::string>().find("Method not found") == 0);
        CHECK(answer["error"].size() == 3);
    }
    CHECK(node.open);
}

TEST_CASE("malformed lines are answered, and only so many are forgiven") {
    MinerFixture node;
    int lines = 0;
    for (; node.open && lines < 100; ++lines) {
        const auto messages = node.say("{bad");
        REQUIRE(messages.size() == 1);
        CHECK(code_of(messages[0]) == kOther);
    }
    CHECK(lines == 11);
    CHECK(node.context.admission.offenders(1).at(0).violations == 1);

    MinerFixture patient;
    for (int i = 0; i < 50; ++i) {
        patient.say("{bad");
        CHECK(patient.open);
        patient.clock.advance(61);
    }
}

TEST_CASE("a miner finds his session again") {
    MinerFixture node;
    const json job = node.start();
    node.ask("mining.suggest_difficulty", {5});
    const json subscription = node.subscription;
    const std::string session = subscription[0][1][1].get<std::string>();
    const json difficulty_job = node.push(true)[0]["params"];

    node.reconnect();
    node.clock.advance(200);
    CHECK(node.ask("mining.subscribe", {"test/1", session})["result"] == subscription);
    const auto messages = node.call("mining.authorize", {MinerFixture::kUser, "x"});
    CHECK(MinerFixture::find(messages, "mining.set_difficulty") == json{5.0});
    // What he found meanwhile counts.
    CHECK(node.submit(difficulty_job[0].get<std::string>(), 1)["result"] == true);
    CHECK(node.submit(difficulty_job[0].get<std::string>(), 1)["error"][0] == 22);
    CHECK(node.submit(job[0].get<std::string>(), 1)["error"][0] == 22);

    SUBCASE("after an hour it is forgotten") {
        node.reconnect();
        node.clock.advance(3601);
        CHECK(node.ask("mining.subscribe", {"test/1", session})["result"] != subscription);
    }
    SUBCASE("while somebody has it, it is not given away") {
        MinerSession other(node.context, "203.0.113.8");
        std::string out;
        CHECK(other.handle_line(R"({"id":1,"method":"mining.subscribe","params":["x",")" + session + "\"]}", out));
        const json result = json::parse(out)["result"];
        CHECK(result[0][1][1] != session);
        CHECK(result[1] != subscription[1]);
    }
}

TEST_CASE("a miner that comes back while there is no work may still submit what he found") {
    MinerFixture node;
    const json job = node.start();
    const std::string session = node.subscription[0][1][1].get<std::string>();
    node.reconnect();
    node.work.has_work = false;
    node.ask("mining.subscribe", {"test/1", session});
    node.ask("mining.authorize", {MinerFixture::kUser, "x"});
    for (std::uint32_t nonce = 1; nonce <= 50; ++nonce)
        CHECK(node.submit(job[0].get<std::string>(), nonce)["result"] == true);
    CHECK(node.work.accepted.size() == 50);
}

TEST_CASE("unknown sessions are new ones") {
    MinerFixture node;
    const json result = node.ask("mining.subscribe", {"x", "0123456789abcdef"})["result"];
    CHECK(result[0][1][1] != "0123456789abcdef");
    // Nobody who did not mine leaves anything behind.
    node.reconnect();
    CHECK(node.context.sessions.size() == 0);
}

TEST_CASE("who makes the node work too much is read from later") {
    MinerFixture node;
    node.start();
    CHECK(node.miner->pause_seconds() == 0);
    for (int i = 0; i < 2000; ++i)
        node.ask("mining.ping", json::array());
    CHECK(node.miner->pause_seconds() > 1);
    node.clock.advance(10);
    CHECK(node.miner->pause_seconds() == 0);
    // Jobs for ever other payouts cost more than lines.
    for (int i = 0; i < 20; ++i)
        node.ask("mining.authorize", {"rig/" + std::to_string(i), "x"});
    CHECK(node.miner->pause_seconds() > 1);
}
