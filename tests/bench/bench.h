#pragma once

#include <benchmark/benchmark.h>

#include <exception>
#include <functional>
#include <string>

/// build/release/bench: one Google Benchmark program of everything that is measured. Each source file registers what it
/// measures; `--benchmark_filter=REGEX` chooses by name.
namespace bench {

/// What the command line asks for besides Google Benchmark's own flags.
struct Settings {
    bool quick = false;    ///< --quick: seconds in all and small numbers: shows that it works, not how fast
    int run_seconds = 15;  ///< of each load on the running node
    int runs = 5;          ///< of what is compared, in turn
    std::string tables;    ///< --tables=FILE: the figures as Markdown go there
};
[[nodiscard]] const Settings& settings();

void register_x11();
void register_tracker();
void register_shares();
void register_work();
void register_store();
void register_sync();
void register_miners();
void register_web();
void register_broadcast();

/// Runs once; `measure` returns seconds, and puts further figures in the state's counters. What it throws is told
/// instead of the figures, and makes the program end with 1.
void once(benchmark::State& state, const std::function<double()>& measure);

/// For what once() is for. Arguments can be added.
benchmark::internal::Benchmark* register_once(const std::string& name,
                                              const std::function<double(benchmark::State&)>& measure);

/// A figure, and which part of the goal it is.
void count_against_goal(benchmark::State& state, const std::string& name, double value, double goal);

}  // namespace bench
