#include "dash/rpc/client.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/rpc/event_loop.h"
#include "tests/unit/rpc/fake_rpc_server.h"

namespace {

using dash::rpc::Client;
using dash::rpc::ClientSettings;
using dash::rpc::RpcError;
using nlohmann::json;
using tests::EventLoop;
using tests::FakeRpcServer;
using tests::RpcReply;
using tests::RpcRequest;
using Kind = RpcError::Kind;
using namespace std::chrono_literals;

json call(EventLoop& loop, Client& client, const std::string& method = "getblockcount") {
    return loop.run(client.call(method, json::array()));
}

/// The error that a call ends with.
RpcError failure(const ClientSettings& settings) {
    EventLoop loop;
    Client client(settings);
    try {
        call(loop, client);
    } catch (const RpcError& error) {
        return error;
    }
    FAIL("the call succeeded");
    return RpcError(Kind::kDaemon, "");
}

RpcError failure(FakeRpcServer::Script script) {
    FakeRpcServer server(std::move(script));
    return failure(server.settings());
}

RpcError failure(const RpcReply& reply) {
    return failure([reply](const RpcRequest&) { return reply; });
}

RpcReply raw(std::string bytes) {
    RpcReply reply;
    reply.raw = std::move(bytes);
    reply.then = RpcReply::Then::kClose;
    return reply;
}

RpcReply page(int status, std::string body) {
    RpcReply reply;
    reply.status = status;
    reply.body = std::move(body);
    return reply;
}

bool mentions(const RpcError& error, std::string_view text) {
    return std::string_view(error.what()).find(text) != std::string_view::npos;
}

class TemporaryFile {
  public:
    TemporaryFile() : path_(std::filesystem::temp_directory_path() / ("rpc_cookie_" + std::to_string(::getpid()))) {}
    ~TemporaryFile() { std::filesystem::remove(path_); }
    void write(const std::string& text) const { std::ofstream(path_) << text; }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace

TEST_CASE("a call gives the result, with the credentials and parameters it was made with") {
    FakeRpcServer server([](const RpcRequest& request) {
        return tests::rpc_result(
            request,
            {{"method", request.method}, {"params", request.params}, {"authorization", request.authorization}});
    });
    EventLoop loop;
    Client client(server.settings());
    const json result = loop.run(client.call("getblockhash", {{"height", 7}}));
    CHECK(result["method"] == "getblockhash");
    CHECK(result["params"]["height"] == 7);
    CHECK(result["authorization"] == "Basic dXNlcjpwYXNzd29yZA==");
}

TEST_CASE("the header Host names the daemon as a URL does") {
    FakeRpcServer server([](const RpcRequest& request) { return tests::rpc_result(request, request.host); });
    const std::string port = std::to_string(server.port());
    EventLoop loop;
    ClientSettings settings = server.settings();
    Client client(settings);
    CHECK(call(loop, client) == "127.0.0.1:" + port);
    if (!std::filesystem::exists("/proc/net/if_inet6")) {
        MESSAGE("this machine has no IPv6: not tested");
        return;
    }
    settings.host = "::ffff:127.0.0.1";
    Client by_ipv6(settings);
    CHECK(call(loop, by_ipv6) == "[::ffff:127.0.0.1]:" + port);
}

TEST_CASE("null is a result") {
    FakeRpcServer server([](const RpcRequest& request) { return tests::rpc_result(request, nullptr); });
    EventLoop loop;
    Client client(server.settings());
    CHECK(call(loop, client).is_null());
}

TEST_CASE("connections are kept between calls, and used by one call at a time") {
    FakeRpcServer server([](const RpcRequest& request) {
        RpcReply reply = tests::rpc_result(request, request.method);
        if (request.method == "slow") reply.delay = 50ms;
        return reply;
    });
    EventLoop loop;
    Client client(server.settings());
    for (int i = 0; i < 3; ++i)
        CHECK(call(loop, client, "a") == "a");
    CHECK(server.connections() == 1);

    using namespace boost::asio::experimental::awaitable_operators;
    auto both = [&]() -> boost::asio::awaitable<void> {
        const auto [slow, quick] = co_await (client.call("slow", json::array()) && client.call("b", json::array()));
        CHECK(slow == "slow");
        CHECK(quick == "b");
    };
    loop.run(both());
    CHECK(server.connections() == 2);
}

TEST_CASE("a connection that dashd closed meanwhile is replaced without the caller noticing") {
    FakeRpcServer server([](const RpcRequest& request) {
        RpcReply reply = tests::rpc_result(request, request.connection);
        reply.then = RpcReply::Then::kClose;
        return reply;
    });
    EventLoop loop;
    Client client(server.settings());
    CHECK(call(loop, client) == 1);
    CHECK(call(loop, client) == 2);
    CHECK(server.requests() == 2);
}

TEST_CASE("a restarted dashd is found again") {
    auto script = [](const RpcRequest& request) { return tests::rpc_result(request, "here"); };
    auto server = std::make_unique<FakeRpcServer>(script);
    const std::uint16_t port = server->port();
    EventLoop loop;
    Client client(server->settings());
    CHECK(call(loop, client) == "here");
    server.reset();
    CHECK_THROWS_AS(call(loop, client), RpcError);
    server = std::make_unique<FakeRpcServer>(script, port);
    CHECK(call(loop, client) == "here");
}

TEST_CASE("a call that fails on a fresh connection is not sent again") {
    FakeRpcServer server([](const RpcRequest&) {
        RpcReply reply;
        reply.then = RpcReply::Then::kClose;
        return reply;
    });
    CHECK(failure(server.settings()).kind() == Kind::kDisconnected);
    CHECK(server.requests() == 1);
}

TEST_CASE("a call ends at its deadline, and the next one has a connection of its own") {
    FakeRpcServer server([](const RpcRequest& request) {
        RpcReply reply = tests::rpc_result(request, "now");
        if (request.method == "hang") reply.then = RpcReply::Then::kHang;
        return reply;
    });
    EventLoop loop;
    Client client(server.settings());
    CHECK(call(loop, client) == "now");
    const auto begin = std::chrono::steady_clock::now();
    try {
        loop.run(client.call("hang", json::array(), 300ms));
        FAIL("no timeout");
    } catch (const RpcError& error) {
        CHECK(error.kind() == Kind::kTimeout);
    }
    CHECK(std::chrono::steady_clock::now() - begin >= 300ms);
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(server.requests() == 2);
    CHECK(call(loop, client) == "now");
    CHECK(server.connections() == 2);
}

TEST_CASE("nobody listening, and no such host, are told apart from other troubles") {
    ClientSettings settings = FakeRpcServer([](const RpcRequest&) { return RpcReply(); }).settings();
    const RpcError refused = failure(settings);
    CHECK(refused.kind() == Kind::kUnreachable);
    CHECK(mentions(refused, "is dashd running?"));
    settings.host = "no-such-host.invalid";
    CHECK(failure(settings).kind() == Kind::kUnreachable);
}

TEST_CASE("refused credentials name what to correct") {
    const RpcError refused = failure(page(401, ""));
    CHECK(refused.kind() == Kind::kUnauthorized);
    CHECK(refused.http_status() == 401);
    CHECK(mentions(refused, "rpcpassword"));
    const RpcError forbidden = failure(page(403, ""));
    CHECK(forbidden.kind() == Kind::kUnauthorized);
    CHECK(mentions(forbidden, "rpcallowip"));
}

TEST_CASE("dashd's errors keep their code, and the usual ones are put in words") {
    auto error = [](int code, const std::string& message) {
        return failure([=](const RpcRequest& request) { return tests::rpc_error(request, code, message); });
    };
    const RpcError warmup = error(-28, "Loading block index…");
    CHECK(warmup.kind() == Kind::kDaemon);
    CHECK(warmup.code() == dash::rpc::code::kWarmup);
    CHECK(warmup.http_status() == 500);
    CHECK(mentions(warmup, "starting up: Loading block index"));
    CHECK(mentions(error(-10, "Dash Core is downloading blocks..."), "initial sync"));
    CHECK(mentions(error(-9, "Dash Core is not connected!"), "no connection to the Dash network"));
    const RpcError unknown = error(-32601, "Method not found");
    CHECK(unknown.code() == dash::rpc::code::kMethodNotFound);
    CHECK(unknown.http_status() == 404);
    const RpcError other = error(-5, "Block not found");
    CHECK(other.daemon_message() == "Block not found");
    CHECK(mentions(other, "-5 Block not found"));
}

TEST_CASE("what is no JSON-RPC answer is an error that says so") {
    const std::string deep(100'000, '[');
    std::string closed = R"({"error":null,"id":1,"result":)" + deep + std::string(deep.size(), ']') + "}";
    const std::vector<RpcReply> strange{
        page(200, "<html><body>It works!</body></html>"),
        page(404, ""),
        page(200, R"({"result":1,"error":null,"id":1)"),
        page(200, "[]"),
        page(200, "null"),
        page(200, R"({"error":null,"id":1})"),
        page(200, R"({"result":1,"error":null,"id":999})"),
        page(200, R"({"result":1,"error":null})"),
        page(500, R"({"result":null,"error":"broken","id":1})"),
        page(500, R"({"result":null,"error":{"message":"no code"},"id":1})"),
        page(200, deep),
        page(200, closed),
        page(503, "Work queue depth exceeded"),
        raw("this is not HTTP\r\n\r\n"),
        raw("220 mail.example ESMTP\r\n"),
        raw("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"),
    };
    for (const RpcReply& reply : strange) {
        CAPTURE(reply.status);
        CAPTURE(reply.body.substr(0, 60));
        CAPTURE(reply.raw.substr(0, 60));
        CHECK(failure(reply).kind() == Kind::kBadAnswer);
    }
}

TEST_CASE("an answer that ends early is a lost connection") {
    CHECK(failure(raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"result\"")).kind() == Kind::kDisconnected);
    CHECK(failure(raw("HTTP/1.1 200 OK\r\nContent-Le")).kind() == Kind::kDisconnected);
}

TEST_CASE("a chunked answer is read as any other") {
    FakeRpcServer server([](const RpcRequest& request) {
        const std::string body = R"({"result":5,"error":null,"id":)" + request.id.dump() + "}";
        char size[16];
        std::snprintf(size, sizeof size, "%zx", body.size());
        return raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(size) + "\r\n" + body +
                   "\r\n0\r\n\r\n");
    });
    EventLoop loop;
    Client client(server.settings());
    CHECK(call(loop, client) == 5);
}

TEST_CASE("an answer beyond the limit is refused, one at the limit is taken") {
    FakeRpcServer server([](const RpcRequest& request) { return tests::rpc_result(request, std::string(5000, 'x')); });
    ClientSettings settings = server.settings();
    settings.max_answer_bytes = 5000;
    const RpcError error = failure(settings);
    CHECK(error.kind() == Kind::kBadAnswer);
    CHECK(mentions(error, "larger than 5000 bytes"));

    settings.max_answer_bytes = 5100;
    EventLoop loop;
    Client client(settings);
    CHECK(call(loop, client).get<std::string>().size() == 5000);
}

TEST_CASE("without password the cookie is used, and read again when dashd has made a new one") {
    const TemporaryFile cookie;
    std::string accepted;
    std::mutex mutex;
    FakeRpcServer server([&](const RpcRequest& request) {
        const std::lock_guard lock(mutex);
        return request.authorization == accepted ? tests::rpc_result(request, "ok") : page(401, "");
    });
    ClientSettings settings = server.settings();
    settings.password.clear();
    settings.cookie_file = cookie.path();

    const RpcError missing = failure(settings);
    CHECK(missing.kind() == Kind::kUnauthorized);
    CHECK(mentions(missing, cookie.path().string()));

    cookie.write("__cookie__:one\n");
    accepted = "Basic X19jb29raWVfXzpvbmU=";
    EventLoop loop;
    Client client(settings);
    CHECK(call(loop, client) == "ok");

    cookie.write("__cookie__:two\n");
    {
        const std::lock_guard lock(mutex);
        accepted = "Basic X19jb29raWVfXzp0d28=";
    }
    CHECK(call(loop, client) == "ok");
    {
        const std::lock_guard lock(mutex);
        accepted = "another";
    }
    const int before = server.requests();
    CHECK_THROWS_AS(call(loop, client), RpcError);
    CHECK(server.requests() == before + 1);
}

TEST_CASE("a call may outlive its client") {
    FakeRpcServer server([](const RpcRequest& request) {
        RpcReply reply = tests::rpc_result(request, "late");
        reply.delay = 30ms;
        return reply;
    });
    EventLoop loop;
    auto client = std::make_unique<Client>(server.settings());
    auto work = client->call("getblockcount", json::array());
    client.reset();
    CHECK(loop.run(std::move(work)) == "late");
}
