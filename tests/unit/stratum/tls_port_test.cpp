#include "p2pool/stratum/tls_port.h"

#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <thread>

#include "dash/util/error.h"
#include "p2pool/stratum/tls_context.h"
#include "tests/support/certificate.h"
#include "tests/support/process.h"
#include "tests/unit/stratum/port_fixture.h"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using p2pool::stratum::TlsPort;
using p2pool::stratum::TlsPortSettings;
using std::chrono::seconds;

/// A plain port with a TLS port before it, joined as the node joins them.
struct TwoPorts {
    TwoPorts() {
        tests::write_certificate(folder.path(), "first");
        tls.emplace(settings(), [this](int socket, std::string address) {
            asio::post(plain.io(),
                       [this, socket, address = std::move(address)] { plain.server().take_in(socket, address); });
        });
        tls->listen();
    }
    [[nodiscard]] TlsPortSettings settings() const {
        return {"127.0.0.1", 0, folder.path() / "cert.pem", folder.path() / "key.pem", {}};
    }

    tests::TemporaryFolder folder{"tls-port"};
    tests::Port plain;
    std::optional<TlsPort> tls;
};

/// A miner that speaks TLS, on a thread of its own.
class TlsClient {
  public:
    explicit TlsClient(std::uint16_t port) : stream_(io_, context_) {
        stream_.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
        stream_.handshake(asio::ssl::stream_base::client);
    }
    std::string subject() {
        const std::unique_ptr<X509, decltype(&X509_free)> certificate(
            SSL_get1_peer_certificate(stream_.native_handle()), X509_free);
        std::array<char, 128> text{};
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, text.data(), text.size());
        return text.data();
    }
    void send(const std::string& text) { asio::write(stream_, asio::buffer(text)); }
    std::string read_line() {
        const std::size_t size = asio::read_until(stream_, asio::dynamic_buffer(received_), '\n');
        std::string line = received_.substr(0, size);
        received_.erase(0, size);
        return line;
    }
    bool is_closed() {
        boost::system::error_code error;
        asio::read(stream_, asio::dynamic_buffer(received_), error);
        return error == asio::error::eof;
    }

  private:
    asio::io_context io_;
    asio::ssl::context context_{asio::ssl::context::tls_client};
    asio::ssl::stream<tcp::socket> stream_;
    std::string received_;
};

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

/// One end of a TLS connection, with OpenSSL alone.
class BareEnd {
  public:
    BareEnd(tcp::socket socket, SSL_CTX* context, int (*shake_hands)(SSL*))
        : socket_(std::move(socket)), ssl_(SSL_new(context), SSL_free) {
        SSL_set_fd(ssl_.get(), socket_.native_handle());
        CHECK(shake_hands(ssl_.get()) == 1);
    }

