#include <doctest/doctest.h>

#include "tests/unit/web/running_service.h"

using web_tests::HttpClient;
using web_tests::RunningService;

namespace {

std::string read_until(HttpClient& client, const std::string& text) {
    std::string seen;
    while (seen.find(text) == std::string::npos) {
        const std::string more = client.read_some();
        if (more.empty()) break;
        seen += more;
    }
    return seen;
}

}  // namespace

TEST_CASE("events come as they happen") {
    RunningService service;
    HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
    const std::string head = read_until(reader, "\r\n\r\n");
    CHECK(head.find("text/event-stream") != std::string::npos);
    service.tell_mining_state();
    const std::string seen = read_until(reader, "event: block\n");
    for (const char* event : {"event: share\n", "event: peers\n", "event: status\n"}) {
        CAPTURE(event);
        CHECK(seen.find(event) != std::string::npos);
    }
    const std::size_t share = seen.find("data: ", seen.find("event: share\n")) + 6;
    const auto data = nlohmann::json::parse(seen.substr(share, seen.find('\n', share) - share));
    CHECK(data["miner"].is_string());
}

TEST_CASE("who comes again gets what he missed") {
    RunningService service;
    HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
    const std::string head = read_until(reader, "\r\n\r\n");
    service.tell_mining_state();
    const std::string seen = read_until(reader, "event: block\n");
    HttpClient late(service.port());
    late.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\nLast-Event-ID: 1\r\n\r\n");
    const std::string missed = read_until(late, "event: block\n");
    CHECK(missed.find("id: 2\n") != std::string::npos);
    CHECK(missed.find("id: 1\n") == std::string::npos);
}
