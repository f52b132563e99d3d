#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/certificate.h"
#include "tests/support/vectors.h"

// The node as a process: how it starts, stops, and is asked for.

using namespace end_to_end;
namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The node's command line on this daemon, without the ports.
std::vector<std::string> command(const Daemon& daemon, const fs::path& data, const std::vector<std::string>& flags) {
    std::vector<std::string> words = {(tests::program_dir() / "p2pool-dash").string(),
                                      "--net",
                                      "dash_regtest",
                                      "--datadir",
                                      data.string(),
                                      "--dashd-rpc-port",
                                      std::to_string(daemon.rpc().port()),
                                      "--dashd-p2p-port",
                                      std::to_string(daemon.p2p_port()),
                                      "--disable-upnp",
                                      "-a",
                                      kOperatorAddress};
    words.insert(words.end(), flags.begin(), flags.end());
    words.push_back(daemon.rpc().user());
    words.push_back(daemon.rpc().password());
    return words;
}

/// Runs a command line to its end; exit code and output.
struct Ended {
    int exit_code = 0;
    std::string output;
};

Ended run(const std::vector<std::string>& words, const fs::path& output, milliseconds patience = seconds(60)) {
    fs::remove(output);
    tests::ChildProcess process(words, output);
    const int exit_code = process.wait(patience);
    return {exit_code, process.output()};
}

/// Plays the service manager.
class Manager {
  public:
    explicit Manager(const fs::path& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        REQUIRE(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "300000", 1);
    }
    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
        ::close(socket_);
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    /// Reads until a message holds the text; how many came before it.
    int messages_before(const std::string& text) const {
        const timeval patience{.tv_sec = 30, .tv_usec = 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        for (int count = 0;; ++count) {
            std::array<char, 512> message{};
            const ssize_t size = ::recv(socket_, message.data(), message.size(), 0);
            if (size < 0) FAIL("the service manager never heard " << text);
            if (contains({message.data(), static_cast<std::size_t>(size)}, text)) return count;
        }
    }

  private:
    int socket_;
};

}  // namespace

TEST_CASE("a stop writes everything, quickly, whatever the node is about") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    const fs::path data = folder.path() / "data" / "dash_regtest";
    {
        NodeProcess node(*daemon, folder.path());
        node.wait_until_ready();
        CHECK(fs::exists(data / "ready_flag"));
        Miner miner(node.worker_port(), miner_address(1) + "+0");
        REQUIRE(miner.mine_one());
        node.process().wait_for_output("GOT SHARE!", seconds(20));
        const auto start = std::chrono::steady_clock::now();
        CHECK(node.process().stop() == 0);
        CHECK(std::chrono::steady_clock::now() - start < seconds(5));
        CHECK(contains(tests::read_text(data / "log"), "Stopped."));
        CHECK_FALSE(fs::exists(data / "ready_flag"));
    }
    NodeProcess again(*daemon, folder.path());
    again.process().wait_for_output("P2Pool: 1 shares in chain", seconds(30));
    again.process().send_signal(SIGINT);
    CHECK(again.process().wait(seconds(5)) == 0);
}

TEST_CASE("a node that waits for dashd can be stopped too") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    daemon->stop();
    NodeProcess node(*daemon, folder.path());
    node.process().wait_for_output("Testing dashd RPC connection", seconds(30));
    CHECK(node.process().stop(seconds(5)) == 0);
}

TEST_CASE("exit codes tell what went wrong") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    const fs::path output = folder.path() / "output";

    const Ended usage = run(command(*daemon, folder.path() / "data", {"--outgoing-conns", "11"}), output);
    CHECK(usage.exit_code == 2);
    CHECK(contains(usage.output, "usage: p2pool-dash"));
    CHECK(contains(usage.output, "p2pool-dash: error: --outgoing-conns can't be more than 10"));

    const Ended second = run(command(*daemon, folder.path() / "data", {}), output);
    CHECK(second.exit_code == 1);
    CHECK(contains(second.output, "is in use by process " + std::to_string(node.process().pid())));

    const std::string port = "127.0.0.1:" + std::to_string(node.worker_port());
    const Ended taken = run(command(*daemon, folder.path() / "other", {"--p2pool-port", "1", "-w", port}), output);
    CHECK(taken.exit_code == 1);
    CHECK(contains(taken.output, "--worker-port"));

    const Ended version = run({(tests::program_dir() / "p2pool-dash").string(), "--version"}, output);
    CHECK(version.exit_code == 0);
}

