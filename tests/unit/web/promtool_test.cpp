#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/support/machine.h"
#include "tests/support/needs.h"
#include "tests/support/vectors.h"
#include "tests/unit/web/running_service.h"

namespace {

const tests::Needs needs_promtool(tests::has_command("promtool"),
                                  "there is no promtool; install the package \"prometheus\"");

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
