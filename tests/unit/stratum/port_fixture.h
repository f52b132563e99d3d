#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "p2pool/stratum/messages.h"
#include "p2pool/stratum/server.h"
#include "share_chain/network.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/stratum/fake_work.h"

namespace tests {

/// A worker port on loopback with a fake work source. Nothing happens on it but while a client waits for something, so
/// that tests run on one thread and step by step; its clock is the test's.
class Port {
  public:
    explicit Port(p2pool::stratum::AdmissionSettings admission = {}, std::vector<std::string> proxies = {})
        : server_(io_, work, clock, settings(std::move(admission), std::move(proxies))) {
        server_.listen();
    }
    ~Port() {
        server_.stop();
        io_.poll();
    }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    /// Runs the node until `done` says so; throws when that takes longer than a test may.
    template <typename Done>
    void run_until(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!done()) {
            if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the node did not do it in 30 s");
            if (io_.poll() == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
        }
    }
    /// Lets the node do what it has to do.
    void settle() {
        for (int i = 0; i < 20; ++i) {
            io_.poll();
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    }
    /// Does what is to be done now, as fast as it can.
    void drain() {
        while (io_.poll() != 0) {
        }
    }
    void pass(double seconds) {
        clock.advance(seconds);
        server_.sweep();
        settle();
    }
    void new_event() {
        work.new_event();
        server_.work_changed(true);
    }

    [[nodiscard]] p2pool::stratum::Server& server() { return server_; }
    [[nodiscard]] boost::asio::io_context& io() { return io_; }
    [[nodiscard]] std::size_t miners() { return server_.status().connections.size(); }
    [[nodiscard]] std::size_t connections() {
        std::size_t sum = 0;
        for (const auto& entry : server_.status().connections_by_ip)
            sum += entry.second;
        return sum;
    }

    ManualClock clock{1700000000};
    FakeWork work{clock};

  private:
    static p2pool::stratum::ServerSettings settings(p2pool::stratum::AdmissionSettings admission,
                                                    std::vector<std::string> proxies) {
        p2pool::stratum::ServerSettings settings;
        settings.host = "127.0.0.1";
        settings.network = share_chain::find_network("dash_regtest");
        settings.admission = std::move(admission);
        settings.proxies = std::move(proxies);
        return settings;
    }

    boost::asio::io_context io_;
    p2pool::stratum::Server server_;
};

/// The other end of a connection.
class Client {
  public:
    explicit Client(Port& port) : port_(port) {
        socket_.connect({boost::asio::ip::make_address("127.0.0.1"), port.server().port()});
        socket_.non_blocking(true);
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            boost::system::error_code error;
            const std::size_t written = socket_.write_some(boost::asio::buffer(bytes), error);
            bytes.remove_prefix(written);
            if (error == boost::asio::error::would_block) {
                port_.settle();
            } else if (error) {
                return;  // the node hung up, as the test will see
            }
        }
    }
    void send_line(const nlohmann::json& message) { send(message.dump() + "\n"); }

    /// The next line; nullopt when the node closes first.
    std::optional<std::string> read_line() {
        port_.run_until([this] { return received_.find('\n') != std::string::npos || !receive(); });
        const std::size_t end = received_.find('\n');
        if (end == std::string::npos) return std::nullopt;
        std::string line = received_.substr(0, end);
        received_.erase(0, end + 1);
        return line;
    }
    nlohmann::json read() {
        const auto line = read_line();
        return line ? nlohmann::json::parse(*line) : nlohmann::json();
    }
    /// The next message with this method (or an answer, for ""), whatever comes before.
    nlohmann::json read(std::string_view method) {
        while (true) {
            nlohmann::json message = read();
            if (message.is_null() || message.value("method", "") == method) return message;
        }
    }
    nlohmann::json call(const std::string& method, nlohmann::json params) {
        send_line({{"id", ++id_}, {"method", method}, {"params", std::move(params)}});
        nlohmann::json answer = read("");
        if (!answer.is_null() && answer["id"] != id_)
            throw std::runtime_error("answer to something else: " + answer.dump());
        return answer;
    }
    /// Subscribes, authorizes and returns the first job's parameters.
    nlohmann::json start(const std::string& user = "rig7") {
        subscription = call("mining.subscribe", {"test/1"})["result"];
        call("mining.authorize", {user, "x"});
        return read("mining.notify")["params"];
    }
    nlohmann::json submit(const std::string& job_id, std::uint32_t nonce, const std::string& user = "rig7") {
        return call("mining.submit", {user, job_id, "00000001",
                                      p2pool::stratum::hex32(static_cast<std::uint32_t>(port_.clock.unix_seconds())),
                                      p2pool::stratum::hex32(nonce)});
    }
    /// So many bytes, or less when the node closes first.
    std::string read_bytes(std::size_t size) {
        port_.run_until([this, size] { return received_.size() >= size || !receive(); });
        std::string bytes = received_.substr(0, size);
        received_.erase(0, size);
        return bytes;
    }
    /// Everything until the node closes.
    std::string read_all() {
        port_.run_until([this] { return !receive(); });
        return std::move(received_);
    }
    /// Everything that is there now.
    std::string read_available() {
        port_.settle();
        receive();
        return std::move(received_);
    }
    /// Whether the node has closed.
    bool is_closed() {
        port_.settle();
        return !receive();
    }
    boost::asio::ip::tcp::socket& socket() { return socket_; }

    nlohmann::json subscription;

  private:
    /// Takes what came; false when the connection is over.
    bool receive() {
        std::array<char, 65536> chunk{};
        while (true) {
            boost::system::error_code error;
            const std::size_t size = socket_.read_some(boost::asio::buffer(chunk), error);
            received_.append(chunk.data(), size);
            if (error == boost::asio::error::would_block) return true;
            if (error) return false;
        }
    }

    Port& port_;
    boost::asio::io_context io_;
    boost::asio::ip::tcp::socket socket_{io_};
    std::string received_;
    int id_ = 0;
};

}  // namespace tests
