#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <thread>

#include "dash/util/clock.h"
#include "dash/util/log.h"
#include "p2pool/peer_io/asio_timers.h"
#include "p2pool/peer_io/hash_pool.h"
#include "p2pool/peer_io/tcp_transport.h"
#include "tests/peer_network/light_node.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/process.h"
#include "tests/support/random.h"
#include "tests/support/vectors.h"

// A node under attack by the program hostile-peers, over loopback, and an honest peer who should not notice. How long:
// $P2POOL_HOSTILE_SECONDS.

namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using tests::LightNode;

constexpr std::uint32_t kChainLength = 200;
/// Work is free on this network: orphans fill all the memory that they may.
constexpr std::size_t kMostUnverifiedBytes = 32U << 20;
constexpr std::size_t kMostGrowthBytes = 400U << 20;
/// The attackers and the honest peer share the machine's cores with the node.
constexpr std::chrono::seconds kMostSharePatience{5};
constexpr double kMostPingSeconds = 5;

double attack_seconds() {
    const char* text = std::getenv("P2POOL_HOSTILE_SECONDS");
    return text == nullptr ? 10 : std::atof(text);
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * 4096;
}

/// A node on a thread of its own, as in the program.
class RunningNode {
  public:
    RunningNode(const share_chain::Network& network, std::uint64_t seed, std::uint16_t peer_port,
                const std::vector<share_chain::SharePtr>& store)
        : loader_(io_.get_executor(), network, 1) {
        transport_.listen(0);
        p2pool::peers::Settings settings;
        settings.network = &network;
        settings.sub_version = "test";
        settings.random_seed = seed;
        settings.listen_port = transport_.port();
        settings.ping_interval_seconds = 0.5;
        if (peer_port != 0) settings.permanent = {{.host = "127.0.0.1", .port = peer_port}};
        node_ = std::make_unique<LightNode>(std::move(settings),
                                            LightNode::Carriers{transport_, timers_, loader_, dash::system_clock()},
                                            static_cast<std::uint8_t>(seed), kMostUnverifiedBytes);
        node_->load_store(store);
        node_->start();
        thread_ = std::thread([this] { io_.run(); });
    }
    ~RunningNode() {
        io_.stop();
        thread_.join();
    }
    RunningNode(const RunningNode&) = delete;
    RunningNode& operator=(const RunningNode&) = delete;

    [[nodiscard]] std::uint16_t port() const { return transport_.port(); }
    /// What `action` finds, on the node's thread.
    template <typename Action>
    auto ask(Action action) {
        std::packaged_task<decltype(action(*node_))()> task([&] { return action(*node_); });
        auto answer = task.get_future();
        boost::asio::post(io_, [&task] { task(); });
        return answer.get();
    }

  private:
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    p2pool::peer_io::AsioTimers timers_{io_.get_executor()};
    p2pool::peer_io::TcpTransport transport_{io_.get_executor()};
    p2pool::peer_io::HashPool loader_;
    std::unique_ptr<LightNode> node_;
    std::thread thread_;
};

/// How long a share that `finder` finds takes to the other; more than kMostSharePatience when it does not come.
double spread_seconds(RunningNode& finder, RunningNode& other) {
    const auto begin = Steady::now();
    const dash::Uint256 hash = finder.ask([](LightNode& node) { return node.find_share()->hash; });
    static_cast<void>(tests::wait_until(
        [&] { return other.ask([&hash](LightNode& node) { return node.tracker().is_verified(hash); }); },
        kMostSharePatience + 1s));
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

TEST_CASE("fifty peers who send whatever comes to their minds harm nobody but themselves") {
    tests::Random random;
    INFO(random.how_to_repeat());
    dash::log::Settings quiet;
    quiet.console = false;
    dash::log::configure(quiet);

    const share_chain::Network network = tests::easy_network(kChainLength);
    std::mt19937_64 engine(random.u64());
    const auto now = static_cast<std::uint32_t>(dash::system_clock().unix_seconds());
    const auto store = tests::mine_chain(network, 2 * kChainLength, now, engine);
    RunningNode victim(network, random.u64(), 0, store);
    RunningNode honest(network, random.u64(), victim.port(), store);
    REQUIRE(tests::wait_until(
        [&] { return honest.ask([](LightNode& node) { return node.peers().peer_count(); }) == 1; }, 10s));
    CHECK(spread_seconds(honest, victim) < 5);
    const std::size_t before = resident_bytes();

    const tests::TemporaryFolder folder("hostile_peers");
    const double seconds = attack_seconds();
    tests::ChildProcess attackers(
        {(tests::program_dir() / "hostile-peers").string(), "--port", std::to_string(victim.port()), "--seconds",
         std::to_string(seconds), "--seed", std::to_string(random.u64())},
        folder.path() / "report");
    std::size_t most = before;
    double slowest_share = 0;
    double slowest_ping = 0;
    std::size_t shares = 0;
    while (attackers.running()) {
        RunningNode& finder = shares % 2 == 0 ? honest : victim;
        slowest_share = std::max(slowest_share, spread_seconds(finder, &finder == &honest ? victim : honest));
        ++shares;
        const auto status = honest.ask([](LightNode& node) { return node.peers().status(); });
        REQUIRE(status.peers.size() == 1);
        slowest_ping = std::max(slowest_ping, status.peers.front().ping_seconds.value_or(0));
        most = std::max(most, resident_bytes());
        std::this_thread::sleep_for(200ms);
    }
    const std::string report = attackers.output();
    const auto known = victim.ask([](LightNode& node) { return node.tracker().size(); });
    MESSAGE(report, "For ", seconds, " s. Memory of both nodes grew by ", (most - before) >> 20, " MiB, at most; ",
            shares, " honest shares meanwhile, the slowest took ", slowest_share, " s; slowest ping ", slowest_ping,
            " s; the node knows ", known, " shares.");
    CHECK(attackers.wait(10s) == 0);
    CHECK(report.find("messages") != std::string::npos);
    CHECK(report.find("orphans") != std::string::npos);  // so it heard of shares
    CHECK(most - before < kMostGrowthBytes);
    CHECK(slowest_share < std::chrono::duration<double>(kMostSharePatience).count());
    CHECK(slowest_ping < kMostPingSeconds);
    CHECK(shares > static_cast<std::size_t>(seconds / 2));
}

}  // namespace
