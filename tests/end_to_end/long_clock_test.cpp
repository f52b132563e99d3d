#include <doctest/doctest.h>

#include <chrono>

#include "tests/end_to_end/scenarios.h"
#include "tests/end_to_end/stepped_clock.h"
#include "tests/support/http_page.h"
#include "tests/support/needs.h"
#include "tests/support/sanitizer.h"

// What becomes of a step of the clock in the minutes after it.

using namespace end_to_end;

namespace {

const tests::Needs needs_faketime(!SteppedClock::library().empty(),
                                  "libfaketime is not there; install the package faketime");
const tests::Needs needs_plain_build(!tests::kSanitizer,
                                     "libfaketime does not go with a sanitizer; the release build runs it");

std::string user() {
    return miner_address(1) + "+0";
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("steps of the clock by an hour raise no alarm in the minutes after them") {
    const tests::TemporaryFolder folder("p2pool-alarms");
    const auto daemon = make_simnet(folder.path(), {"--bits", "1e3fffff"});
    const SteppedClock clock(folder.path());
    NodeProcess node(*daemon, folder.path());
    node.wait_until_ready();
    Miner miner(node.worker_port(), user());
    const auto mine_for = [&](double duration) {
        const auto begin = std::chrono::steady_clock::now();
        while (seconds_since(begin) < duration) {
            CHECK(miner.mine_one());
            miner.take_in(std::chrono::milliseconds(500));
        }
    };
    const auto uptime = [&] { return std::stod(tests::http_page(node.worker_port(), "/uptime")); };
    mine_for(125);  // the first two minutes raise none
    for (const int step : {3600, 0}) {
        CAPTURE(step);
        clock.set(step);
        mine_for(90);
        CHECK(uptime() > 200);
        CHECK(uptime() < 3000);
    }
    // A node alone is told of it, nothing else is.
    const std::string output = node.process().output();
    for (std::size_t place = output.find("Alert"); place != std::string::npos; place = output.find("Alert", place + 1))
        CHECK(output.compare(place, 33, "Alert: no p2pool node is connecte") == 0);
    CHECK(node.process().stop() == 0);
}
