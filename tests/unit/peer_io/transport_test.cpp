#include <doctest/doctest.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "dash/util/error.h"
#include "p2pool/peer_io/tcp_transport.h"
#include "tests/support/machine.h"
#include "tests/support/random.h"
#include "tests/unit/peer_io/event_loop.h"

namespace {

using namespace std::chrono_literals;
using dash::Bytes;
using p2pool::peer_io::TcpTransport;
using p2pool::peers::Channel;
using tcp = boost::asio::ip::tcp;

dash::p2p::SharedFrame frame(Bytes bytes) {
    return std::make_shared<const Bytes>(std::move(bytes));
}

/// A channel and what came of it.
struct End {
    explicit End(std::unique_ptr<Channel> opened) : channel(std::move(opened)) {
        channel->start({.on_bytes = [this](dash::ByteSpan bytes) { dash::append(received, bytes); },
                        .on_closed =
                            [this](const std::string& why) {
                                CHECK(!reason.has_value());
                                reason = why;
                            }});
    }

    Bytes received;
    std::optional<std::string> reason;
    std::unique_ptr<Channel> channel;
};

struct Loopback {
    explicit Loopback(std::size_t most_unsent_bytes = TcpTransport::kMostUnsentBytes)
        : transport(std::make_unique<TcpTransport>(loop.executor(), most_unsent_bytes)) {
        transport->listen(0);
        transport->on_incoming([this](std::unique_ptr<Channel> channel) { incoming = std::move(channel); });
    }

    /// Both ends of a new connection.
    std::pair<std::unique_ptr<End>, std::unique_ptr<End>> join(const std::string& host = "127.0.0.1") {
        std::unique_ptr<Channel> outgoing;
        transport->connect(host, transport->port(), 5, [&](std::unique_ptr<Channel> channel, const std::string& why) {
            INFO(why);
            REQUIRE(channel != nullptr);
            outgoing = std::move(channel);
        });
        CHECK(outgoing == nullptr);
        loop.run_until([&] { return outgoing != nullptr && incoming != nullptr; });
        return {std::make_unique<End>(std::move(outgoing)), std::make_unique<End>(std::move(incoming))};
    }

