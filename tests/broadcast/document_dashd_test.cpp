#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>

#include "tests/broadcast/document_run.h"

namespace {

const broadcast::NeedsCommands needs_commands;

/// CTest reports this exit code as "skipped".
constexpr int kSkipped = 77;

std::filesystem::path daemon_folder() {
    const char* program = std::getenv("P2POOL_DASHD");
    return program == nullptr ? std::filesystem::path() : std::filesystem::path(program).parent_path();
}

/// Doctest has no skipping at run time; the whole program needs the daemon.
struct NeedsDashd {
    NeedsDashd() {
        if (std::filesystem::exists(daemon_folder() / "dash-cli")) return;
        std::cout
            << "Skipped: set P2POOL_DASHD=/path/to/dashd, with dash-cli beside it, to run the document's commands "
               "with Dash Core.\n";
        std::exit(kSkipped);
    }
} const needs_dashd;

}  // namespace

TEST_CASE("the commands of docs/BROADCASTER_TESTING.md do with Dash Core what it says") {
    broadcast::run_document({.daemon_folder = daemon_folder(), .follows = [](const std::string&) { return true; }});
}
