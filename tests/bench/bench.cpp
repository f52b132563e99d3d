#include "tests/bench/bench.h"

#include <cstdlib>
#include <string_view>
#include <vector>

#include "dash/util/log.h"
#include "tests/bench/machine.h"
#include "tests/bench/tables.h"
#include "tests/support/own_network.h"

namespace bench {
namespace {

Settings the_settings;
bool has_failed = false;

/// Takes our own flags; Google Benchmark takes its own of the others.
std::vector<char*> without_own_flags(int argc, char** argv) {
    constexpr std::string_view kTables = "--tables=";
    std::vector<char*> others;
    for (int i = 0; i < argc; ++i) {
        const std::string_view flag = argv[i];
        if (flag == "--quick") {
            the_settings.quick = true;
            the_settings.run_seconds = 2;
            the_settings.runs = 1;
        } else if (flag.substr(0, kTables.size()) == kTables) {
            the_settings.tables = flag.substr(kTables.size());
        } else {
            others.push_back(argv[i]);
        }
    }
    return others;
}

void register_all() {
    register_x11();
    register_tracker();
    register_shares();
    register_work();
    register_store();
    register_sync();
    register_miners();
    register_web();
    register_broadcast();
}

void run_all() {
    const std::string load_before = load_average();
    TableReporter reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    if (the_settings.tables.empty()) return;
    reporter.write(the_settings.tables, "Machine: " + machine() + "; load average before: " + load_before + ".");
}

}  // namespace

const Settings& settings() {
    return the_settings;
}

void once(benchmark::State& state, const std::function<double()>& measure) {
    for (auto _ : state) {
        try {
            state.SetIterationTime(measure());
        } catch (const std::exception& error) {
            has_failed = true;
            state.SkipWithError(error.what());
            break;
        }
    }
}

benchmark::internal::Benchmark* register_once(const std::string& name,
                                              const std::function<double(benchmark::State&)>& measure) {
    return benchmark::RegisterBenchmark(
               name.c_str(), [measure](benchmark::State& state) { once(state, [&] { return measure(state); }); })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
}

void count_against_goal(benchmark::State& state, const std::string& name, double value, double goal) {
    state.counters[name] = value;
    state.counters[name + "/goal"] = value / goal;
}

}  // namespace bench

int main(int argc, char** argv) {
    std::vector<char*> flags = bench::without_own_flags(argc, argv);
    int count = static_cast<int>(flags.size());
    benchmark::Initialize(&count, flags.data());
    if (benchmark::ReportUnrecognizedArguments(count, flags.data())) return EXIT_FAILURE;
    benchmark::AddCustomContext("machine", bench::machine());
    dash::log::configure({.console = false, .file = {}});
    // Fixed ports are free there; where that is not allowed they are hoped to be.
    static_cast<void>(tests::enter_own_network());
    bench::register_all();
    bench::run_all();
    benchmark::Shutdown();
    return bench::has_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