    tests::EventLoop loop;
    std::unique_ptr<TcpTransport> transport;
    std::unique_ptr<Channel> incoming;
};

TEST_CASE_FIXTURE(Loopback, "bytes go both ways, whole and in order") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const auto ends = join();
    Bytes sent_there;
    Bytes sent_back;
    for (int i = 0; i < 100; ++i) {
        Bytes there = random.bytes(1 + random.below(100'000));
        Bytes back = random.bytes(1 + random.below(200));
        dash::append(sent_there, there);
        dash::append(sent_back, back);
        ends.first->channel->send(frame(std::move(there)));
        ends.second->channel->send(frame(std::move(back)));
        if (i % 10 == 0) loop.run_for(1ms);
    }
    loop.run_until([&] {
        return ends.second->received.size() >= sent_there.size() && ends.first->received.size() >= sent_back.size();
    });
    CHECK(ends.second->received == sent_there);
    CHECK(ends.first->received == sent_back);
    loop.run_until([&] { return ends.first->channel->unsent_bytes() == 0; });
    CHECK(!ends.first->reason.has_value());
}

TEST_CASE_FIXTURE(Loopback, "an IPv4 peer on a port for both protocols has an IPv4 address") {
    const auto ends = join();
    CHECK(ends.first->channel->remote().text() == "127.0.0.1:" + std::to_string(transport->port()));
    CHECK(ends.second->channel->remote().is_ipv4());
    CHECK(ends.second->channel->remote().host() == "127.0.0.1");
}

TEST_CASE_FIXTURE(Loopback, "names are looked up") {
    if (!tests::resolves("localhost")) {
        MESSAGE("this machine does not know the name localhost: not tested");
        return;
    }
    const auto ends = join("localhost");
    CHECK(ends.first->channel->remote().is_loopback());
}

TEST_CASE_FIXTURE(Loopback, "IPv6 peers come in and are reached") {
    boost::asio::io_context io;
    tcp::acceptor probe(io, tcp::v6());
    boost::system::error_code no_ipv6;
    probe.bind({boost::asio::ip::make_address("::1"), 0}, no_ipv6);
    if (no_ipv6) {
        MESSAGE("this machine has no IPv6: not tested");
        return;
    }
    const auto ends = join("::1");
    CHECK(ends.first->channel->remote().text() == "[::1]:" + std::to_string(transport->port()));
    CHECK(!ends.second->channel->remote().is_ipv4());
}

TEST_CASE_FIXTURE(Loopback, "closing or destroying one end tells the other, and only the other") {
    const auto ends = join();
    ends.second->channel->send(frame({1, 2, 3}));
    loop.run_until([&] { return ends.first->received.size() == 3; });
    SUBCASE("close") {
        ends.second->channel->close();
    }
    SUBCASE("destroy") {
        ends.second->channel.reset();
    }
    loop.run_until([&] { return ends.first->reason.has_value(); });
    CHECK(*ends.first->reason == "closed by the peer");
    loop.run_for(10ms);
    CHECK(!ends.second->reason.has_value());
    ends.first->channel->send(frame({4}));  // nobody listens any more: nothing happens
    loop.run_for(10ms);
}

TEST_CASE_FIXTURE(Loopback, "a channel may be destroyed by what it says") {
    auto ends = join();
    std::unique_ptr<Channel> raw;
    transport->connect("127.0.0.1", transport->port(), 5,
                       [&](std::unique_ptr<Channel> channel, const std::string&) { raw = std::move(channel); });
    loop.run_until([&] { return raw != nullptr && incoming != nullptr; });
    raw->start({.on_bytes = [&raw](dash::ByteSpan) { raw.reset(); }, .on_closed = [](const std::string&) {}});
    End other(std::move(incoming));
    other.channel->send(frame({1}));
    loop.run_until([&] { return other.reason.has_value(); });
    CHECK(raw == nullptr);
}

TEST_CASE_FIXTURE(Loopback, "an exception of a callback ends that connection") {
    std::unique_ptr<Channel> raw;
    bool told = false;
    transport->connect("127.0.0.1", transport->port(), 5,
                       [&](std::unique_ptr<Channel> channel, const std::string&) { raw = std::move(channel); });
    loop.run_until([&] { return raw != nullptr && incoming != nullptr; });
    raw->start({.on_bytes = [](dash::ByteSpan) { throw std::runtime_error("an error on purpose"); },
                .on_closed = [&told](const std::string&) { told = true; }});
    End other(std::move(incoming));
    other.channel->send(frame({1}));
    loop.run_until([&] { return other.reason.has_value() && told; });
}

TEST_CASE("who does not read is dropped when too much waits for him") {
    constexpr std::size_t kLimit = 100'000;
    Loopback loopback(kLimit);
    const auto ends = loopback.join();
    ends.second->channel->set_reading(false);
    // The system takes some, too: until it is full, nothing waits.
    const auto chunk = frame(Bytes(50'000, 7));
    loopback.loop.run_until([&] {
        if (ends.first->channel->unsent_bytes() <= kLimit) ends.first->channel->send(chunk);
        CHECK(ends.first->channel->unsent_bytes() <= kLimit + chunk->size());
        loopback.loop.run_for(1ms);
        return ends.first->reason.has_value();
    });
    CHECK(*ends.first->reason == "it does not read what it is sent");
    CHECK(ends.first->channel->unsent_bytes() == 0);
}

TEST_CASE_FIXTURE(Loopback, "a channel that does not read leaves the bytes to the system, and takes them later") {
    const auto ends = join();
    ends.second->channel->set_reading(false);
    const std::size_t size = 4U << 20;
    ends.first->channel->send(frame(Bytes(size, 7)));
    loop.run_for(50ms);
    CHECK(ends.second->received.size() <= 65'536);
    CHECK(ends.first->channel->unsent_bytes() > 0);
    ends.second->channel->set_reading(true);
    loop.run_until([&] { return ends.second->received.size() == size; });
    CHECK(ends.first->channel->unsent_bytes() == 0);
}

TEST_CASE_FIXTURE(Loopback, "a connection that cannot be made says why") {
    std::string reason;
    const auto failed = [&reason](std::unique_ptr<Channel> channel, const std::string& why) {
        CHECK(channel == nullptr);
        reason = why;
    };
    SUBCASE("nobody listens") {
        tcp::acceptor other(loop.executor(), {tcp::v4(), 0});
        const std::uint16_t port = other.local_endpoint().port();
        other.close();
        transport->connect("127.0.0.1", port, 5, failed);
        loop.run_until([&] { return !reason.empty(); });
        CHECK(reason == "Connection refused");
    }
    SUBCASE("the other side does not answer") {
        // A listener with a full queue drops what comes next.
        tcp::acceptor full(loop.executor(), {boost::asio::ip::make_address("127.0.0.1"), 0}, false);
        full.listen(0);
        const std::uint16_t port = full.local_endpoint().port();
        std::vector<tcp::socket> fill;
        for (int i = 0; i < 4; ++i) {
            fill.emplace_back(loop.executor());
            fill.back().async_connect(full.local_endpoint(), [](boost::system::error_code) {});
        }
        loop.run_for(20ms);
        const auto begin = std::chrono::steady_clock::now();
        transport->connect("127.0.0.1", port, 0.2, failed);
        loop.run_until([&] { return !reason.empty(); });
        CHECK(std::chrono::steady_clock::now() - begin >= 190ms);
        CHECK(reason == "Connection timed out");
    }
}

TEST_CASE_FIXTURE(Loopback, "without the transport, channels go on and connections under way are dropped") {
    const auto ends = join();
    bool called = false;
    transport->connect("127.0.0.1", transport->port(), 5,
                       [&](const std::unique_ptr<Channel>&, const std::string&) { called = true; });
    transport.reset();
    ends.first->channel->send(frame({1, 2}));
    loop.run_until([&] { return ends.second->received.size() == 2; });
    loop.run_for(20ms);
    CHECK(!called);
}

TEST_CASE_FIXTURE(Loopback, "a port that is taken is an error that says what to do") {
    TcpTransport second(loop.executor());
    CHECK(second.port() == 0);
    CHECK_THROWS_WITH_AS(second.listen(transport->port()), doctest::Contains("--p2pool-port"), dash::ConfigError);
}

TEST_CASE_FIXTURE(Loopback, "a port that was taken is listened on when it is free, as if nothing had been") {
    TcpTransport second(loop.executor());
    std::unique_ptr<Channel> came;
    const std::uint16_t port = transport->port();
    CHECK_THROWS_AS(second.listen(port), dash::ConfigError);
    CHECK(second.port() == 0);
    second.on_incoming([&came](std::unique_ptr<Channel> channel) { came = std::move(channel); });
    loop.run_for(10ms);
    transport.reset();
    loop.run_for(10ms);
    second.listen(port);
    CHECK(second.port() == port);
    tcp::socket socket(loop.executor());
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    loop.run_until([&] { return came != nullptr; });
}

TEST_CASE_FIXTURE(Loopback, "who connects and is not wanted is closed") {
    transport->on_incoming([](const std::unique_ptr<Channel>&) {});
    tcp::socket socket(loop.executor());
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), transport->port()});
    socket.non_blocking(true);
    loop.run_until([&] {
        std::array<char, 1> byte{};
        boost::system::error_code error;
        socket.read_some(boost::asio::buffer(byte), error);
        return error == boost::asio::error::eof || error == boost::asio::error::connection_reset;
    });
}

}  // namespace
