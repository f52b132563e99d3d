#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dash/x11/functions.h"
#include "dash/x11/x11.h"
#include "tests/bench/bench.h"

// What X11 costs on this processor: the whole chain per implementation (items per second are hashes per second of one
// thread), and each function with the input that the chain gives it, alone and of many messages side by side. Each hash
// is made of the one before, as a chain is: no two overlap.

namespace bench {
namespace {

namespace x11 = dash::x11;

constexpr std::size_t kHeaderBytes = 80;
constexpr std::size_t kLinkBytes = 64;

void run_chain(benchmark::State& state, const x11::Implementation& implementation) {
    dash::Bytes header(kHeaderBytes);
    for (auto _ : state) {
        const x11::Digest digest = implementation.hash(header);
        std::copy(digest.begin(), digest.end(), header.begin());
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void run_function(benchmark::State& state, x11::Function512 function, std::size_t input_bytes) {
    dash::Bytes input(input_bytes);
    for (auto _ : state) {
        const x11::Digest512 digest = function(input);
        std::copy(digest.begin(), digest.end(), input.begin());
    }
}

/// How many a second, and the time of each.
void count_messages(benchmark::State& state, std::size_t batch) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
    state.counters["each"] = benchmark::Counter(
        static_cast<double>(batch), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void run_many(benchmark::State& state, const x11::ManyLanes& lanes) {
    std::vector<x11::HeaderBytes> headers(lanes.batch);
    std::vector<x11::Digest> digests(lanes.batch);
    for (auto _ : state) {
        lanes.hash(headers.data(), digests.data());
        for (std::size_t i = 0; i < lanes.batch; ++i)
            std::copy(digests[i].begin(), digests[i].end(), headers[i].begin());
    }
    count_messages(state, lanes.batch);
}

void run_lanes(benchmark::State& state, std::size_t batch, const std::function<void(x11::Digest512*)>& function) {
    std::vector<x11::Digest512> digests(batch);
    for (auto _ : state)
        function(digests.data());
    count_messages(state, batch);
}

}  // namespace

void register_x11() {
    for (const x11::Implementation& implementation : x11::implementations()) {
        const std::string name = "x11/one_lane/" + std::string(implementation.name);
        benchmark::RegisterBenchmark(name.c_str(), run_chain, implementation);
    }
    for (const x11::FunctionSet& set : x11::function_sets()) {
        for (std::size_t i = 0; i < set.members.size(); ++i) {
            const std::string name = "function/" + std::string(set.members[i].name) + "/" + std::string(set.name);
            benchmark::RegisterBenchmark(name.c_str(), run_function, set.members[i].function,
                                         i == 0 ? kHeaderBytes : kLinkBytes);
        }
    }
    for (const x11::ManyLanes& lanes : x11::many_lanes()) {
        const std::string name = "x11/many_lanes/" + std::string(lanes.name);
        benchmark::RegisterBenchmark(name.c_str(), run_many, lanes);
    }
    for (const x11::LaneSet& set : x11::lane_sets()) {
        const std::string ending = "/many_lanes/" + std::string(set.name);
        benchmark::RegisterBenchmark(("function/blake512" + ending).c_str(), run_lanes, set.batch,
                                     [&set, headers = std::vector<x11::HeaderBytes>(set.batch)](
                                         x11::Digest512* digests) { set.blake512(headers.data(), digests); });
        for (const x11::LaneSet::Member& member : set.others)
            benchmark::RegisterBenchmark(("function/" + std::string(member.name) + ending).c_str(), run_lanes,
                                         set.batch, member.function);
    }
}

}  // namespace bench
