#include "p2pool/stratum/proxy_protocol.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/unit/stratum/port_fixture.h"

namespace {

namespace proxy = p2pool::stratum::proxy_protocol;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kProxy = 0x21;
constexpr std::uint8_t kLocal = 0x20;
constexpr std::uint8_t kTcp4 = 0x11;
constexpr std::uint8_t kTcp6 = 0x21;

Bytes header(std::uint8_t command, std::uint8_t family, const Bytes& body) {
    Bytes bytes = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n', command, family};
    bytes.push_back(static_cast<std::uint8_t>(body.size() >> 8));
    bytes.push_back(static_cast<std::uint8_t>(body.size()));
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

/// From 203.0.113.7 port 4096 to 192.0.2.1 port 7903.
const Bytes kFromV4 = {203, 0, 113, 7, 192, 0, 2, 1, 16, 0, 30, 223};

std::string client_of(const Bytes& bytes) {
    const std::span<const std::uint8_t, proxy::kHeadBytes> head(bytes.data(), proxy::kHeadBytes);
    const auto size = proxy::body_bytes(head);
    if (!size) return "no head";
    const auto told = proxy::read(head, std::span(bytes).subspan(proxy::kHeadBytes, *size));
    if (std::holds_alternative<proxy::Local>(told)) return "local";
    const auto* address = std::get_if<boost::asio::ip::address>(&told);
    return address == nullptr ? "malformed" : address->to_string();
}

std::string text(const Bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("the client that a balancer names") {
    CHECK(client_of(header(kProxy, kTcp4, kFromV4)) == "203.0.113.7");
    Bytes v6(36);
    v6[0] = 0x20;
    v6[1] = 0x01;
    v6[15] = 9;
    CHECK(client_of(header(kProxy, kTcp6, v6)) == "2001::9");
    Bytes with_more = kFromV4;  // TLVs
    with_more.resize(200);
    CHECK(client_of(header(kProxy, kTcp4, with_more)) == "203.0.113.7");
    CHECK(client_of(header(kLocal, 0, {})) == "local");
}

TEST_CASE("what is no header") {
    CHECK(client_of(header(kProxy, kTcp4, Bytes(11))) == "malformed");
    CHECK(client_of(header(kProxy, kTcp6, kFromV4)) == "malformed");
    CHECK(client_of(header(kProxy, 0x31, Bytes(216))) == "malformed");  // a unix socket
    CHECK(client_of(header(0x22, kTcp4, kFromV4)) == "malformed");
    CHECK(client_of(header(0x11, kTcp4, kFromV4)) == "no head");  // version 1
    CHECK(client_of(header(kProxy, kTcp4, Bytes(1025))) == "no head");
    Bytes wrong = header(kProxy, kTcp4, kFromV4);
    wrong[0] = 'P';
    CHECK(client_of(wrong) == "no head");
}

TEST_CASE("miners behind a balancer are known by their own addresses") {
    tests::Port port({}, {"127.0.0.0/8"});
    tests::Client miner(port);
    miner.send(text(header(kProxy, kTcp4, kFromV4)));
    miner.start();
    const auto status = port.server().status();
    REQUIRE(status.connections.size() == 1);
    CHECK(status.connections[0].ip == "203.0.113.7");
    CHECK(status.connections_by_ip.count("203.0.113.7") == 1);

    tests::Client check(port);
    check.send(text(header(kLocal, 0, {})) + "GET / HTTP/1.1\r\n\r\n");
    CHECK(check.read_line()->find("HTTP/1.1") == 0);

    tests::Client impostor(port);
    impostor.send("{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n");
    CHECK(impostor.read_all().empty());
}

TEST_CASE("a header from anybody else is not believed") {
    tests::Port port;
    tests::Client client(port);
    client.send(text(header(kProxy, kTcp4, kFromV4)));
    const auto status = port.server().status();
    CHECK(status.connections_by_ip.count("203.0.113.7") == 0);
}
