#include <doctest/doctest.h>

#include <unistd.h>

#include <map>

#include "tests/unit/stratum/port_fixture.h"

using nlohmann::json;
using tests::Client;
using tests::Port;

namespace {

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string body;
};

/// One answer, by its Content-Length.
Answer read_answer(Client& client) {
    Answer answer;
    const auto status_line = client.read_line();
    if (!status_line) return answer;
    answer.status = std::stoi(status_line->substr(9, 3));
    while (auto line = client.read_line()) {
        if (!line->empty() && line->back() == '\r') line->pop_back();
        if (line->empty()) break;
        answer.headers[line->substr(0, line->find(':'))] = line->substr(line->find(':') + 2);
    }
    answer.body = client.read_bytes(std::stoul(answer.headers.at("Content-Length")));
    return answer;
}

std::string post(const std::string& body, const std::string& headers = "") {
    return "POST / HTTP/1.1\r\nHost: node:7903\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

const std::string kGetwork = R"({"id":7,"method":"getwork","params":[]})";
/// rig7:x
const std::string kAuthorization = "Authorization: Basic cmlnNzp4\r\n";

}  // namespace

TEST_CASE("getwork is served on the same port, with the headers miners look for") {
    Port port;
    Client miner(port);
    miner.send(post(kGetwork, kAuthorization));
    const Answer answer = read_answer(miner);
    CHECK(answer.status == 200);
    CHECK(answer.headers.at("Content-Type") == "application/json");
    CHECK(answer.headers.at("X-Long-Polling") == "/long-polling");
    CHECK(answer.headers.at("X-Roll-NTime") == "expire=100");
    CHECK(answer.headers.at("X-Is-P2Pool") == "true");
    CHECK(answer.headers.at("X-Stratum") == "stratum+tcp://node:7903");
    const json body = json::parse(answer.body);
    CHECK(body["id"] == 7);
    CHECK(body["error"].is_null());
    CHECK(body["result"]["data"].get<std::string>().size() == 256);
    CHECK(body["result"]["submitold"] == true);

    // The connection stays open for the solution.
    miner.send(
        post(json{{"id", 8}, {"method", "getwork"}, {"params", {body["result"]["data"]}}}.dump(), kAuthorization));
    CHECK(json::parse(read_answer(miner).body)["result"] == true);
    CHECK(port.work.accepted.at(0).worker == "rig7");
    miner.send(
        post(json{{"id", 9}, {"method", "getwork"}, {"params", {body["result"]["data"]}}}.dump(), kAuthorization));
    const Answer rejected = read_answer(miner);
    CHECK(json::parse(rejected.body)["result"] == false);
    CHECK(rejected.headers.at("X-Reject-Reason").find("Duplicate") == 0);
}

TEST_CASE("requests come in pieces and one behind the other") {
    Port port;
    Client miner(port);
    for (const char byte : post(kGetwork)) {
        miner.send(std::string_view(&byte, 1));
        if (byte == '\n') port.settle();
    }
    CHECK(read_answer(miner).status == 200);
    miner.send("\r\n" + post(kGetwork) + post(kGetwork));
    CHECK(read_answer(miner).status == 200);
    CHECK(read_answer(miner).status == 200);
}

TEST_CASE("a host that asks for more than its share is heard as often as it may be") {
    Port port;
    Client miner(port);
    miner.send(post(kGetwork, kAuthorization));
    const auto data = json::parse(read_answer(miner).body)["result"]["data"];
    Client greedy(port);
    constexpr int kRequests = 400;  // each is a job's worth of lines
    for (int i = 0; i < kRequests; ++i)
        greedy.send(post(kGetwork, kAuthorization));
    std::string answers;
    const auto answered = [&] {
        answers += greedy.read_available();
        int count = 0;
        for (std::size_t at = 0; (at = answers.find("HTTP/1.1 200", at)) != std::string::npos; ++at)
            ++count;
        return count;
    };
    for (int i = 0; i < 50; ++i)
        static_cast<void>(answered());
    const int at_once = answered();
    CHECK(at_once > 100);
    CHECK(at_once < 200);
    Client other(port);
    CHECK(other.call("mining.ping", json::array())["result"] == "pong");
    // Who has a solution does not wait with the others of his host.
    miner.send(post(json{{"id", 8}, {"method", "getwork"}, {"params", {data}}}.dump(), kAuthorization));
    CHECK(json::parse(read_answer(miner).body)["id"] == 8);
    port.run_until([&] {
        port.clock.advance(0.1);
        return answered() == kRequests;
    });
}

