#include <doctest/doctest.h>

#include <fstream>
#include <memory>
#include <vector>

#include "tests/unit/web/running_service.h"

using web_tests::HttpClient;
using web_tests::RunningService;

namespace {

void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

web_tests::Wishes with_pages() {
    web_tests::Wishes wishes;
    wishes.prepare = [](const std::filesystem::path& datadir) {
        std::filesystem::create_directories(datadir / "static" / "vendor");
        std::filesystem::create_directories(datadir / "fetched");
        write(datadir / "static" / "vendor" / "chart.js", "// in its place");
        write(datadir / "static" / "vendor" / "other.js", "// in its place");
        write(datadir / "fetched" / "chart.js", "// fetched by the build");
        std::filesystem::create_symlink(datadir / "secret.txt", datadir / "fetched" / "way_out.txt");
        write(datadir / "static" / "index.html", "<p>first page</p>");
        write(datadir / "static" / "sub" / "page.js", "// " + std::string(5000, 'x'));
        write(datadir / "static" / ".hidden", "secret");
        write(datadir / "secret.txt", "secret");
        std::filesystem::create_symlink(datadir / "secret.txt", datadir / "static" / "way_out.txt");
        std::filesystem::create_symlink("index.html", datadir / "static" / "old.html");
    };
    return wishes;
}

}  // namespace

TEST_CASE("one connection serves many requests, HEAD among them") {
    const RunningService service;
    HttpClient client(service.port());
    for (int i = 0; i < 3; ++i) {
        const auto answer = client.get("/web/version");
        CHECK(answer.status == 200);
        CHECK(answer.body == "\"test-1\"");
        CHECK(answer.header("access-control-allow-origin") == "*");
        CHECK(answer.header("x-content-type-options") == "nosniff");
    }
    const auto head = client.get("/web/version", {}, "HEAD");
    CHECK(head.status == 200);
    CHECK(head.header("content-length") == "8");
    CHECK(client.get("/uptime").status == 200);
}

TEST_CASE("what has not changed is not sent again") {
    const RunningService service;
    const auto first = service.get("/web/version");
    REQUIRE_FALSE(first.header("etag").empty());
    HttpClient client(service.port());
    const auto again = client.get("/web/version", {"If-None-Match: " + first.header("etag")});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(client.get("/web/version", {"If-None-Match: W/\"other\""}).status == 200);
}

TEST_CASE("every page answers HEAD, a slash at its end, and who has it already") {
    RunningService service;
    service.tell_mining_state();
    HttpClient client(service.port());
    for (const std::string& target : service.every_page()) {
        CAPTURE(target);
        const auto page = client.get(target);
        CHECK(page.status < 500);
        CHECK_FALSE(page.body.empty());
        if (page.status >= 400) CHECK(nlohmann::json::parse(page.body)["error"].is_string());
        if (page.header("content-type") == "application/json") CHECK(page.header("access-control-allow-origin") == "*");
        const auto head = client.get(target, {}, "HEAD");
        CHECK(head.status == page.status);
        CHECK(head.header("content-type") == page.header("content-type"));
        if (target.find('?') == std::string::npos) CHECK(client.get(target + "/").status == page.status);
        if (page.status != 200) continue;
        const auto again = client.get(target, {"If-None-Match: " + page.header("etag")});
        // Clocks and counters go on meanwhile.
        CHECK((again.status == 304 || again.header("etag") != page.header("etag")));
    }
}

TEST_CASE("large answers are compressed for those who take it") {
    const RunningService service;
    const std::string plain = service.get("/api/v1/openapi.json").body;
    const auto packed = service.get("/api/v1/openapi.json", {"Accept-Encoding: br;q=1, gzip"});
    CHECK(packed.header("content-encoding") == "gzip");
    CHECK(packed.body.size() < plain.size() / 3);
    CHECK(web_tests::gunzip(packed.body) == plain);
    CHECK(service.get("/api/v1/openapi.json", {"Accept-Encoding: gzip;q=0"}).body == plain);
    CHECK(service.get("/web/version", {"Accept-Encoding: gzip"}).header("content-encoding").empty());
}

