#include <doctest/doctest.h>
#include <unistd.h>

#include <cctype>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "dash/primitives/target.h"
#include "dash/util/environment.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/blocking_socket.h"
#include "tests/support/needs.h"
#include "tests/support/own_network.h"
#include "tests/support/source_dir.h"
#include "tests/support/vectors.h"

// Two nodes behind HAProxy, watched by Prometheus, with the very files of docs/scaling: only the network 10.0.0.x
// becomes 127.0.0.x, and Prometheus looks every second.

using namespace end_to_end;
namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::seconds;

namespace {

constexpr std::uint16_t kMinersPort = 7903;
constexpr std::uint16_t kBalancerPort = 8405;
constexpr std::uint16_t kPrometheusPort = 9090;
const std::string kBalancer = "127.0.0.10";
const std::string kNode1 = "127.0.0.11";
const std::string kNode2 = "127.0.0.12";
const std::string kPrometheus = "127.0.0.9";
constexpr seconds kPatience{60};

/// Where the system has the program, also where only root has it in his path; empty when it has none.
std::string path_of(const std::string& program) {
    std::istringstream folders(dash::environment("PATH").value_or("") + ":/usr/sbin:/usr/local/sbin:/usr/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = folder + "/" + program;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return {};
}

const tests::Needs needs_balancer(!path_of("haproxy").empty(), "there is no haproxy; install the package of that name");
const tests::Needs needs_prometheus(!path_of("prometheus").empty() && !path_of("promtool").empty(),
                                    "there is no prometheus or promtool; install the package prometheus");
/// Where the ports that the files name are free.
[[maybe_unused]] const bool has_own_network = tests::enter_own_network();

std::string replaced(const std::string& text, const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    std::string result;
    std::size_t begin = 0;
    for (std::size_t found = 0; (found = text.find(from, begin)) != std::string::npos; begin = found + from.size())
        result += text.substr(begin, found - begin) + to;
    return result + text.substr(begin);
}

fs::path document(const std::string& name) {
    return tests::source_dir() / "docs" / "scaling" / name;
}

struct HttpAnswer {
    int status = 0;
    std::string body;
};

HttpAnswer http_get(const std::string& host, std::uint16_t port, const std::string& path) {
    tests::BlockingSocket socket(port, host);
    socket.send("GET " + path + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
    const std::string answer = socket.read_all(seconds(10));
    HttpAnswer read;
    if (answer.size() > 12) read.status = std::stoi(answer.substr(9, 3));
    const std::size_t end = answer.find("\r\n\r\n");
    if (end != std::string::npos) read.body = answer.substr(end + 4);
    return read;
}

bool answers(const std::string& host, std::uint16_t port) {
    try {
        return http_get(host, port, "/metrics").status == 200;
    } catch (const std::exception&) {
        return false;
    }
}

std::string url_encoded(const std::string& text) {
    std::ostringstream encoded;
    for (const char character : text) {
        if (std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_') {
            encoded << character;
        } else {
            encoded << '%' << std::hex << std::uppercase << (character >> 4 & 15) << (character & 15);
        }
    }
    return encoded.str();
}

/// Two nodes and their dashd, the balancer, Prometheus.
class Site {
  public:
    Site() : folder_("scaling"), daemon_(make_simnet(folder_.path())) {
        start_node1({});
        node2_ = start_node("node2", kNode2, {"-n", "127.0.0.1:" + std::to_string(node1_->p2p_port())});
        start_balancer();
        start_prometheus();
    }

    void start_node1(const std::vector<std::string>& flags) { node1_ = start_node("node1", kNode1, flags); }
    [[nodiscard]] NodeProcess& node1() { return *node1_; }
    [[nodiscard]] NodeProcess& node2() { return *node2_; }

    /// The value of Prometheus' only answer to a query; nullopt when it has none, or several.
    [[nodiscard]] static std::optional<double> value(const std::string& query) {
        const HttpAnswer answer = http_get(kPrometheus, kPrometheusPort, "/api/v1/query?query=" + url_encoded(query));
        if (answer.status != 200) return std::nullopt;
        const json result = json::parse(answer.body)["data"]["result"];
        if (result.size() != 1) return std::nullopt;
        return std::stod(result[0]["value"][1].get<std::string>());
    }
    [[nodiscard]] static bool wait_for(const std::string& query, double wanted) {
        return tests::wait_until([&] { return value(query) == wanted; }, kPatience);
    }

  private:
    std::unique_ptr<NodeProcess> start_node(const std::string& name, const std::string& host,
                                            std::vector<std::string> flags) {
        fs::create_directories(folder_.path() / name);
        for (const char* word : {"--worker-proxy-protocol", kBalancer.c_str(), "-w"})
            flags.emplace_back(word);
        flags.push_back(host + ":" + std::to_string(kMinersPort));
        auto node = std::make_unique<NodeProcess>(*daemon_, folder_.path() / name, flags);
        node->wait_until_ready();
        return node;
    }

    /// The document's file with the test's addresses.
    fs::path configuration(const std::string& name) {
        const fs::path file = folder_.path() / name;
        std::ofstream(file) << replaced(tests::read_text(document(name)), "10.0.0.", "127.0.0.") << "\n";
        return file;
    }

    void start_balancer() {
        balancer_ = std::make_unique<tests::ChildProcess>(
            std::vector<std::string>{path_of("haproxy"), "-db", "-f", configuration("haproxy.cfg")},
            folder_.path() / "haproxy.log");
        REQUIRE_MESSAGE(
            (tests::wait_until([this] { return answers(kBalancer, kBalancerPort) || !balancer_->running(); },
                               kPatience) &&
             balancer_->running()),
            balancer_->output());
    }

    void start_prometheus() {
        const fs::path file = configuration("prometheus.yml");
        const std::string often = replaced(tests::read_text(file), "_interval: 15s", "_interval: 1s");
        std::ofstream(file) << often;
        fs::copy_file(document("p2pool-alerts.yml"), folder_.path() / "p2pool-alerts.yml");
        prometheus_ = std::make_unique<tests::ChildProcess>(
            std::vector<std::string>{path_of("prometheus"), "--config.file=" + file.string(),
                                     "--storage.tsdb.path=" + (folder_.path() / "tsdb").string(),
                                     "--web.listen-address=" + kPrometheus + ":" + std::to_string(kPrometheusPort)},
            folder_.path() / "prometheus.log");
        prometheus_->wait_for_output("Server is ready to receive web requests", kPatience);
    }

    tests::TemporaryFolder folder_;
    std::unique_ptr<Daemon> daemon_;
    std::unique_ptr<NodeProcess> node1_;
    std::unique_ptr<NodeProcess> node2_;
    std::unique_ptr<tests::ChildProcess> balancer_;
    std::unique_ptr<tests::ChildProcess> prometheus_;
};

/// A farm behind the balancer's address: each machine reconnects when it loses its connection, as miners do.
class Farm {
  public:
    explicit Farm(std::uint8_t machines) {
        for (std::uint8_t number = 1; number <= machines; ++number)
            miners_.push_back(connect(number));
    }

    /// Connections that are gone are made anew, until all stand; false when one cannot be in time. `moved` counts them.
    [[nodiscard]] bool reconnect(std::size_t& moved) {
        moved = 0;
        for (std::size_t i = 0; i < miners_.size(); ++i) {
            if (is_alive(*miners_[i])) continue;
            miners_[i] = connect(static_cast<std::uint8_t>(i + 1));
            if (miners_[i] == nullptr) return false;
            ++moved;
        }
        return true;
    }

    /// How many of the machines got a share of the chain accepted.
    [[nodiscard]] std::size_t work() {
        // The chain's shares get harder by a tenth at most, one after the other: not as hard as this in a few dozen.
        static const dash::Uint256 target = dash::to_uint256(dash::to_wide(dash::Uint256::max()) / 1024);
        std::size_t accepted = 0;
        for (const auto& miner : miners_) {
            miner->take_in(std::chrono::milliseconds(50));
            accepted += miner->submit(miner->search(target)).at("result") == true ? 1 : 0;
        }
        return accepted;
    }

  private:
    static bool is_alive(Miner& miner) {
        try {
            (void)miner.call("mining.ping", json::array());
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }

    /// Null when there is no way for a minute.
    static std::unique_ptr<Miner> connect(std::uint8_t number) {
        std::unique_ptr<Miner> miner;
        (void)tests::wait_until(
            [&] {
                try {
                    miner = std::make_unique<Miner>(kMinersPort, miner_address(number) + "+0/0", kBalancer);
                } catch (const std::exception&) {
                }
                return miner != nullptr;
            },
            kPatience);
        return miner;
    }

    std::vector<std::unique_ptr<Miner>> miners_;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("the files are what the programs take, also behind the distribution's own") {
    const std::string haproxy = path_of("haproxy");
    const std::string file = document("haproxy.cfg").string();
    CHECK(std::system((haproxy + " -c -q -f " + file).c_str()) == 0);
    if (fs::exists("/etc/haproxy/haproxy.cfg"))
        CHECK(std::system((haproxy + " -c -q -f /etc/haproxy/haproxy.cfg -f " + file).c_str()) == 0);
    CHECK(std::system((path_of("promtool") + " check config " + document("prometheus.yml").string() + " > /dev/null")
                          .c_str()) == 0);
}

TEST_CASE("miners move when a node stops or hangs, their shares count on, and Prometheus sees it") {
    constexpr std::uint8_t kMachines = 6;
    const std::string connections = "p2pool_stratum_connections";
    Site site;
    REQUIRE(Site::wait_for("sum(up{job=\"p2pool\"})", 2));
    REQUIRE(Site::wait_for("sum(haproxy_server_status{proxy=\"nodes\",state=\"UP\"})", 2));
    REQUIRE(Site::wait_for("sum(p2pool_ready)", 2));

    Farm farm(kMachines);
    CHECK(farm.work() == kMachines);
    CHECK(Site::wait_for(connections + "{node=\"node1\"}", kMachines / 2));
    CHECK(Site::wait_for(connections + "{node=\"node2\"}", kMachines / 2));
    const json seen = json::parse(http_get(kNode1, kMinersPort, "/stratum_stats").body)["pool"]["ip_connections"];
    CHECK_MESSAGE((seen.contains("127.0.0.1") && !seen.contains(kBalancer)), seen.dump());

    std::size_t moved = 0;
    auto start = std::chrono::steady_clock::now();
    CHECK(site.node1().process().stop() == 0);
    REQUIRE(farm.reconnect(moved));
    MESSAGE("a node stopped: ", moved, " machines have work from the other after ", seconds_since(start), " s");
    CHECK(moved == kMachines / 2);
    CHECK(farm.work() == kMachines);
    CHECK(Site::wait_for(connections + "{node=\"node2\"}", kMachines));
    CHECK(Site::wait_for("up{node=\"node1\"}", 0));
    CHECK(Site::value("up{node=\"node2\"}") == 1);
    CHECK(Site::wait_for("ALERTS{alertname=\"P2poolNodeDown\",node=\"node1\"}", 1));
    const auto all_are_paid = [] {
        const json payouts = json::parse(http_get(kNode2, kMinersPort, "/current_payouts").body);
        for (std::uint8_t number = 1; number <= kMachines; ++number) {
            if (!payouts.contains(miner_address(number))) return false;
        }
        return true;
    };
    CHECK(tests::wait_until(all_are_paid, kPatience));

    site.start_node1({"-n", "127.0.0.1:" + std::to_string(site.node2().p2p_port())});
    CHECK(Site::wait_for("up{node=\"node1\"}", 1));
    REQUIRE(Site::wait_for("haproxy_server_status{proxy=\"nodes\",server=\"node1\",state=\"UP\"}", 1));
    CHECK(farm.work() == kMachines);

    start = std::chrono::steady_clock::now();
    site.node2().process().send_signal(SIGSTOP);
    REQUIRE(Site::wait_for("haproxy_server_status{proxy=\"nodes\",server=\"node2\",state=\"DOWN\"}", 1));
    REQUIRE(farm.reconnect(moved));
    MESSAGE("a node hung: ", moved, " machines have work from the other after ", seconds_since(start), " s");
    CHECK(moved == kMachines);
    CHECK(farm.work() == kMachines);
    CHECK(Site::wait_for("up{node=\"node2\"}", 0));
    site.node2().process().send_signal(SIGCONT);
    CHECK(Site::wait_for("up{node=\"node2\"}", 1));
}
