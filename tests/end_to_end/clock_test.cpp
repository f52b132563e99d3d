#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/scenarios.h"
#include "tests/end_to_end/stepped_clock.h"
#include "tests/support/http_page.h"
#include "tests/support/needs.h"
#include "tests/support/sanitizer.h"

// A clock that is set while the node runs. docs/RELIABILITY.md lists all that may fail.

using namespace end_to_end;
namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

const tests::Needs needs_faketime(!SteppedClock::library().empty(),
                                  "libfaketime is not there; install the package faketime");
const tests::Needs needs_plain_build(!tests::kSanitizer,
                                     "libfaketime does not go with a sanitizer; the release build runs it");

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string user() {
    return miner_address(1) + "+0";
}

/// What the newest bins of a graph count.
double newest(const NodeProcess& node, const std::string& stream) {
    const auto bins =
        nlohmann::json::parse(tests::http_page(node.worker_port(), "/web/graph_data/" + stream + "/last_hour"));
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i)
        sum += bins.at(i).at(1).is_number() ? bins.at(i).at(1).get<double>() : 0;
    return sum;
}

}  // namespace

TEST_CASE("steps of the clock by an hour stop no jobs, ban no peer and break no graph") {
    const tests::TemporaryFolder folder("p2pool-clock");
    fs::create_directories(folder.path() / "other");
    const auto daemon = make_simnet(folder.path());
    NodeProcess other(*daemon, folder.path() / "other");
    other.wait_until_ready();
    const SteppedClock clock(folder.path());
    NodeProcess node(*daemon, folder.path(), {"-n", "127.0.0.1:" + std::to_string(other.p2p_port())});
    node.wait_until_ready();
    Miner miner(node.worker_port(), user());
    mine_block(*daemon, miner);
    const auto best = [](const NodeProcess& of) { return tests::http_page(of.worker_port(), "/web/best_share_hash"); };
    for (const int step : {3600, 0, -3600, 0}) {
        CAPTURE(step);
        clock.set(step);
        for (int i = 0; i < 3; ++i)
            mine_block(*daemon, miner);
        follow_a_foreign_block(*daemon, node);
        Miner late(node.worker_port(), user());
        mine_block(*daemon, late);
        CHECK(tests::wait_until([&] { return best(node) == best(other); }, seconds(30)));
        CHECK(tests::wait_until([&] { return newest(node, "local_hash_rate") > 0; }, seconds(20)));
        CHECK(nlohmann::json::parse(tests::http_page(node.worker_port(), "/peer_list")).size() == 1);
    }
    for (NodeProcess* process : {&node, &other}) {
        CHECK_FALSE(contains(process->process().output(), "anned"));
        CHECK_FALSE(contains(process->process().output(), "LOST CONTACT"));
        CHECK(process->process().stop() == 0);
    }
}