TEST_CASE("files are served from their folder and from nowhere else") {
    const RunningService service(with_pages());
    CHECK(service.get("/").status == 302);
    CHECK(service.get("/").header("location") == "/static/");
    CHECK(service.get("/static").status == 302);
    const auto index = service.get("/static/");
    CHECK(index.body == "<p>first page</p>");
    CHECK(index.header("content-security-policy").find("default-src 'self'") == 0);
    CHECK(index.header("x-frame-options") == "DENY");
    CHECK(service.get("/static/old.html").body == index.body);
    CHECK(service.get("/static/sub/page.js").header("content-type") == "text/javascript; charset=utf-8");
    for (const char* path :
         {"/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/sub/../../secret.txt",
          "/static/..%2fsecret.txt", "/static/%2e%2e%2fsecret.txt", "/static//etc/passwd", "/static/.hidden",
          "/static/way_out.txt", "/static/sub/..%5c..%5csecret.txt", "/static/sub%00/page.js", "/static/nosuch"}) {
        CAPTURE(path);
        const auto answer = service.get(path);
        CHECK((answer.status == 404 || answer.status == 400));
        CHECK(answer.body.find("secret") == std::string::npos);
    }
}

TEST_CASE("what the build fetched is served before what stands in its place, for our own pages only") {
    {
        const RunningService service(with_pages());
        CHECK(service.get("/static/vendor/chart.js").body == "// fetched by the build");
        CHECK(service.get("/static/vendor/chart.js").header("content-security-policy").find("default-src 'self'") == 0);
        CHECK(service.get("/static/vendor/other.js").body == "// in its place");
        for (const char* path : {"/static/vendor/way_out.txt", "/static/vendor/../secret.txt", "/static/vendor/"})
            CHECK(service.get(path).status >= 400);
    }
    web_tests::Wishes operators = with_pages();
    operators.own_pages = false;
    const RunningService service(std::move(operators));
    CHECK(service.get("/static/vendor/chart.js").body == "// in its place");
    CHECK(service.get("/static/vendor/chart.js").header("content-security-policy").empty());
}

TEST_CASE("what is no request for a page is refused with a reason") {
    const RunningService service;
    CHECK(service.get("/nosuch").status == 404);
    CHECK(service.get("/web/").status == 404);
    CHECK(service.get("/%zz").status == 400);
    HttpClient post(service.port());
    post.send("POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 2\r\n\r\n{}");
    const auto refused = post.read_answer();
    CHECK(refused.status == 405);
    CHECK(refused.header("allow") == "GET, HEAD");
    HttpClient garbage(service.port());
    garbage.send("\x16\x03\x01 what is this\r\n\r\n");
    CHECK(garbage.read_answer().status == 400);
    HttpClient long_header(service.port());
    long_header.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
    CHECK(long_header.read_answer().status == 431);
    HttpClient long_body(service.port());
    long_body.send("POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 100000\r\n\r\n");
    CHECK(long_body.read_answer().status == 413);
}

TEST_CASE("one client gets so many connections and no more") {
    const RunningService service;
    std::vector<std::unique_ptr<HttpClient>> clients;
    int served = 0;
    int refused = 0;
    for (int i = 0; i < 70; ++i) {
        clients.push_back(std::make_unique<HttpClient>(service.port()));
        const int status = clients.back()->get("/uptime").status;
        served += status == 200;
        refused += status == 503;
    }
    CHECK(served == 64);
    CHECK(refused == 6);
    // Those that are served go on.
    CHECK(clients.front()->get("/uptime").status == 200);
    clients.clear();
    CHECK(tests::wait_until([&] { return service.get("/uptime").status == 200; }, std::chrono::seconds(5)));
}

TEST_CASE("health is told whatever limit is reached") {
    web_tests::Wishes wishes;
    wishes.client_ip = "203.0.113.50";
    const RunningService service(wishes);
    HttpClient greedy(service.port());
    while (greedy.get("/fee").status == 200) {
    }
    std::vector<std::unique_ptr<HttpClient>> clients;
    clients.reserve(200);
    for (int i = 0; i < 200; ++i)
        clients.push_back(std::make_unique<HttpClient>(service.port()));
    CHECK(service.get("/healthz").status == 200);
    CHECK(nlohmann::json::parse(service.get("/readyz").body)["ready"] == false);
    CHECK(service.get("/uptime").status == 503);
}

