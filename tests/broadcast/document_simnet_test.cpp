#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/broadcast/document_run.h"
#include "tests/support/process.h"

namespace {

const broadcast::NeedsCommands needs_commands;

/// It keeps its chain in memory, so it cannot be stopped and started again, and minutes of waiting are left to the test
/// with Dash Core.
bool is_short_and_without_restarts(const std::string& heading) {
    return heading == "Regtest, step by step" || heading == "A frozen dashd" || heading == "Watch for 24 hours";
}

}  // namespace

TEST_CASE("the commands of docs/BROADCASTER_TESTING.md do with the stand-in what it says") {
    ::setenv("P2POOL_PROGRAMS", tests::program_dir().c_str(), 1);
    broadcast::run_document({.daemon_folder = P2POOL_STAND_IN, .follows = is_short_and_without_restarts});
}
