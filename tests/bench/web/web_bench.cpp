// What web pages cost: how long they take while many miners work, and how much longer submits take while they are asked
// for. The simulated daemon, the node and both load generators share this machine's processors.

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>

#include "tests/bench/support/load.h"
#include "tests/bench/web/web_load.h"
#include "tests/end_to_end/world.h"
#include "tests/unit/web/http_client.h"

namespace {

namespace po = boost::program_options;

struct Options {
    int connections = 1000;
    int users = 50;
    int submits = 500;
    double requests = 200;
    int run_seconds = 15;
    int runs = 5;
    bool help = false;
};

/// Goals of the project, printed beside the figures.
constexpr double kPageGoalMilliseconds = 20;
constexpr double kSubmitGoalProportion = 0.1;
constexpr double kSubmitGoalMilliseconds = 0.5;

const std::vector<std::string> kPages = {"/local_stats", "/api/v1/overview"};

po::options_description describe(Options& options) {
    po::options_description description(
        "Measures web pages of the node under mining load, and submits with and without web load.\n\nOptions");
    auto add = description.add_options();
    add("help,h", po::bool_switch(&options.help), "show this and exit");
    add("connections,c", po::value(&options.connections)->default_value(options.connections), "miners");
    add("users,u", po::value(&options.users)->default_value(options.users), "payout addresses they share");
    add("submits", po::value(&options.submits)->default_value(options.submits), "submits a second of all miners");
    add("requests,r", po::value(&options.requests)->default_value(options.requests), "pages a second");
    add("seconds,s", po::value(&options.run_seconds)->default_value(options.run_seconds), "length of each measurement");
    add("runs", po::value(&options.runs)->default_value(options.runs), "measurements with and without web load");
    return description;
}

double submit_p99(const Options& options, const std::string& server, const std::filesystem::path& folder) {
    const nlohmann::json result = bench::run_load(
        folder,
        {"--mode", "submit", "-c", std::to_string(options.connections), "--users", std::to_string(options.users),
         "--rate", std::to_string(options.submits), "--difficulty", bench::kEasySubmit, server},
        options.run_seconds);
    return result.at("answers").at("p99_ms").get<double>();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// A share chain that is too short has pages that cost nothing.
void require_whole_pages(std::uint16_t port) {
    for (const std::string& page : kPages) {
        const auto answer = web_tests::HttpClient(port).get(page);
        if (answer.status != 200 || answer.body == "null") throw std::runtime_error(page + " has nothing to show");
    }
}

/// Alternating, so that what else the machine does meanwhile falls on both alike.
void measure(const Options& options, const end_to_end::NodeProcess& node, const std::filesystem::path& folder) {
    const std::string server = "127.0.0.1:" + std::to_string(node.worker_port());
    require_whole_pages(node.worker_port());
    std::vector<double> alone;
    std::vector<double> together;
    std::vector<std::vector<double>> pages(kPages.size());
    std::printf("%-5s %22s %22s %18s %22s\n", "run", "submit p99, no pages", "submit p99, pages", "/local_stats p99",
                "/api/v1/overview p99");
    for (int run = 1; run <= options.runs; ++run) {
        alone.push_back(submit_p99(options, server, folder));
        bench::WebLoad web(node.worker_port(), kPages, options.requests);
        together.push_back(submit_p99(options, server, folder));
        const bench::WebLoad::Result result = web.stop();
        if (result.failed > 0) throw std::runtime_error("the node refused pages; is this machine on its whitelist?");
        for (std::size_t i = 0; i < kPages.size(); ++i)
            pages[i].push_back(bench::percentile(result.milliseconds[i], 0.99));
        std::printf("%-5d %19.2f ms %19.2f ms %15.2f ms %19.2f ms\n", run, alone.back(), together.back(),
                    pages[0].back(), pages[1].back());
        std::fflush(stdout);
    }
    std::cout << "Median of " << options.runs << " runs\n";
    for (std::size_t i = 0; i < kPages.size(); ++i)
        bench::print_against_goal((kPages[i] + ", 99th percentile").c_str(), median(pages[i]), kPageGoalMilliseconds);
    const double before = median(alone);
    const double allowed = std::max(kSubmitGoalProportion * before, kSubmitGoalMilliseconds);
    std::printf(
        "  submits, 99th percentile: %.2f ms without pages, %.2f ms with: moved by %+.2f ms (goal: less than %.2f)\n",
        before, median(together), median(together) - before, allowed);
}

void run(const Options& options) {
    bench::print_machine();
    std::cout << options.connections << " connections, " << options.submits << " submits/s, " << options.requests
              << " pages/s" << std::endl;
    const tests::TemporaryFolder folder("p2pool-web-bench");
    const auto daemon = end_to_end::make_simnet(folder.path(), {"--bits", bench::kHardBits});
    end_to_end::NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    bench::settle_chain("127.0.0.1:" + std::to_string(node.worker_port()), folder.path());
    measure(options, node, folder.path());
    node.process().stop();
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
            run(options);
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "web_bench: " << error.what() << "\n";
        return 1;
    }
}