TEST_CASE("a client with connections without number keeps nobody else out") {
    web_tests::Wishes wishes;
    wishes.http.max_connections = 20;
    wishes.http.max_connections_per_client = 16;
    wishes.http.max_refused_per_client = 4;
    // One client from the first, others later, of whom each has a connection.
    wishes.client_ip_of = [](std::size_t number) {
        return number < 100 ? "203.0.113.50" : "198.51.100." + std::to_string(number);
    };
    const RunningService service(wishes);
    std::vector<std::unique_ptr<HttpClient>> greedy;
    greedy.reserve(100);
    for (int i = 0; i < 100; ++i)
        greedy.push_back(std::make_unique<HttpClient>(service.port()));
    CHECK(service.get("/uptime").status == 200);
    std::vector<std::unique_ptr<HttpClient>> others;
    for (int i = 0; i < 19; ++i) {
        others.push_back(std::make_unique<HttpClient>(service.port()));
        CHECK(others.back()->get("/uptime").status == 200);
    }
    for (const auto& other : others)
        CHECK(other->get("/uptime").status == 200);
}

TEST_CASE("who waits for nothing gives way before a client with more connections that are all in use") {
    web_tests::Wishes wishes;
    wishes.http.max_connections = 10;
    wishes.http.max_connections_per_client = 6;
    wishes.client_ip_of = [](std::size_t number) {
        return number < 6 ? "203.0.113.50" : number < 10 ? "203.0.113.60" : "198.51.100.1";
    };
    const RunningService service(wishes);
    std::vector<std::unique_ptr<HttpClient>> greedy;
    for (int i = 0; i < 10; ++i) {
        greedy.push_back(std::make_unique<HttpClient>(service.port()));
        if (i >= 6) continue;
        greedy.back()->send("GET /api/v1/events HTTP/1.1\r\nHost: node\r\n\r\n");
        CHECK(greedy.back()->read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
    }
    CHECK(service.get("/uptime").status == 200);
}

TEST_CASE("who takes none of his answers gets no more of them") {
    web_tests::Wishes wishes = with_pages();
    const auto prepare = wishes.prepare;
    wishes.prepare = [prepare](const std::filesystem::path& datadir) {
        prepare(datadir);
        write(datadir / "static" / "large.txt", std::string(15U << 20, 'x'));
    };
    wishes.client_ip_of = [](std::size_t number) { return number < 5 ? "203.0.113.50" : "198.51.100.1"; };
    const RunningService service(wishes);
    HttpClient first(service.port());
    first.send("GET /static/large.txt HTTP/1.1\r\nHost: node\r\n\r\n");
    CHECK(first.read_until("\r\n\r\n").find(" 200 ") != std::string::npos);
    HttpClient second(service.port());
    CHECK(second.get("/static/large.txt").status == 503);
    CHECK(second.get("/static/sub/page.js").status == 503);
    HttpClient third(service.port());
    HttpClient fourth(service.port());
    HttpClient fifth(service.port());
    CHECK(service.get("/static/sub/page.js").status == 200);
}

TEST_CASE("a file that changed is served anew") {
    const RunningService service(with_pages());
    CHECK(service.get("/static/").body == "<p>first page</p>");
    CHECK(service.get("/static/").body == "<p>first page</p>");
    write(service.datadir() / "static" / "index.html", "<p>another page</p>");
    CHECK(service.get("/static/").body == "<p>another page</p>");
}

TEST_CASE("pipelined requests are answered in order") {
    const RunningService service;
    HttpClient client(service.port());
    client.send(
        "GET /web/version HTTP/1.1\r\nHost: node\r\n\r\nGET /fee HTTP/1.1\r\nHost: node\r\n\r\n"
        "GET /nosuch HTTP/1.1\r\nHost: node\r\n\r\n");
    CHECK(client.read_answer().body == "\"test-1\"");
    CHECK(client.read_answer().status == 200);
    CHECK(client.read_answer().status == 404);
}
