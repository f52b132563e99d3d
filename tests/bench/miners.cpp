#include <algorithm>

#include "tests/bench/bench.h"
#include "tests/bench/measured_node.h"

// What the node costs miners: how long until every connection has its first job, has heard of a new block, until a
// submit is answered, and the node's memory.

namespace bench {
namespace {

/// Goals of the project.
constexpr double kNotifyGoalMilliseconds = 100;
constexpr double kSubmitGoalMilliseconds = 5;
constexpr double kMemoryGoalMegabytes = 400;
constexpr double kConnectGoalSeconds = 10;

constexpr int kMostUsers = 50;

/// From the daemon's block to the job at the last connection: of the median block.
double new_block(benchmark::State& state) {
    const MeasuredNode node(kEasyBits);
    const auto connections = static_cast<int>(state.range(0));
    const auto result = hear_new_blocks(
        {.port = node.worker_port(), .connections = connections, .users = std::min(connections, kMostUsers)},
        node.daemon(), settings().run_seconds);
    std::vector<double> last;
    std::vector<double> half;
    for (const auto& block : result.at("new_blocks")) {
        if (block.at("connections").get<int>() < connections) continue;
        last.push_back(block.at("latency").at("max_ms").get<double>());
        half.push_back(block.at("latency").at("p50_ms").get<double>());
    }
    state.counters["blocks"] = static_cast<double>(last.size());
    state.counters["half_ms"] = median(half);
    count_against_goal(state, "last_ms", median(last), kNotifyGoalMilliseconds);
    count_against_goal(state, "worst_ms", *std::max_element(last.begin(), last.end()), kNotifyGoalMilliseconds);
    count_against_goal(state, "node_MB", node.peak_megabytes(), kMemoryGoalMegabytes);
    return median(last) / 1000;
}

/// All at once: until the last has its first job.
double connect(benchmark::State& state) {
    const MeasuredNode node(kEasyBits);
    const auto connections = static_cast<int>(state.range(0));
    constexpr int kPatienceSeconds = 15;
    const auto result =
        listen({.port = node.worker_port(), .connections = connections, .users = std::min(connections, kMostUsers)},
               settings().quick ? 1 : kPatienceSeconds);
    const auto& first_jobs = result.at("first_jobs");
    state.counters["without_job"] = connections - first_jobs.at("count").get<double>();
    state.counters["dropped"] = result.at("dropped").get<double>();
    state.counters["half_s"] = first_jobs.at("p50_ms").get<double>() / 1000;
    count_against_goal(state, "last_s", first_jobs.at("max_ms").get<double>() / 1000, kConnectGoalSeconds);
    return first_jobs.at("max_ms").get<double>() / 1000;
}

double submits_to(const MeasuredNode& node, benchmark::State& state) {
    const Load load = {.port = node.worker_port(),
                       .connections = settings().quick ? 50 : 1000,
                       .users = kMostUsers,
                       .submits_per_second = static_cast<int>(state.range(0))};
    const auto result = submit(load, settings().run_seconds);
    const auto& answers = result.at("answers");
    state.counters["answered/s"] = answers.at("count").get<double>() / settings().run_seconds;
    state.counters["accepted"] = result.at("accepted").get<double>();
    state.counters["p50_ms"] = answers.at("p50_ms").get<double>();
    count_against_goal(state, "p99_ms", answers.at("p99_ms").get<double>(), kSubmitGoalMilliseconds);
    return answers.at("p50_ms").get<double>() / 1000;
}

double submits(benchmark::State& state) {
    const MeasuredNode node(kHardBits);
    if (!settings().quick) settle_chain(node.worker_port());
    return submits_to(node, state);
}

/// On a share chain that begins with the load, one submit in seven is a share, and new work for all.
double submits_on_young_chain(benchmark::State& state) {
    return submits_to(MeasuredNode(kHardBits), state);
}

}  // namespace

void register_miners() {
    auto* blocks = register_once("miners/new_block", new_block)->ArgName("connections")->Arg(1);
    auto* connects = register_once("miners/connect", connect)->ArgName("connections");
    connects->Arg(settings().quick ? 50 : 10'000);
    auto* rates = register_once("miners/submits", submits)->ArgName("per_second")->Arg(100);
    if (!settings().quick) {
        blocks->Arg(100)->Arg(1000)->Arg(10'000);
        rates->Arg(1000)->Arg(2000)->Arg(5000);
    }
    register_once("miners/submits_on_young_chain", submits_on_young_chain)
        ->ArgName("per_second")
        ->Arg(settings().quick ? 100 : 2000);
}

}  // namespace bench
