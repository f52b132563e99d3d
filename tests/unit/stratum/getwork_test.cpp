#include <doctest/doctest.h>

#include "dash/primitives/merkle.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/target.h"
#include "p2pool/stratum/getwork.h"
#include "p2pool/stratum/getwork_data.h"
#include "tests/unit/stratum/miner_fixture.h"

using namespace p2pool::stratum;
using nlohmann::json;

namespace {

struct GetworkFixture : tests::MinerFixture {
    GetworkFixture() { work.set_quality(5); }

    json call(const json& params, const std::string& user = kUser) {
        last = getwork.answer(json{{"id", 7}, {"method", "getwork"}, {"params", params}}.dump(),
                              {"127.0.0.1", user, false});
        return json::parse(last.body);
    }
    /// The data with another nonce.
    static std::string solve(const std::string& data, std::uint32_t nonce) {
        dash::BlockHeader header = decode_getwork_data(data);
        header.nonce = nonce;
        return getwork_result(header, {})["data"].get<std::string>();
    }

    Getwork getwork{context};
    Getwork::Answer last;
};

}  // namespace

TEST_CASE("getwork gives a header that the job's coinbase leads to") {
    GetworkFixture node;
    const json result = node.call(json::array(), std::string(GetworkFixture::kUser) + "+4")["result"];
    CHECK(node.last.is_worker);
    CHECK(result["identifier"] == "1");
    CHECK(result["submitold"] == true);
    CHECK(result["target"] == dash::to_hex(dash::target_from_difficulty(4).to_bytes()));
    const dash::BlockHeader header = decode_getwork_data(result["data"].get<std::string>());
    CHECK(header.version == 0x20000000);
    CHECK(header.timestamp == node.time());
    CHECK(header.nonce == 0);
    // No two pieces of work are the same.
    const json other = node.call(json::array(), std::string(GetworkFixture::kUser) + "+4")["result"];
    CHECK(decode_getwork_data(other["data"].get<std::string>()).merkle_root != header.merkle_root);
}

TEST_CASE("work that is handed back is judged as stratum's") {
    GetworkFixture node;
    const std::string user = std::string(GetworkFixture::kUser) + "+4";
    const auto data = node.call(json::array(), user)["result"]["data"].get<std::string>();
    CHECK(node.call({GetworkFixture::solve(data, 5)}, user)["result"] == true);
    REQUIRE(node.work.accepted.size() == 1);
    CHECK(node.work.accepted[0].user_name == user);
    const auto& solution = node.work.accepted[0].solution;
    CHECK(solution.nonce == 5);
    // The header handed out is the one of this extranonce.
    const auto job = node.work.job({*parse_user_name(user, *node.network.parent).payout, std::nullopt});
    dash::Bytes coinbase = node.work.coinbase(*job).prefix;
    for (int shift = 0; shift < 64; shift += 8)
        coinbase.push_back(static_cast<std::uint8_t>(solution.extranonce >> shift));
    dash::append(coinbase, dash::from_hex("00000000"));
    CHECK(dash::root_from_branch(dash::sha256d(coinbase), node.work.merkle_branch) ==
          decode_getwork_data(data).merkle_root);

    CHECK(node.call({GetworkFixture::solve(data, 5)}, user)["result"] == false);
    CHECK(node.last.reject_reason.find("Duplicate") == 0);
    node.work.set_quality(3);
    CHECK(node.call({GetworkFixture::solve(data, 6)}, user)["result"] == false);
    CHECK(node.last.reject_reason.find("Low difficulty") == 0);
    node.work.set_quality(2e6);
    dash::BlockHeader changed = decode_getwork_data(data);
    changed.version ^= 0x2000;
    CHECK(node.call(json::array({getwork_result(changed, {})["data"]}), user)["result"] == false);
    changed = decode_getwork_data(data);
    changed.timestamp += 10'000;
    CHECK(node.call(json::array({getwork_result(changed, {})["data"]}), user)["result"] == false);
    CHECK(node.work.accepted.size() == 1);
}

TEST_CASE("limits on submits hold for getwork, but not for who is on the whitelist") {
    GetworkFixture node;
    const std::string user = std::string(GetworkFixture::kUser) + "+4";
    const auto data = node.call(json::array(), user)["result"]["data"].get<std::string>();
    std::uint32_t nonce = 0;
    // Of 200 submits at once.
    const auto count_refused = [&] {
        int refused = 0;
        for (int i = 0; i < 200; ++i) {
            const json answer = node.call({GetworkFixture::solve(data, ++nonce)}, user);
            if (answer["result"] == true) continue;
            ++refused;
            CHECK(node.last.reject_reason.find("Too many submits") == 0);
        }
        return refused;
    };
    SUBCASE("of a worker") {
        node.context.submit_limit.configure({.high_rate = 0, .most_rate = 1, .window_seconds = 10, .whitelist = {}});
        CHECK(count_refused() == 0);
        node.context.admission.configure({.ip_whitelist = {}});
        CHECK(count_refused() == 190);
    }
    SUBCASE("of a miner") {
        CHECK(count_refused() == 0);
        node.context.admission.configure({.ip_whitelist = {}});
        CHECK(count_refused() == 150);
    }
}

