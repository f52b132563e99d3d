#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <list>
#include <memory>
#include <set>

#include "dash/util/error.h"
#include "p2pool/stratum/socket_setup.h"
#include "tests/unit/stratum/port_fixture.h"

using nlohmann::json;
using p2pool::stratum::AdmissionSettings;
using tests::Client;
using tests::Port;

TEST_CASE("a miner mines over a socket") {
    Port port;
    Client miner(port);
    const json job = miner.start();
    CHECK(miner.subscription[1].get<std::string>().size() == 8);
    CHECK(job[8] == true);
    CHECK(miner.submit(job[0].get<std::string>(), 1)["result"] == true);
    CHECK(miner.submit(job[0].get<std::string>(), 1)["error"][0] == 22);
    const auto status = port.server().status();
    CHECK(status.totals.accepted == 1);
    CHECK(status.totals.rejected == 1);
    REQUIRE(status.connections.size() == 1);
    CHECK(status.connections[0].worker == "rig7");
    CHECK(status.connections[0].accepted == 1);
    CHECK(status.connections[0].difficulty > 0);
    REQUIRE(status.workers.size() == 1);
    CHECK(status.connections_by_ip.at("127.0.0.1") == 1);
}

TEST_CASE("lines may come in pieces, together, and with any line end") {
    Port port;
    Client miner(port);
    miner.send(" \r\n{\"id\":1,\"method\":");
    port.settle();
    miner.send("\"mining.ping\"}\r\n{\"id\":2,\"method\":\"mining.ping\"}\n{\"id\":3,");
    CHECK(miner.read()["id"] == 1);
    CHECK(miner.read()["id"] == 2);
    miner.send("\"method\":\"mining.ping\"}\n");
    CHECK(miner.read()["id"] == 3);
    for (const char byte : std::string("{\"id\":4,\"method\":\"mining.ping\"}\n")) {
        miner.send(std::string_view(&byte, 1));
        port.settle();
    }
    CHECK(miner.read()["id"] == 4);
}

TEST_CASE("who closes his writing side still gets the answers") {
    Port port;
    Client miner(port);
    miner.send("{\"id\":1,\"method\":\"mining.subscribe\"}\n{\"id\":2,\"method\":\"mining.ping\"}\n");
    miner.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send);
    CHECK(miner.read()["id"] == 1);
    CHECK(miner.read()["id"] == 2);
    CHECK_FALSE(miner.read_line().has_value());
}

