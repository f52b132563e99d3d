#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "dash/rpc/client.h"
#include "tests/unit/rpc/event_loop.h"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using dash::rpc::Client;
using dash::rpc::RpcError;
using nlohmann::json;

/// A key and a certificate that nobody signed, as the TLS proxies before a dashd have them.
void make_self_signed(asio::ssl::context& context) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("stranger"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);
    REQUIRE(SSL_CTX_use_certificate(context.native_handle(), certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context.native_handle(), key.get()) == 1);
}

asio::awaitable<void> serve_one(tcp::acceptor& acceptor, asio::ssl::context& context) {
    asio::ssl::stream<tcp::socket> stream(co_await acceptor.async_accept(asio::use_awaitable), context);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> request;
    co_await http::async_read(stream, buffer, request, asio::use_awaitable);
    http::response<http::string_body> response(http::status::ok, 11);
    response.body() = json{{"result", 42}, {"error", nullptr}, {"id", json::parse(request.body())["id"]}}.dump();
    response.prepare_payload();
    co_await http::async_write(stream, response, asio::use_awaitable);
}

struct TlsServer {
    TlsServer() : acceptor(loop.io(), tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
        make_self_signed(context);
        asio::co_spawn(loop.io(), serve_one(acceptor, context), asio::detached);
        settings.port = acceptor.local_endpoint().port();
        settings.password = "p";
        settings.tls = true;
        settings.timeout = std::chrono::seconds(20);
    }

    tests::EventLoop loop;
    asio::ssl::context context{asio::ssl::context::tls_server};
    tcp::acceptor acceptor;
    dash::rpc::ClientSettings settings;
};

}  // namespace

TEST_CASE("TLS with a proxy on this machine needs no known certificate") {
    TlsServer server;
    Client client(server.settings);
    CHECK(server.loop.run(client.call("getblockcount", json::array())) == 42);
}

TEST_CASE("TLS with another machine does") {
    TlsServer server;
    // Leads to this machine, but is not one of the names that say so.
    server.settings.host = "0.0.0.0";
    Client client(server.settings);
    try {
        server.loop.run(client.call("getblockcount", json::array()));
        FAIL("took a certificate that nobody vouches for");
    } catch (const RpcError& error) {
        CHECK(error.kind() == RpcError::Kind::kUnreachable);
        CHECK(std::string_view(error.what()).find("TLS") != std::string_view::npos);
    }
}
