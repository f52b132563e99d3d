#include <doctest/doctest.h>

#include "dash/util/environment.h"
#include "tests/broadcast/document_run.h"
#include "tests/support/needs.h"

namespace {

const broadcast::NeedsCommands needs_commands;

std::filesystem::path daemon_folder() {
    return std::filesystem::path(dash::environment("P2POOL_DASHD").value_or("")).parent_path();
}

const tests::Needs needs_dashd(std::filesystem::exists(daemon_folder() / "dash-cli"),
                               "set P2POOL_DASHD=/path/to/dashd, with dash-cli beside it, to run the document's "
                               "commands with Dash Core");

}  // namespace

TEST_CASE("the commands of docs/BROADCASTER_TESTING.md do with Dash Core what it says") {
    broadcast::run_document({.daemon_folder = daemon_folder(), .follows = [](const std::string&) { return true; }});
}
