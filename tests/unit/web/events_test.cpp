#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <vector>

#include "tests/unit/web/openapi_document.h"
#include "tests/unit/web/running_service.h"
#include "web/http/event_hub.h"

using web_tests::HttpClient;
using web_tests::RunningService;

namespace {

constexpr const char* kReadEvents = "GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n";

/// What a reader gets who comes back for events after so many.
std::string next_after(int events) {
    boost::asio::io_context io;
    web::EventHub hub(io.get_executor());
    const auto queue = hub.subscribe("", web::Audience::kEverybody, "203.0.113.1");
    for (int i = 0; i < events; ++i)
        hub.publish("status", "{}");
    std::string text = "nothing came";
    boost::asio::co_spawn(
        io, [&]() -> boost::asio::awaitable<void> { text = co_await queue->next(); }, boost::asio::detached);
    io.run();
    return text;
}

}  // namespace

TEST_CASE("a reader may lag behind, but not without end") {
    const std::string all = next_after(256);
    CHECK(all.find("id: 1\n") == 0);
    CHECK(all.find("id: 256\n") != std::string::npos);
    CHECK(next_after(257).empty());  // the stream ends
}

TEST_CASE("one client reads so many streams, and others theirs") {
    boost::asio::io_context io;
    web::EventHub hub(io.get_executor());
    std::vector<std::shared_ptr<web::EventQueue>> queues;
    for (std::size_t i = 0; i < web::EventHub::kMaxReadersOfClient; ++i) {
        queues.push_back(hub.subscribe("", web::Audience::kEverybody, "203.0.113.1"));
        REQUIRE(queues.back() != nullptr);
    }
    CHECK(hub.subscribe("", web::Audience::kEverybody, "203.0.113.1") == nullptr);
    CHECK(hub.subscribe("", web::Audience::kEverybody, "203.0.113.2") != nullptr);
    queues.pop_back();
    CHECK(hub.subscribe("", web::Audience::kEverybody, "203.0.113.1") != nullptr);
}

TEST_CASE("when all streams are taken, who has most of them gives one up") {
    boost::asio::io_context io;
    web::EventHub hub(io.get_executor());
    std::vector<std::shared_ptr<web::EventQueue>> queues;
    for (std::size_t i = 0; i < web::EventHub::kMaxReaders; ++i) {
        const std::size_t client = i / web::EventHub::kMaxReadersOfClient;
        queues.push_back(hub.subscribe("", web::Audience::kEverybody, "203.0.113." + std::to_string(client)));
        REQUIRE(queues.back() != nullptr);
    }
    const auto newcomer = hub.subscribe("", web::Audience::kEverybody, "198.51.100.1");
    REQUIRE(newcomer != nullptr);
    CHECK(hub.readers() == web::EventHub::kMaxReaders);
    // The newest of the first client's, alone.
    const auto has_ended = [&](std::size_t index) {
        std::string text = "none";
        boost::asio::co_spawn(
            io, [&]() -> boost::asio::awaitable<void> { text = co_await queues[index]->next(); },
            boost::asio::detached);
        hub.publish("status", "{}");
        io.restart();
        io.run();
        return text.empty();
    };
    CHECK(has_ended(web::EventHub::kMaxReadersOfClient - 1));
    CHECK(!has_ended(0));
    CHECK(!has_ended(web::EventHub::kMaxReaders - 1));
}

TEST_CASE("a stream without news shows that it lives") {
    boost::asio::io_context io;
    web::EventHub hub(io.get_executor(), std::chrono::milliseconds(1));
    const auto queue = hub.subscribe("", web::Audience::kEverybody, "203.0.113.1");
    std::string text;
    boost::asio::co_spawn(
        io, [&]() -> boost::asio::awaitable<void> { text = co_await queue->next(); }, boost::asio::detached);
    io.run();
    CHECK(text == "event: alive\ndata: {}\n\n");
}

TEST_CASE("who may not see names is told less of the same event, or nothing") {
    boost::asio::io_context io;
    web::EventHub hub(io.get_executor());
    const auto stranger = hub.subscribe("", web::Audience::kEverybody, "203.0.113.1");
    const auto owner = hub.subscribe("", web::Audience::kNames, "203.0.113.1");
    hub.publish("share", "{\"is_ours\":true}", "{\"is_ours\":null}");
    hub.publish("phase", "{\"finder\":\"rig\"}", web::Audience::kNames);
    std::string seen_by_stranger;
    std::string seen_by_owner;
    boost::asio::co_spawn(
        io, [&]() -> boost::asio::awaitable<void> { seen_by_stranger = co_await stranger->next(); },
        boost::asio::detached);
    boost::asio::co_spawn(
        io, [&]() -> boost::asio::awaitable<void> { seen_by_owner = co_await owner->next(); }, boost::asio::detached);
    io.run();
    CHECK(seen_by_stranger == "id: 1\nevent: share\ndata: {\"is_ours\":null}\n\n");
    CHECK(seen_by_owner ==
          "id: 1\nevent: share\ndata: {\"is_ours\":true}\n\nid: 2\nevent: phase\ndata: {\"finder\":\"rig\"}\n\n");
}

TEST_CASE("so many read events and no more, and who goes makes room") {
    web_tests::Wishes wishes;
    wishes.client_ip_of = [](std::size_t number) { return "203.0.113." + std::to_string(number % 200); };
    const RunningService service(wishes);
    std::vector<std::unique_ptr<HttpClient>> readers;
    for (int i = 0; i < 256; ++i) {
        readers.push_back(std::make_unique<HttpClient>(service.port()));
        readers.back()->send(kReadEvents);
    }
    for (const auto& reader : readers)
        REQUIRE(reader->read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
    const auto refused = service.get("/api/v1/events");
    CHECK(refused.status == 503);
    CHECK(nlohmann::json::parse(refused.body)["error"].is_string());
    CHECK(service.get("/rate").status == 200);
}

TEST_CASE("reading events counts as no request, and no more than any connection") {
    web_tests::Wishes wishes;
    wishes.client_ip = "203.0.113.50";
    const RunningService service(wishes);
    HttpClient client(service.port());
    while (client.get("/fee").status == 200) {
    }
    HttpClient reader(service.port());
    reader.send(kReadEvents);
    CHECK(reader.read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
}

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

TEST_CASE("what happened while nobody read is told to who comes again") {
    RunningService service;
    service.tell_mining_state();
    HttpClient reader(service.port());
    reader.send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\nLast-Event-ID: 0\r\n\r\n");
    CHECK(reader.read_until("event: block\n").find("id: 1\n") != std::string::npos);
}