TEST_CASE("an old miner gets a plain result and a closed connection") {
    Port port;
    Client miner(port);
    miner.send("POST / HTTP/1.0\r\nUser-Agent: Jephis PIC Miner\r\nContent-Length: " + std::to_string(kGetwork.size()) +
               "\r\n\r\n" + kGetwork);
    const Answer answer = read_answer(miner);
    const json result = json::parse(answer.body)["result"];
    CHECK_FALSE(result.contains("identifier"));
    CHECK_FALSE(result.contains("submitold"));
    CHECK(answer.headers.count("X-Stratum") == 0);
    CHECK(miner.read_all().empty());
}

TEST_CASE("a long poll ends with the next work event") {
    Port port;
    Client miner(port);
    const std::string poll = "GET /long-polling HTTP/1.1\r\n" + kAuthorization + "\r\n";
    miner.send(poll);
    CHECK(json::parse(read_answer(miner).body)["result"]["identifier"] == "1");
    miner.send(poll);
    port.settle();
    port.pass(600);  // it may take long
    CHECK(miner.read_available().empty());
    port.server().work_changed(false);
    CHECK(miner.read_available().empty());
    port.new_event();
    CHECK(json::parse(read_answer(miner).body)["result"]["identifier"] == "2");
}

TEST_CASE("other paths and methods are answered politely") {
    Port port;
    const auto status = [&port](const std::string& request) {
        Client client(port);
        client.send(request);
        const Answer answer = read_answer(client);
        CHECK(json::parse(answer.body)["error"].is_string());
        return answer.status;
    };
    CHECK(status("GET /fee HTTP/1.0\r\n\r\n") == 404);
    CHECK(status("GET / HTTP/1.1\r\n\r\n") == 405);
    CHECK(status("POST /fee HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}") == 404);
    CHECK(status(post(std::string(20'000, 'a'))) == 413);
    CHECK(status(std::string("\x00\x01\x02\n", 4)) == 400);
    CHECK(status("hello\r\n\r\n") == 400);
    CHECK(status("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n") == 400);
    CHECK(status("GET /" + std::string(20'000, 'a')) == 400);
    CHECK(status("[1,2]\n\n") == 400);
    port.settle();
    CHECK(port.connections() == 0);
}

TEST_CASE("a request that is never finished ends after 30 seconds") {
    Port port;
    Client slow(port);
    slow.send("POST / HTTP/1.1\r\nContent-Le");
    Client idle(port);
    idle.send(post(kGetwork));
    read_answer(idle);
    port.pass(31);
    CHECK(slow.is_closed());
    CHECK(idle.is_closed());
    CHECK(port.connections() == 0);
}

TEST_CASE("what is no request for work is handed over with all that came") {
    Port port;
    std::vector<p2pool::stratum::HttpConnection> handed;
    port.server().set_http_handoff(
        [&handed](p2pool::stratum::HttpConnection connection) { handed.push_back(std::move(connection)); });
    Client browser(port);
    browser.send(post(kGetwork));
    CHECK(read_answer(browser).status == 200);
    browser.send("GET /static/ HTTP/1.1\r\nHost: n");
    port.run_until([&handed] { return !handed.empty(); });
    CHECK(handed[0].received == "GET /static/ HTTP/1.1\r\nHost: n");
    CHECK(handed[0].ip == "127.0.0.1");
    CHECK(port.connections() == 0);
    CHECK_FALSE(browser.is_closed());
    REQUIRE(write(handed[0].socket, "hello\n", 6) == 6);
    CHECK(browser.read_line() == "hello");
    close(handed[0].socket);
    CHECK(browser.is_closed());
}

TEST_CASE("long polls end when the node stops") {
    Port port;
    Client miner(port);
    const std::string poll = "GET /long-polling HTTP/1.1\r\n\r\n";
    miner.send(poll);
    read_answer(miner);
    miner.send(poll);
    port.settle();
    port.server().stop();
    CHECK(miner.is_closed());
}