  private:
    tcp::socket socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

/// Runs the plain port while the client does something that waits for it.
template <typename Action>
auto with(TwoPorts& ports, Action action) {
    auto result = std::async(std::launch::async, action);
    ports.plain.run_until([&] { return result.wait_for(seconds(0)) == std::future_status::ready; });
    return result.get();
}

std::size_t open_files() {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

const std::string kSubscribe = "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n";

}  // namespace

TEST_CASE("TLS and plain miners together") {
    TwoPorts ports;
    tests::Client plain(ports.plain);
    plain.start();
    auto secret = with(ports, [&] { return std::make_unique<TlsClient>(ports.tls->port()); });
    const std::string answer = with(ports, [&] {
        secret->send(kSubscribe);
        return secret->read_line();
    });
    CHECK(answer.find("mining.notify") != std::string::npos);
    CHECK(ports.plain.server().status().connections_by_ip.at("127.0.0.1") == 2);
    with(ports, [&] {
        secret.reset();
        return 0;
    });
    ports.plain.run_until([&] { return ports.plain.connections() == 1; });
    CHECK(plain.call("mining.ping", nlohmann::json::array())["result"] == "pong");
}

TEST_CASE("what the node refuses is told through TLS") {
    TwoPorts ports;
    const bool closed = with(ports, [&] {
        TlsClient client(ports.tls->port());
        client.send(std::string(20'000, '{'));
        CHECK(client.read_line().find("Line longer than 16384 bytes") != std::string::npos);
        return client.is_closed();
    });
    CHECK(closed);
}

TEST_CASE("a client that does not take the last words does not keep its connection") {
    const tests::TemporaryFolder folder("tls-port");
    tests::write_certificate(folder.path(), "first");
    std::promise<int> handed_over;
    TlsPort port(
        {"127.0.0.1", 0, folder.path() / "cert.pem", folder.path() / "key.pem", {}, std::chrono::milliseconds(100)},
        [&](int socket, const std::string&) { handed_over.set_value(socket); });
    port.listen();
    const TlsClient client(port.port());
    const int socket = handed_over.get_future().get();
    const std::string words(65'536, '.');
    const auto is_stuck = [&] { return ::send(socket, words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0; };
    // For some time: the port may be about to take more.
    for (int times = 0; times < 20; times = is_stuck() ? times + 1 : 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::size_t files = open_files();
    ::close(socket);
    // The client's, and the other end of the pair.
    CHECK(tests::wait_until([&] { return open_files() + 3 <= files; }, seconds(10)));
}

TEST_CASE("the port takes less than 100 kilobytes for a connection beside what OpenSSL takes") {
    const tests::TemporaryFolder folder("tls-port");
    tests::write_certificate(folder.path(), "first");
    TlsPort port({"127.0.0.1", 0, folder.path() / "cert.pem", folder.path() / "key.pem", {}},
                 [](int, const std::string&) {});
    port.listen();
    const Context client(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_mode(client.get(), SSL_MODE_RELEASE_BUFFERS);
    const p2pool::stratum::TlsContext server(folder.path() / "cert.pem", folder.path() / "key.pem");
    asio::io_context io;
    std::vector<std::unique_ptr<BareEnd>> ends;
    const auto connect_to_port = [&] {
        tcp::socket socket(io);
        socket.connect({asio::ip::make_address("127.0.0.1"), port.port()});
        ends.push_back(std::make_unique<BareEnd>(std::move(socket), client.get(), SSL_connect));
    };
    const auto connect_without = [&] {
        tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
        tcp::socket socket(io);
        socket.connect(acceptor.local_endpoint());
        auto other = std::async(std::launch::async, [&] {
            return std::make_unique<BareEnd>(acceptor.accept(), server.current()->native_handle(), SSL_accept);
        });
        ends.push_back(std::make_unique<BareEnd>(std::move(socket), client.get(), SSL_connect));
        ends.push_back(other.get());
    };
    const auto memory_of = [](const auto& connect) {
        constexpr std::size_t kTimes = 50;
        connect();  // what all have in common
        const std::size_t before = ::mallinfo2().uordblks;
        for (std::size_t i = 0; i < kTimes; ++i)
            connect();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        return (::mallinfo2().uordblks - before) / kTimes;
    };
    const std::size_t openssl = memory_of(connect_without);
    const std::size_t all = memory_of(connect_to_port);
    CAPTURE(openssl);
    CHECK(all < openssl + 100'000);
}

TEST_CASE("who speaks no TLS gets nothing and holds nothing up") {
    TwoPorts ports;
    asio::io_context io;
    tcp::socket silent(io);
    silent.connect({asio::ip::make_address("127.0.0.1"), ports.tls->port()});
    tcp::socket plain(io);
    plain.connect(silent.remote_endpoint());
    asio::write(plain, asio::buffer(kSubscribe));
    auto secret = with(ports, [&] { return std::make_unique<TlsClient>(ports.tls->port()); });
    CHECK(secret->subject() == "first");
    CHECK(ports.plain.miners() == 0);
}

TEST_CASE("a new certificate is used, a broken one is not") {
    TwoPorts ports;
    const auto subject = [&] { return TlsClient(ports.tls->port()).subject(); };
    CHECK(subject() == "first");
    std::ofstream(ports.folder.path() / "cert.pem") << "broken";
    tests::write_certificate(ports.folder.path(), "second");
    CHECK(tests::wait_until([&] { return subject() == "second"; }, seconds(30)));
}

TEST_CASE("files that cannot be used stop the start, and are named") {
    const tests::TemporaryFolder folder("tls-port");
    const auto error_of = [&] {
        try {
            const TlsPort port({"127.0.0.1", 0, folder.path() / "cert.pem", folder.path() / "key.pem", {}}, nullptr);
        } catch (const dash::ConfigError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    CHECK(error_of().find("cert.pem") != std::string::npos);
    tests::write_certificate(folder.path(), "first");
    CHECK(error_of() == "no error");
    std::filesystem::copy_file(folder.path() / "cert.pem", folder.path() / "old.pem");
    tests::write_certificate(folder.path(), "second");
    std::filesystem::rename(folder.path() / "old.pem", folder.path() / "cert.pem");
    CHECK(error_of().find("not that of the certificate") != std::string::npos);
}