TEST_CASE("a line that is too long is told so and dropped") {
    Port port;
    Client honest(port);
    const json job = honest.start();
    for (const std::size_t size : {std::size_t{16'400}, std::size_t{1'000'000}, std::size_t{8'000'000}}) {
        CAPTURE(size);
        Client client(port);
        client.send("{\"id\":1,\"method\":\"" + std::string(size, 'a'));
        const json answer = client.read();
        REQUIRE(answer.is_object());
        CHECK(answer["error"][1].get<std::string>().find("16384") != std::string::npos);
        client.socket().close();
    }
    Client just_right(port);
    just_right.send("{\"id\":1,\"method\":\"mining.ping\",\"params\":[\"" + std::string(16'384 - 46, 'a') + "\"]}\n");
    CHECK(just_right.read()["result"] == "pong");
    CHECK(honest.submit(job[0].get<std::string>(), 1)["result"] == true);
    port.settle();
    CHECK(port.miners() == 2);
}

TEST_CASE("malformed lines cost their sender the connection") {
    Port port;
    Client client(port);
    std::string lines;
    for (int i = 0; i < 20; ++i)
        lines += "{\"bad\n";
    client.send(lines);
    const std::string answers = client.read_all();
    CHECK(std::count(answers.begin(), answers.end(), '\n') == 11);
    port.pass(3);  // for the sender to take that
    CHECK(port.connections() == 0);
}

TEST_CASE("connections that say nothing end after 30 seconds") {
    Port port;
    std::list<Client> silent;
    for (int i = 0; i < 50; ++i)
        silent.emplace_back(port);
    Client half(port);
    half.send("{\"id\":1,");
    Client subscribed(port);
    subscribed.call("mining.subscribe", json::array());
    port.settle();
    CHECK(port.connections() == 52);
    port.pass(29);
    CHECK(port.connections() == 52);
    port.pass(2);
    CHECK(port.connections() == 1);
    for (Client& client : silent)
        CHECK(client.is_closed());
    CHECK(half.is_closed());
    CHECK_FALSE(subscribed.is_closed());
    port.pass(86'000);
    CHECK(port.connections() == 1);
    port.pass(500);
    CHECK(port.connections() == 0);
}

TEST_CASE("silent connections never keep a miner out") {
    AdmissionSettings admission;
    admission.max_connections = 64;
    Port port(admission);
    Client first(port);
    const json job = first.start();
    std::list<Client> silent;
    for (int i = 0; i < 300; ++i) {
        silent.emplace_back(port);
        if (i % 50 == 0) port.settle();
    }
    port.settle();
    CHECK(port.connections() == 64);
    CHECK(silent.front().is_closed());
    CHECK_FALSE(silent.back().is_closed());
    Client late(port);
    CHECK(late.start()[0] == job[0]);
    CHECK(first.submit(job[0].get<std::string>(), 1)["result"] == true);
    CHECK(port.connections() == 64);
    CHECK(port.server().status().max_connections == 64);
}

TEST_CASE("when all places are miners' the next one is told so") {
    AdmissionSettings admission;
    admission.max_connections = 3;
    Port port(admission);
    std::list<Client> miners;
    for (int i = 0; i < 3; ++i)
        miners.emplace_back(port).start();
    Client late(port);
    CHECK(late.read()["error"][1].get<std::string>().find("as many miners as it can") != std::string::npos);
    CHECK_FALSE(late.read_line().has_value());
    miners.pop_front();
    port.settle();
    CHECK_FALSE(Client(port).start().is_null());
}

TEST_CASE("a limit by address that the operator set holds on loopback, too") {
    AdmissionSettings admission;
    admission.max_connections_per_ip = 2;
    admission.limit_loopback = true;
    admission.ip_whitelist = {};
    Port port(admission);
    Client first(port);
    Client second(port);
    port.settle();
    Client third(port);
    CHECK(third.read()["error"][1].get<std::string>().find("too many connections") != std::string::npos);
    CHECK_FALSE(first.start().is_null());
    CHECK_FALSE(second.start().is_null());
}

TEST_CASE("every connection gets new work once, and the same line for the same payout") {
    Port port;
    std::list<Client> miners;
    for (int i = 0; i < 300; ++i)
        miners.emplace_back(port).start(i % 2 == 0 ? "rig" : "yav1NDbaocjRuckmvbGM9JEAUucjYhyAhF");
    port.work.jobs_made = 0;
    port.new_event();
    port.new_event();  // on the heels of the first: one push is enough
    std::set<std::string> lines;
    for (Client& miner : miners) {
        const auto line = miner.read_line();
        REQUIRE(line.has_value());
        CHECK(json::parse(*line)["params"][8] == true);
        lines.insert(*line);
    }
    CHECK(lines.size() == 2);
    CHECK(port.work.jobs_made == 2);
    port.work.refresh();
    port.server().work_changed(false);
    for (Client& miner : miners)
        CHECK(miner.read()["params"][8] == false);
    port.server().work_changed(false);
    port.settle();
    for (Client& miner : miners)
        CHECK(miner.read_available().empty());
}

TEST_CASE("a refresh after an event that came before a connection is a refresh for it") {
    Port port;
    port.new_event();
    Client miner(port);
    miner.start();
    port.work.refresh();
    port.server().work_changed(false);
    CHECK(miner.read("mining.notify")["params"][8] == false);
}

TEST_CASE("who does not read is dropped, and nobody waits for him") {
    Port port;
    port.work.merkle_branch.assign(1000, dash::Uint256(7));  // a job of 65 kB
    Client lazy(port);
    lazy.start();
    Client diligent(port);
    diligent.start();
    int events = 0;
    for (; port.miners() == 2 && events < 1000; ++events) {
        port.new_event();
        CHECK(diligent.read("mining.notify")["params"][8] == true);
    }
    CHECK(events > 3);
    CHECK(port.miners() == 1);
}

TEST_CASE("nobody waits for who came from the TLS port and does not read") {
    Port port;
    port.work.merkle_branch.assign(1000, dash::Uint256(7));
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    port.server().take_in(ends[1], "203.0.113.9");
    const std::string lines =
        "{\"id\":1,\"method\":\"mining.subscribe\"}\n{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"rig\","
        "\"x\"]}\n";
    REQUIRE(::write(ends[0], lines.data(), lines.size()) == static_cast<ssize_t>(lines.size()));
    port.run_until([&] { return port.miners() == 1; });
    // Lets go of a node that waits, so that this test ends.
    std::promise<void> all_sent;
    auto node_hung = std::async(std::launch::async, [&, sent = all_sent.get_future()] {
        const bool hung = sent.wait_for(std::chrono::seconds(5)) != std::future_status::ready;
        ::close(ends[0]);
        return hung;
    });
    for (int i = 0; i < 20; ++i) {
        port.new_event();
        port.settle();
    }
    CHECK(port.miners() == 0);
    all_sent.set_value();
    CHECK_FALSE(node_hung.get());
}

TEST_CASE("who takes nothing for a minute is dropped") {
    Port port;
    port.work.merkle_branch.assign(1000, dash::Uint256(7));
    Client lazy(port);
    lazy.start();
    for (int i = 0; i < 4; ++i) {
        lazy.send_line({{"id", 1}, {"method", "mining.get_transactions"}});
    }
    port.work.transactions.assign(100, std::string(80'000, 'a'));
    port.new_event();
    port.settle();
    lazy.send_line({{"id", 2}, {"method", "mining.get_transactions"}});
    port.settle();
    port.pass(50);
    CHECK(port.miners() == 1);
    port.pass(11);
    CHECK(port.miners() == 0);
}

TEST_CASE("a long answer arrives whole, with work that comes meanwhile behind it") {
    Port port;
    port.work.transactions.assign(50, std::string(80'000, 'a'));
    Client miner(port);
    const json job = miner.start();
    miner.send_line({{"id", 1}, {"method", "mining.get_transactions"}, {"params", json::array({job[0]})}});
    port.settle();
    port.new_event();
    port.settle();
    CHECK(miner.read("")["result"].size() == 50);
    CHECK(miner.read()["method"] == "mining.notify");
}

TEST_CASE("a session goes on after the connection broke") {
    Port port;
    json subscription;
    std::string job;
    {
        Client miner(port);
        job = miner.start()[0].get<std::string>();
        subscription = miner.subscription;
        CHECK(miner.submit(job, 1)["result"] == true);
    }
    port.settle();
    Client again(port);
    CHECK(again.call("mining.subscribe", {"test/1", subscription[0][1][1]})["result"] == subscription);
    again.call("mining.authorize", {"rig7", "x"});
    CHECK(again.submit(job, 2)["result"] == true);
    CHECK(again.submit(job, 1)["error"][0] == 22);
}

TEST_CASE("a port that cannot be had is told with what to do") {
    Port port;
    boost::asio::io_context io;
    p2pool::stratum::ServerSettings settings;
    settings.host = "127.0.0.1";
    settings.port = port.server().port();
    settings.network = share_chain::find_network("dash_regtest");
    p2pool::stratum::Server second(io, port.work, port.clock, settings);
    CHECK_THROWS_WITH_AS(second.listen(), doctest::Contains("Stop the program that uses it"), dash::ConfigError);
    settings.host = "203.0.113.77";  // of documents, and nobody's
    p2pool::stratum::Server third(io, port.work, port.clock, settings);
    CHECK_THROWS_WITH_AS(third.listen(), doctest::Contains("This computer does not have that address"),
                         dash::ConfigError);
    settings.host = "not an address";
    p2pool::stratum::Server fourth(io, port.work, port.clock, settings);
    CHECK_THROWS_AS(fourth.listen(), dash::ConfigError);
}

TEST_CASE("a port that nobody listens on yet is held all the same, and the next run has it at once") {
    using namespace p2pool::stratum;
    boost::asio::io_context io;
    PortPlace place = worker_port_place("127.0.0.1", 0);
    std::uint16_t number = 0;
    {
        auto held = bind_port(io, place);
        number = place.port = held.local_endpoint().port();
        CHECK_THROWS_AS(static_cast<void>(bind_port(io, place)), dash::ConfigError);
        start_listening(held, place);
        CHECK_THROWS_AS(static_cast<void>(bind_port(io, place)), dash::ConfigError);
        boost::asio::ip::tcp::socket client(io);
        client.connect(held.local_endpoint());
        held.accept().close();  // who closes first keeps the connection in TIME_WAIT
    }
    auto next = bind_port(io, place);
    start_listening(next, place);
    CHECK(next.local_endpoint().port() == number);
}

TEST_CASE("without an address it listens on all of them") {
    tests::ManualClock clock;
    tests::FakeWork work(clock);
    boost::asio::io_context io;
    p2pool::stratum::ServerSettings settings;
    settings.network = share_chain::find_network("dash_regtest");
    p2pool::stratum::Server server(io, work, clock, settings);
    server.listen();
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), server.port()});
    io.poll();
    CHECK(server.status().connections_by_ip.at("127.0.0.1") == 1);
}

TEST_CASE("stop closes every connection") {
    Port port;
    Client miner(port);
    miner.start();
    Client silent(port);
    port.settle();
    port.server().stop();
    CHECK(miner.is_closed());
    CHECK(silent.is_closed());
    port.server().work_changed(true);
    port.settle();
}
