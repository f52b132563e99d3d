// What the node costs miners: how long until every connection has heard of a new block, and until a submit is answered.
// The simulated daemon, the node and the load generator share this machine's processors.

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/bench/support/load.h"
#include "tests/end_to_end/world.h"

namespace {

namespace po = boost::program_options;
using std::chrono::seconds;

struct Options {
    int connections = 1000;
    int users = 50;
    int rate = 2000;
    int run_seconds = 20;
    bool no_x11 = false;
    bool help = false;
};

/// Goals of the project, printed beside the figures.
constexpr double kNotifyGoalMilliseconds = 50;
constexpr double kSubmitGoalMilliseconds = 5;

po::options_description describe(Options& options) {
    po::options_description description("Measures the node; prints figures and the machine they are from.\n\nOptions");
    auto add = description.add_options();
    add("help,h", po::bool_switch(&options.help), "show this and exit");
    add("connections,c", po::value(&options.connections)->default_value(options.connections), "miners");
    add("users,u", po::value(&options.users)->default_value(options.users), "payout addresses they share");
    add("rate,r", po::value(&options.rate)->default_value(options.rate), "submits a second of all miners");
    add("seconds,s", po::value(&options.run_seconds)->default_value(options.run_seconds), "length of each measurement");
    add("no-x11", po::bool_switch(&options.no_x11), "leave out the hash functions");
    return description;
}

void measure_new_block(const Options& options, const end_to_end::Daemon& daemon, const std::string& server,
                       const std::filesystem::path& folder) {
    const std::string login =
        daemon.rpc().user() + ":" + daemon.rpc().password() + "@127.0.0.1:" + std::to_string(daemon.rpc().port());
    const nlohmann::json result =
        bench::run_load(folder,
                        {"--mode", "listen", "-c", std::to_string(options.connections), "--users",
                         std::to_string(options.users), "--daemon", login, "--new-block-every", "1", server},
                        options.run_seconds);
    std::cout << "New block at the daemon -> job at the miner, " << options.connections << " connections, "
              << options.users << " payout addresses\n";
    std::vector<double> last;
    std::vector<double> median;
    for (const auto& block : result.at("new_blocks")) {
        if (block.at("connections").get<int>() < options.connections) continue;
        last.push_back(block.at("latency").at("max_ms").get<double>());
        median.push_back(block.at("latency").at("p50_ms").get<double>());
    }
    if (last.empty()) throw std::runtime_error("no block reached every connection");
    std::sort(last.begin(), last.end());
    std::sort(median.begin(), median.end());
    std::cout << "  blocks measured: " << last.size() << "\n";
    std::printf("  %-44s %8.2f ms\n", "half of the connections, median block", median[median.size() / 2]);
    bench::print_against_goal("last connection, median block", last[last.size() / 2], kNotifyGoalMilliseconds);
    bench::print_against_goal("last connection, worst block", last.back(), kNotifyGoalMilliseconds);
}

void measure_submits(const Options& options, const std::string& server, const std::filesystem::path& folder) {
    const nlohmann::json result = bench::run_load(
        folder,
        {"--mode", "submit", "-c", std::to_string(options.connections), "--users", std::to_string(options.users),
         "--rate", std::to_string(options.rate), "--difficulty", bench::kEasySubmit, server},
        options.run_seconds);
    const nlohmann::json& answers = result.at("answers");
    std::printf("  %-44s %8.0f /s\n", "submits answered",
                answers.at("count").get<double>() / static_cast<double>(options.run_seconds));
    std::cout << "  accepted " << result.at("accepted") << ", rejected by code " << result.at("rejected").dump()
              << ", jobs received " << result.at("notifies") << "\n";
    std::printf("  %-44s %8.2f ms\n", "median", answers.at("p50_ms").get<double>());
    bench::print_against_goal("99th percentile", answers.at("p99_ms").get<double>(), kSubmitGoalMilliseconds);
}

/// A daemon whose blocks take no time to mine, so that only what comes after is measured.
constexpr const char* kEasyBits = "207fffff";
template <typename Measurement>
void with_node(const char* bits, Measurement measurement) {
    const tests::TemporaryFolder folder("p2pool-bench");
    const auto daemon = end_to_end::make_simnet(folder.path(), {"--bits", bits});
    end_to_end::NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    measurement(*daemon, "127.0.0.1:" + std::to_string(node.worker_port()), folder.path());
    node.process().stop();
}

void measure(const Options& options) {
    bench::print_machine();
    with_node(kEasyBits, [&](const end_to_end::Daemon& daemon, const std::string& server, const auto& folder) {
        measure_new_block(options, daemon, server, folder);
    });
    std::cout << "Submit -> answer, " << options.rate << " submits/s wanted over " << options.connections
              << " connections" << std::endl;
    with_node(bench::kHardBits, [&](const end_to_end::Daemon&, const std::string& server, const auto& folder) {
        bench::settle_chain(server, folder);
        measure_submits(options, server, folder);
    });
    std::cout << "The same on a share chain that begins with it: one submit in seven is a share, and new work for all"
              << std::endl;
    with_node(bench::kHardBits, [&](const end_to_end::Daemon&, const std::string& server, const auto& folder) {
        measure_submits(options, server, folder);
    });
    if (options.no_x11) return;
    std::cout << "X11 (items_per_second = hashes per second of one core)" << std::endl;
    const tests::TemporaryFolder folder("p2pool-bench");
    tests::ChildProcess x11({(tests::program_dir() / "x11_bench").string(), "--benchmark_filter=^x11/"},
                            folder.path() / "x11.txt");
    x11.wait(seconds(300));
    std::cout << x11.output();
}

}  // namespace

int main(int argument_count, char** arguments) {
    Options options;
    const po::options_description description = describe(options);
    try {
        po::variables_map values;
        po::store(po::parse_command_line(argument_count, arguments, description), values);
        po::notify(values);
        if (options.help) {
            std::cout << description;
        } else {
            measure(options);
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "bench: " << error.what() << "\n";
        return 1;
    }
}