TEST_CASE("unknown and forgotten work is refused") {
    GetworkFixture node;
    const auto data = node.call(json::array())["result"]["data"].get<std::string>();
    dash::BlockHeader stranger = decode_getwork_data(data);
    stranger.merkle_root = dash::Uint256(5);
    CHECK(node.call(json::array({getwork_result(stranger, {})["data"]}))["result"] == false);
    CHECK(node.last.reject_reason == "unknown-work");
    node.clock.advance(301);
    CHECK(node.call({GetworkFixture::solve(data, 5)})["result"] == false);
    node.getwork.expire(1e9);
    CHECK(node.work.evaluations == 0);
}

TEST_CASE("requests that are none get JSON-RPC errors") {
    GetworkFixture node;
    const auto code = [&node](const std::string& body) {
        return json::parse(node.getwork.answer(body, {"127.0.0.1", "", false}).body)["error"]["code"].get<int>();
    };
    CHECK(code("{bad") == -32700);
    CHECK(code("[1]") == -32600);
    CHECK(code(R"({"id":1})") == -32600);
    CHECK(code(R"({"id":1,"method":"getwork","params":{}})") == -32600);
    CHECK(code(R"({"id":1,"method":"getwork","params":[5]})") == -32600);
    CHECK(code(R"({"id":1,"method":"getwork","params":["zz"]})") == -32600);
    CHECK(code(R"({"id":1,"method":"getblock","params":[]})") == -32601);
    CHECK(node.call(json::array(), "8oFYaPXRvuigFiWnpft26mDectT5eHjMMg")["error"]["code"] == 24);
    CHECK_FALSE(node.last.is_worker);
    node.work.has_work = false;
    const json lost = node.call(json::array());
    CHECK(lost["error"]["code"] == -12345);
    CHECK(lost["error"]["message"] == "the fake node has no work");
}

TEST_CASE("a long poll waits only for who has the current work") {
    GetworkFixture node;
    const Getwork::Caller caller{"127.0.0.1", "rig", false};
    CHECK_FALSE(node.getwork.is_up_to_date(caller));
    CHECK_FALSE(json::parse(node.getwork.answer_long_poll(caller).body)["result"].is_null());
    CHECK(node.getwork.is_up_to_date(caller));
    CHECK_FALSE(node.getwork.is_up_to_date({"127.0.0.2", "rig", false}));
    node.work.new_event();
    CHECK_FALSE(node.getwork.is_up_to_date(caller));
}

TEST_CASE("a host that asks without end waits, others do not") {
    GetworkFixture node;
    const auto pause = [&node](const char* ip = "127.0.0.1") { return node.getwork.pause_seconds(ip); };
    CHECK(pause() == 0);
    SUBCASE("for work") {
        for (int i = 0; i < 1000; ++i)
            node.call(json::array());
    }
    SUBCASE("for new users' work") {
        for (int i = 0; i < 50; ++i)
            node.call(json::array(), "rig/" + std::to_string(i + 1));
    }
    SUBCASE("what its submits are worth") {
        const auto data = node.call(json::array())["result"]["data"].get<std::string>();
        for (std::uint32_t i = 0; i < 5000; ++i)
            node.call({GetworkFixture::solve(data, i)});
    }
    SUBCASE("for the sense of what it says") {
        for (int i = 0; i < 5000; ++i)
            static_cast<void>(node.getwork.answer("{bad", {"127.0.0.1", "", false}));
    }
    CHECK(pause() > 5);
    CHECK(pause() < 60);
    CHECK(pause("127.0.0.2") == 0);
    node.clock.advance(pause());
    CHECK(pause() == doctest::Approx(0));
}

TEST_CASE("who calls himself as another does changes nothing for him") {
    GetworkFixture node;
    node.context.admission.configure({.ip_whitelist = {}});
    const auto call_from = [&node](const std::string& ip, const json& params) {
        const json request{{"id", 7}, {"method", "getwork"}, {"params", params}};
        const Getwork::Answer answer = node.getwork.answer(request.dump(), {ip, GetworkFixture::kUser, false});
        return json::parse(answer.body)["result"];
    };
    const json work = call_from("198.51.100.1", json::array());
    const auto data = work["data"].get<std::string>();
    node.work.set_quality(100);
    for (std::uint32_t i = 0; i < 200; ++i)
        static_cast<void>(call_from("198.51.100.1", {GetworkFixture::solve(data, i)}));
    CHECK(call_from("198.51.100.1", {GetworkFixture::solve(data, 1000)}) == false);
    CHECK(call_from("203.0.113.7", {GetworkFixture::solve(data, 1001)}) == true);
    CHECK(call_from("203.0.113.7", json::array())["target"] == work["target"]);
}

TEST_CASE("getwork miners have a difficulty of their own") {
    GetworkFixture node;
    node.work.set_quality(100);
    const auto target = [&node] { return node.call(json::array())["result"]["target"].get<std::string>(); };
    const std::string before = target();
    CHECK(before == dash::to_hex(dash::target_from_difficulty(0.001).to_bytes()));
    const auto data = node.call(json::array())["result"]["data"].get<std::string>();
    for (std::uint32_t i = 0; i < 10; ++i) {
        CHECK(node.call({GetworkFixture::solve(data, i)})["result"] == true);
        node.clock.advance(0.05);
    }
    CHECK(target() != before);
}
