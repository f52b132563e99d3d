#include <doctest/doctest.h>

#include "p2pool/stratum/messages.h"
#include "tests/unit/stratum/miner_fixture.h"

using namespace p2pool::stratum;
using nlohmann::json;

namespace {

template <typename Kind>
Kind parse_as(std::string_view line) {
    auto parsed = parse_line(line);
    REQUIRE(std::holds_alternative<Kind>(parsed));
    return std::get<Kind>(std::move(parsed));
}

}  // namespace

TEST_CASE("requests are read in all the forms miners write") {
    const auto request = parse_as<Request>(R"({"id": 4, "method": "mining.submit", "params": ["a", "b"]})");
    CHECK(request.id == 4);
    CHECK(request.method == "mining.submit");
    CHECK(request.params == json{"a", "b"});
    CHECK(parse_as<Request>(R"({"id":"x1","method":"m"})").id == "x1");
    CHECK(parse_as<Request>(R"({"id":"x1","method":"m"})").params == json::array());
    CHECK(parse_as<Request>(R"({"method":"m","params":null})").params == json::array());
    CHECK(parse_as<Request>(R"({"method":"m"})").id.is_null());
    CHECK(parse_as<Request>(R"({"id":1,"jsonrpc":"2.0","method":"m","worker":"w"})").method == "m");
}

TEST_CASE("a request with an empty error is a request") {
    CHECK(parse_as<Request>(R"({"id":1,"method":"m","params":[],"error":null})").method == "m");
    CHECK(parse_as<Request>(R"({"id":1,"method":"m","params":[],"result":null,"error":null})").method == "m");
}

TEST_CASE("answers are told from requests") {
    parse_as<Response>(R"({"id":0,"result":true,"error":null})");
    parse_as<Response>(R"({"id":1,"result":null,"error":[20,"x",null]})");
}

TEST_CASE("what is no request is told as such, with its id where it has one") {
    for (const char* line : {"{bad", "[1, 2]", "5", "null", "\"text\"", "{}", "{\"id\":1,\"method\":\"m\"", "\xff\xfe",
                             "{\"id\":1,\"method\":\"\xff\"}", "{\"id\":1,\"method\":1e999}"}) {
        CAPTURE(line);
        CHECK_FALSE(parse_as<Malformed>(line).reason.empty());
    }
    CHECK(parse_as<Malformed>(R"({"id":37})").id == 37);
    CHECK(parse_as<Malformed>(R"({"id":38,"method":5})").id == 38);
    CHECK(parse_as<Malformed>(R"({"id":35,"method":"mining.subscribe","params":{}})").id == 35);
}

TEST_CASE("what is nested without end is no request") {
    const std::string deep = std::string(8000, '[') + std::string(8000, ']');
    parse_as<Malformed>(deep);
    parse_as<Malformed>(R"({"method":"m","params":)" + deep + "}");
    parse_as<Malformed>(R"({"method":"m","params":[],"id":)" + deep + "}");
}

TEST_CASE("answers carry id, result and the error triple") {
    std::string out;
    append_result(out, 4, true);
    CHECK(out == "{\"id\":4,\"result\":true,\"error\":null}\n");
    out.clear();
    append_error(out, "x", {ErrorCode::kDuplicate, "Duplicate \"share\""});
    CHECK(json::parse(out) == json::parse(R"({"id":"x","result":null,"error":[22,"Duplicate \"share\"",null]})"));
    out.clear();
    append_set_difficulty(out, 0.001);
    CHECK(out == "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[0.001]}\n");
}

TEST_CASE("a job is written as miners read it") {
    const tests::ManualClock clock(0x65000000);
    tests::FakeWork work(clock);
    const auto job = work.job({});
    const auto notify = make_notify(job, work.coinbase(*job));
    std::string line(kNotifyHead);
    line.append("00000001").append(notify->body).append(kNotifyCleanTail);
    CHECK(line.back() == '\n');
    const json message = json::parse(line);
    CHECK(message["id"].is_null());
    CHECK(message["method"] == "mining.notify");
    const json& params = message["params"];
    REQUIRE(params.size() == 9);
    CHECK(params[0] == "00000001");
    CHECK(params[1] == "03020100070605040b0a09080f0e0d0c13121110171615140000000100000000");
    CHECK(params[2] == dash::to_hex(work.coinbase(*job).prefix));
    CHECK(params[3] == "00000000");
    CHECK(params[4] == json{"01" + std::string(62, '0'), "02" + std::string(62, '0')});
    CHECK(params[5] == "20000000");
    CHECK(params[6] == "1b0404cb");
    CHECK(params[7] == "65000000");
    CHECK(params[8] == true);
}

TEST_CASE("hex numbers are eight digits") {
    CHECK(parse_hex32("0000000f") == 15);
    CHECK(parse_hex32("FFFFFFFF") == 0xffffffff);
    for (const char* text :
         {"", "0", "0000000", "000000000", "0000000g", "-0000001", "+0000001", " 0000001", "0x000001"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_hex32(text).has_value());
    }
    CHECK(hex32(0xab) == "000000ab");
}
