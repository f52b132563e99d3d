#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <vector>

#include "tests/support/random.h"
#include "tests/unit/web/running_service.h"
#include "web/http/message.h"

using std::chrono::milliseconds;
using std::chrono::seconds;
using web_tests::HttpClient;
using web_tests::RunningService;

namespace {

web_tests::Wishes impatient() {
    web_tests::Wishes wishes;
    wishes.http.request_timeout = milliseconds(500);
    wishes.http.write_timeout = milliseconds(500);
    return wishes;
}

double open_connections(const RunningService& service) {
    const auto answer = service.get("/metrics");
    if (answer.status != 200) return std::numeric_limits<double>::infinity();
    const std::string& metrics = answer.body;
    const std::string name = "\np2pool_web_connections ";
    return std::stod(metrics.substr(metrics.find(name) + name.size()));
}

/// Only the one that asks is left.
bool is_calm(const RunningService& service) {
    return tests::wait_until([&] { return open_connections(service) <= 1; }, seconds(20));
}

}  // namespace

TEST_CASE("who sends his request in drops is cut off after the time that a request has") {
    const RunningService service(impatient());
    HttpClient slow(service.port());
    const auto start = std::chrono::steady_clock::now();
    bool cut_off = false;
    for (int i = 0; i < 400 && !cut_off; ++i) {
        slow.send("G");
        std::this_thread::sleep_for(milliseconds(25));
        cut_off = open_connections(service) <= 1;
    }
    CHECK(cut_off);
    CHECK(std::chrono::steady_clock::now() - start > milliseconds(400));
}

TEST_CASE("who takes no answers is dropped") {
    const RunningService service(impatient());
    HttpClient greedy(service.port());
    std::string requests;
    for (int i = 0; i < 100; ++i)
        requests += "GET /api/v1/openapi.json HTTP/1.1\r\nHost: node\r\n\r\n";
    // More answers than the sockets of both sides hold.
    for (int i = 0; i < 3; ++i)
        greedy.send(requests);
    CHECK(is_calm(service));
}

TEST_CASE("silent connections take nobody's place for long") {
    web_tests::Wishes wishes = impatient();
    wishes.http.max_connections = 16;
    const RunningService service(wishes);
    std::vector<std::unique_ptr<HttpClient>> silent;
    for (int i = 0; i < 100; ++i)
        silent.push_back(std::make_unique<HttpClient>(service.port()));
    CHECK(tests::wait_until([&] { return service.get("/healthz").status == 200; }, seconds(20)));
    CHECK(is_calm(service));
}

TEST_CASE("a thousand pipelined requests get a thousand answers, in order") {
    const RunningService service;
    HttpClient client(service.port());
    std::string requests;
    for (int i = 0; i < 1000; ++i)
        requests +=
            i % 2 == 0 ? "GET /fee HTTP/1.1\r\nHost: node\r\n\r\n" : "GET /nosuch HTTP/1.1\r\nHost: node\r\n\r\n";
    client.send(requests);
    for (int i = 0; i < 1000; ++i)
        REQUIRE(client.read_answer().status == (i % 2 == 0 ? 200 : 404));
}

TEST_CASE("bytes that were a request once do no harm") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const RunningService service(impatient());
    const std::vector<std::string> requests = {
        "GET /api/v1/graphs/peers?range=day&most=3 HTTP/1.1\r\nHost: node\r\nIf-None-Match: W/\"x\"\r\n\r\n",
        "POST /api/v1/session HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
        "HEAD /static/../%2e%2e/x HTTP/1.0\r\nAccept-Encoding: gzip;q=0.5\r\nAuthorization: Basic eDp5\r\n\r\n",
        "PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"};
    for (int i = 0; i < 300; ++i) {
        std::string bytes = requests[random.below(requests.size())];
        for (std::uint64_t change = 0; change <= random.below(8); ++change)
            bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
        HttpClient(service.port()).send(bytes);
    }
    CHECK(is_calm(service));
    CHECK(service.get("/healthz").status == 200);
}

TEST_CASE("any target is a path of clean segments, or none") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const std::string alphabet = "/%.?&=+ab2eEfF\\:0";
    for (int i = 0; i < 20'000; ++i) {
        std::string target = "/";
        for (std::uint64_t length = random.below(24); length > 0; --length)
            target.push_back(random.below(20) == 0 ? static_cast<char>(random.below(256))
                                                   : alphabet[random.below(alphabet.size())]);
        web::Request request;
        if (!web::parse_target(target, request)) continue;
        CAPTURE(target);
        REQUIRE_FALSE(request.segments.empty());
        for (const std::string& segment : request.segments)
            CHECK(segment.find_first_of(std::string_view("\0/", 2)) == std::string::npos);
        CHECK(request.target == target);
    }
}