TEST_CASE("passwords are in no log and no list of processes, and files are not for everybody") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path(),
                     {"--web-password", "guest:hush-hush", "--merged=http://me:whisper@127.0.0.1:9/", "--dashd",
                      "me:murmur@127.0.0.1:9", "--debug"});
    node.wait_until_ready();
    const std::string arguments = tests::read_text("/proc/" + std::to_string(node.process().pid()) + "/cmdline");
    CHECK(contains(arguments, "--web-password"));
    const fs::path data = folder.path() / "data" / "dash_regtest";
    CHECK(node.process().stop() == 0);
    for (const std::string& password :
         {daemon->rpc().password(), std::string("hush-hush"), std::string("whisper"), std::string("murmur")}) {
        CHECK_FALSE(contains(arguments, password));
        CHECK_FALSE(contains(tests::read_text(data / "log"), password));
        CHECK_FALSE(contains(tests::read_text(data / "security_config.json"), password));
    }
    for (const auto& file : fs::recursive_directory_iterator(data)) {
        CAPTURE(file.path().string());
        CHECK((file.status().permissions() & fs::perms::others_all) == fs::perms::none);
    }
}

TEST_CASE("limits change while the node runs, when their file does") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    const Miner first(node.worker_port(), miner_address(1));
    const auto another_is_refused = [&node] {
        try {
            const Miner second(node.worker_port(), miner_address(1));
            return false;
        } catch (const std::exception&) {
            return true;
        }
    };
    CHECK_FALSE(another_is_refused());
    const fs::path file = folder.path() / "data" / "dash_regtest" / "security_config.json";
    std::ofstream(file) << R"({"max_connections_per_ip": 1, "ip_whitelist": []})";
    CHECK(tests::wait_until(another_is_refused, seconds(30)));
    std::ofstream(file) << R"({"max_connections_per_ip": 1, "ip_whitelist": ["127.0.0.1"]})";
    CHECK(tests::wait_until([&] { return !another_is_refused(); }, seconds(30)));
    CHECK(node.process().stop() == 0);
}

TEST_CASE("SIGUSR1 opens the log anew") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    const fs::path log = folder.path() / "data" / "dash_regtest" / "log";
    fs::rename(log, log.string() + ".old");
    node.process().send_signal(SIGUSR1);
    CHECK(tests::wait_until([&] { return fs::exists(log) && contains(tests::read_text(log), "...and reopened '"); },
                            seconds(20)));
    CHECK(contains(tests::read_text(log.string() + ".old"), "Caught SIGUSR1, closing '"));
    CHECK(node.process().stop() == 0);
}

TEST_CASE("the service manager hears of start, life and stop") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    const Manager manager(folder.path() / "notify");
    NodeProcess node(*daemon, folder.path());
    manager.messages_before("READY=1");
    manager.messages_before("STATUS=Serving miners on port " + std::to_string(node.worker_port()));
    for (int i = 0; i < 5; ++i)
        manager.messages_before("WATCHDOG=1");
    node.process().send_signal(SIGTERM);
    manager.messages_before("STOPPING=1");
    CHECK(node.process().wait(seconds(5)) == 0);
}

