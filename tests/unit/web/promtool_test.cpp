#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/support/vectors.h"
#include "tests/unit/web/running_service.h"

namespace {

/// CTest reports this exit code as "skipped".
constexpr int kSkipped = 77;

/// Doctest has no skipping at run time; the whole program needs Prometheus' own checker.
struct NeedsPromtool {
    NeedsPromtool() {
        if (std::system("promtool --version > /dev/null 2>&1") == 0) return;
        std::cout << "Skipped: there is no promtool; install the package \"prometheus\".\n";
        std::exit(kSkipped);
    }
} const needs_promtool;

/// What promtool says about a text of metrics; "ok" when it has nothing against it.
std::string verdict(const web_tests::RunningService& service, const std::string& metrics) {
    const std::filesystem::path input = service.datadir() / "metrics.txt";
    const std::filesystem::path output = service.datadir() / "verdict.txt";
    std::ofstream(input) << metrics;
    const int result =
        std::system(("promtool check metrics < " + input.string() + " > " + output.string() + " 2>&1").c_str());
    return result == 0 ? "ok" : "refused: " + tests::read_text(output);
}

}  // namespace

TEST_CASE("promtool accepts the metrics") {
    web_tests::RunningService service;
    CHECK(verdict(service, service.get("/metrics").body) == "ok");
    service.tell_mining_state();
    CHECK(verdict(service, service.get("/metrics").body) == "ok");
}

TEST_CASE("promtool would tell") {
    const web_tests::RunningService service;
    CHECK(verdict(service, "p2pool_x 1 2 3 4\n") != "ok");
    CHECK(verdict(service, "# TYPE p2pool_x counter\np2pool_x 1\n") != "ok");
}
