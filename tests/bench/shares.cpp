#include <malloc.h>

#include <span>

#include "dash/util/clock.h"
#include "share_chain/tracker.h"
#include "tests/bench/bench.h"
#include "tests/bench/mainnet_chain.h"
#include "tests/bench/measured_node.h"

// What a share costs: to decode, to load (decode, check, hash), to verify against its ancestors, and to hold.

namespace bench {
namespace {

/// What the python node needs for a share on a similar machine (PyPy, warm).
constexpr double kPythonLoadMilliseconds = 0.235;
constexpr double kPythonVerifyMilliseconds = 1.1;

void count_shares(benchmark::State& state) {
    state.SetItemsProcessed(state.iterations());
}

void decode(benchmark::State& state) {
    const auto& shares = mainnet_chain().shares;
    std::size_t i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(share_chain::decode_contents(shares[++i % shares.size()].contents));
    count_shares(state);
}

void encode(benchmark::State& state) {
    const share_chain::ShareContents contents = share_chain::decode_contents(mainnet_chain().shares.back().contents);
    for (auto _ : state)
        benchmark::DoNotOptimize(share_chain::encode_contents(contents));
    count_shares(state);
}

void load_one(benchmark::State& state) {
    const MainnetChain& chain = mainnet_chain();
    std::size_t i = 0;
    for (auto _ : state)
        benchmark::DoNotOptimize(share_chain::load_share(chain.shares[++i % chain.shares.size()], chain.network));
    count_shares(state);
}

/// As many together as the node takes: each is told.
void load_many(benchmark::State& state) {
    const MainnetChain& chain = mainnet_chain();
    const auto together = static_cast<std::size_t>(state.range(0));
    std::size_t at = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            share_chain::load_shares(std::span(chain.shares).subspan(at, together), chain.network));
        at = at + 2 * together > chain.shares.size() ? 0 : at + together;
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["python_load/s"] = 1000 / kPythonLoadMilliseconds;
}

/// What the program holds, without what the allocator keeps for later.
double allocated_megabytes() {
    const auto info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / 1e6;
}

double verify(benchmark::State& state) {
    const MainnetChain& chain = mainnet_chain();
    const double before = allocated_megabytes();
    share_chain::Tracker tracker(chain.network);
    for (share_chain::SharePtr& share : chain.load())
        tracker.add(std::move(share), 0);
    state.counters["loaded_MB"] = allocated_megabytes() - before;
    const double now = dash::system_clock().unix_seconds();
    const Stopwatch watch;
    const auto verified = static_cast<double>(tracker.think(now).newly_verified.size());
    const double took = watch.seconds();
    state.counters["shares"] = verified;
    state.counters["verified/s"] = verified / took;
    state.counters["of_python"] = 1000 * took / verified / kPythonVerifyMilliseconds;
    state.counters["verified_MB"] = allocated_megabytes() - before;
    state.counters["kB_a_share"] = 1000 * (allocated_megabytes() - before) / static_cast<double>(tracker.size());
    return took;
}

}  // namespace

void register_shares() {
    benchmark::RegisterBenchmark("share/decode", decode)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark("share/encode", encode)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark("share/load_one", load_one)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark("share/load_many", load_many)
        ->ArgName("together")
        ->Arg(16)
        ->Unit(benchmark::kMicrosecond);
    register_once("share/verify_chain", verify);
}

}  // namespace bench