TEST_CASE("what is wrong with ports and certificate is told to who starts the node, before dashd is there") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    daemon->stop();
    const fs::path data = folder.path() / "data";
    const fs::path output = folder.path() / "output";
    const std::vector<std::uint16_t> ports = tests::free_ports(3);
    std::vector<std::string> flags = {"-w", "127.0.0.1:" + std::to_string(ports[0]), "--p2pool-port",
                                      std::to_string(ports[1])};
    const std::vector<std::string> tls = {"--worker-tls-port", "127.0.0.1:" + std::to_string(ports[2]),
                                          "--worker-tls-cert", (folder.path() / "cert.pem").string(),
                                          "--worker-tls-key",  (folder.path() / "key.pem").string()};
    std::string reason;
    {
        boost::asio::io_context io;
        boost::asio::ip::tcp::acceptor other(io);
        const auto take = [&](std::uint16_t port) {
            other = {io, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)};
        };
        SUBCASE("the worker port is taken") {
            take(ports[0]);
            reason = "another with --worker-port";
        }
        SUBCASE("the TLS port is taken") {
            tests::write_certificate(folder.path(), "node");
            flags.insert(flags.end(), tls.begin(), tls.end());
            take(ports[2]);
            reason = "another with --worker-tls-port";
        }
        SUBCASE("the certificate is none") {
            std::ofstream(folder.path() / "cert.pem") << "broken";
            std::ofstream(folder.path() / "key.pem") << "broken";
            flags.insert(flags.end(), tls.begin(), tls.end());
            reason = "cert.pem";
        }
        flags.push_back("--daemon");
        const Ended ended = run(command(*daemon, data, flags), output);
        CHECK(ended.exit_code == 1);
        CHECK(contains(ended.output, reason));
    }
    flags.back() = "--status";
    CHECK(run(command(*daemon, data, flags), output).exit_code == 3);
}

TEST_CASE("what dashd says against the start is told to who starts the node in the background") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    const fs::path output = folder.path() / "output";
    const std::vector<std::uint16_t> ports = tests::free_ports(2);
    std::vector<std::string> words =
        command(*daemon, folder.path() / "data",
                {"-w", "127.0.0.1:" + std::to_string(ports[0]), "--p2pool-port", std::to_string(ports[1]), "--daemon"});
    words.back() = "wrong";
    const Ended ended = run(words, output);
    CHECK(contains(ended.output, "dashd refused the RPC user name or password"));
    CHECK(ended.exit_code == 0);  // dashd may be told the right password yet
    *std::find(words.begin(), words.end(), "--daemon") = "--stop";
    CHECK(run(words, output).exit_code == 0);
}

TEST_CASE("in the background: start, status, restart, stop") {
    const tests::TemporaryFolder folder("lifecycle");
    const auto daemon = make_simnet(folder.path());
    const fs::path data = folder.path() / "data";
    const fs::path output = folder.path() / "output";
    const std::vector<std::uint16_t> ports = tests::free_ports(2);
    const auto ask = [&](const std::string& what) {
        return run(
            command(*daemon, data,
                    {what, "-w", "127.0.0.1:" + std::to_string(ports[0]), "--p2pool-port", std::to_string(ports[1])}),
            output);
    };
    const auto pid = [](const Ended& ended) {
        const std::size_t place = ended.output.find("process ");
        return place == std::string::npos ? 0 : std::stoi(ended.output.substr(place + 8));
    };

    CHECK(ask("--status").exit_code == 3);
    CHECK(ask("--stop").exit_code == 0);
    const Ended started = ask("--daemon");
    REQUIRE(started.exit_code == 0);
    CHECK(pid(started) > 0);
    CHECK(tests::wait_until([&] { return contains(ask("--status").output, "serves miners"); }, seconds(30)));
    CHECK(pid(ask("--status")) == pid(started));
    CHECK(ask("--daemon").exit_code == 1);  // in use

    const Ended restarted = ask("--restart");
    CHECK(restarted.exit_code == 0);
    CHECK(contains(restarted.output, "has been stopped"));
    const int second = pid(ask("--status"));
    CHECK(second > 0);
    CHECK(second != pid(started));
    CHECK(ask("--stop").exit_code == 0);
    CHECK(ask("--status").exit_code == 3);
    CHECK(contains(tests::read_text(data / "dash_regtest" / "log"), "Stopped."));
}
