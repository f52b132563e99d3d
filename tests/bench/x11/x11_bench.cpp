#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "dash/x11/functions.h"
#include "dash/x11/x11.h"

// What X11 costs on this processor: the whole chain per implementation (items per second are hashes per second of one
// thread), and each function with the input that the chain gives it. Each hash is made of the one before, as a chain
// is: no two overlap.

namespace x11 = dash::x11;

namespace {

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

void register_all() {
    for (const x11::Implementation& implementation : x11::implementations()) {
        const std::string name = "x11/" + std::string(implementation.name);
        benchmark::RegisterBenchmark(name.c_str(), run_chain, implementation);
    }
    for (const x11::FunctionSet& set : x11::function_sets()) {
        for (std::size_t i = 0; i < set.members.size(); ++i) {
            const std::string name = std::string(set.members[i].name) + "/" + std::string(set.name);
            benchmark::RegisterBenchmark(name.c_str(), run_function, set.members[i].function,
                                         i == 0 ? kHeaderBytes : kLinkBytes);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    register_all();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
