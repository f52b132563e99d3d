#include <algorithm>
#include <stdexcept>

#include "tests/bench/bench.h"
#include "tests/bench/measured_node.h"
#include "tests/bench/web_load.h"
#include "tests/unit/web/http_client.h"

// What web pages cost: how long they take while many miners work, and how much longer submits take while they are asked
// for.

namespace bench {
namespace {

/// Goals of the project.
constexpr double kPageGoalMilliseconds = 20;
constexpr double kDelayBesidePagesProportion = 0.1;
constexpr double kDelayBesidePagesMilliseconds = 0.5;

constexpr double kPagesPerSecond = 200;
const std::vector<std::string> kPages = {"/local_stats", "/api/v1/overview"};

double submit_p99(const MeasuredNode& node) {
    const Load load = {.port = node.worker_port(),
                       .connections = settings().quick ? 50 : 1000,
                       .users = 50,
                       .submits_per_second = 500};
    return submit(load, settings().run_seconds).at("answers").at("p99_ms").get<double>();
}

/// A share chain that is too short has pages that cost nothing.
void require_whole_pages(std::uint16_t port) {
    for (const std::string& page : kPages) {
        const auto answer = web_tests::HttpClient(port).get(page);
        if (answer.status != 200 || answer.body == "null") throw std::runtime_error(page + " has nothing to show");
    }
}

/// With and without pages in turn, so that what else the machine does meanwhile falls on both alike.
double under_mining_load(benchmark::State& state) {
    const MeasuredNode node(kHardBits);
    settle_chain(node.worker_port());
    require_whole_pages(node.worker_port());
    std::vector<double> alone;
    std::vector<double> together;
    std::vector<std::vector<double>> pages(kPages.size());
    for (int run = 0; run < settings().runs; ++run) {
        alone.push_back(submit_p99(node));
        WebLoad web(node.worker_port(), kPages, kPagesPerSecond);
        together.push_back(submit_p99(node));
        const WebLoad::Result result = web.stop();
        if (result.failed > 0) throw std::runtime_error("the node refused pages; is this machine on its whitelist?");
        for (std::size_t i = 0; i < kPages.size(); ++i)
            pages[i].push_back(percentile(result.milliseconds[i], 0.99));
    }
    for (std::size_t i = 0; i < kPages.size(); ++i)
        count_against_goal(state, kPages[i] + "_p99_ms", median(pages[i]), kPageGoalMilliseconds);
    state.counters["runs"] = settings().runs;
    state.counters["submit_p99_ms_alone"] = median(alone);
    state.counters["submit_p99_ms_with_pages"] = median(together);
    count_against_goal(state, "submit_p99_ms_moved", median(together) - median(alone),
                       std::max(kDelayBesidePagesProportion * median(alone), kDelayBesidePagesMilliseconds));
    state.counters["node_MB"] = node.peak_megabytes();
    return median(pages[0]) / 1000;
}

}  // namespace

void register_web() {
    register_once("web/200_pages_per_second_under_500_submits", under_mining_load);
}

}  // namespace bench
