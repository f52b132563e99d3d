#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/unit/web/openapi_document.h"
#include "tests/unit/web/running_service.h"

using web_tests::HttpClient;
using web_tests::RunningService;

TEST_CASE("events come as they happen") {
    RunningService service;
    HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
    const std::string head = reader.read_until("\r\n\r\n");
    CHECK(head.find("text/event-stream") != std::string::npos);
    service.tell_mining_state();
    const std::string seen = reader.read_until("event: block\n");
    for (const char* event : {"event: share\n", "event: peers\n", "event: status\n"}) {
        CAPTURE(event);
        CHECK(seen.find(event) != std::string::npos);
    }
}

TEST_CASE("events are what the API's document says") {
    RunningService service;
    HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
    (void)reader.read_until("\r\n\r\n");
    service.tell_mining_state();
    dash::submission::SubmissionReport report;
    report.hash = dash::Uint256(0xabcdef);
    report.finder = "somebody";
    report.state = dash::submission::BlockState::kLost;
    service.service().block_changed(report);
    std::string seen = reader.read_until("event: alert\n");
    seen += reader.read_until("\n\n");
    const web_tests::OpenApiDocument document(service.json("/api/v1/openapi.json"));
    const std::map<std::string, std::string> schemas = {{"status", "StatusEvent"}, {"share", "ShareEvent"},
                                                        {"block", "Block"},        {"phase", "Submission"},
                                                        {"peers", "PeersEvent"},   {"alert", "Alert"}};
    std::set<std::string> checked;
    const std::regex event("event: ([a-z]+)\ndata: (.*)\n");
    for (std::sregex_iterator match(seen.begin(), seen.end(), event), end; match != end; ++match) {
        const std::string name = (*match)[1];
        CAPTURE(name);
        REQUIRE(schemas.count(name) == 1);
        document.check_named(schemas.at(name), nlohmann::json::parse((*match)[2].str()));
        checked.insert(name);
    }
    CHECK(checked.size() == schemas.size());
}

TEST_CASE("who comes again gets what he missed") {
    RunningService service;
    HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
    const std::string head = reader.read_until("\r\n\r\n");
    service.tell_mining_state();
    const std::string seen = reader.read_until("event: block\n");
    HttpClient late(service.port());
    late.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\nLast-Event-ID: 1\r\n\r\n");
    const std::string missed = late.read_until("event: block\n");
    CHECK(missed.find("id: 2\n") != std::string::npos);
    CHECK(missed.find("id: 1\n") == std::string::npos);
}
