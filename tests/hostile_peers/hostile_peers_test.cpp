#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <thread>

#include "dash/util/clock.h"
#include "dash/util/environment.h"
#include "dash/util/log.h"
#include "tests/peer_network/running_node.h"
#include "tests/peer_network/share_maker.h"
#include "tests/support/process.h"
#include "tests/support/random.h"
#include "tests/support/sanitizer.h"
#include "tests/support/vectors.h"

// A node under attack by the program hostile-peers, over loopback, and an honest peer who should not notice. How long:
// $P2POOL_HOSTILE_SECONDS.

namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using tests::LightNode;
using tests::RunningNode;

constexpr std::uint32_t kChainLength = 200;
/// Work is free on this network: orphans fill all the memory that they may.
constexpr std::size_t kMostLooseBytes = 32U << 20;
constexpr std::size_t kMostGrowthBytes = (tests::kSanitizer ? 1200U : 400U) << 20;
/// The attackers and the honest peer share the machine's cores with the node.
constexpr std::chrono::seconds kMostSharePatience{5};
constexpr double kMostPingSeconds = 5;
constexpr std::chrono::milliseconds kShareInterval{1200};

double attack_seconds() {
    return std::stod(dash::environment("P2POOL_HOSTILE_SECONDS").value_or("10"));
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * 4096;
}

/// How long a share that `finder` finds takes to the other; more than kMostSharePatience when it does not come.
double spread_seconds(RunningNode& finder, RunningNode& other) {
    const auto begin = Steady::now();
    const dash::Uint256 hash = finder.ask([](LightNode& node) { return node.find_share()->hash; });
    static_cast<void>(tests::wait_until(
        [&] { return other.ask([&hash](LightNode& node) { return node.tracker().is_verified(hash); }); },
        kMostSharePatience + 1s));
    return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// What the log says of the honest peer's connection, whose other lines would fill the screen.
std::string last_lines_about_it(const std::filesystem::path& file) {
    dash::log::flush();
    std::ifstream log(file);
    std::deque<std::string> lines;
    for (std::string line; std::getline(log, line);) {
        if (line.find("127.0.0.1:") != std::string::npos) lines.push_back(line);  // attackers come from elsewhere
        if (lines.size() > 30) lines.pop_front();
    }
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

TEST_CASE("fifty peers who send whatever comes to their minds harm nobody but themselves") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const tests::TemporaryFolder folder("hostile_peers");
    dash::log::Settings log;
    log.console = false;
    log.file = folder.path() / "log";
    dash::log::configure(log);

    share_chain::Network network = tests::easy_network(kChainLength);
    network.share_period_seconds = 1;  // as fast as shares come here: they stay easy
    std::mt19937_64 engine(random.u64());
    const auto now = static_cast<std::uint32_t>(dash::system_clock().unix_seconds());
    const auto store = tests::mine_chain(network, 2 * kChainLength, now, engine);
    tests::RunningNodeSetup setup;
    setup.seed = random.u64();
    setup.most_loose_bytes = kMostLooseBytes;
    RunningNode victim(network, setup, store);
    setup.seed = random.u64();
    setup.peer_ports = {victim.port()};
    setup.ping_interval_seconds = 0.5;
    RunningNode honest(network, setup, store);
    REQUIRE(tests::wait_until(
        [&] { return honest.ask([](LightNode& node) { return node.peers().peer_count(); }) == 1; }, 10s));
    CHECK(spread_seconds(honest, victim) < 5);
    const std::size_t before = resident_bytes();

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
        if (status.peers.size() != 1) FAIL("the honest peer lost its connection:\n", last_lines_about_it(log.file));
        slowest_ping = std::max(slowest_ping, status.peers.front().ping_seconds.value_or(0));
        most = std::max(most, resident_bytes());
        std::this_thread::sleep_for(kShareInterval);
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
    CHECK(shares > static_cast<std::size_t>(seconds / 4));
}

}  // namespace
