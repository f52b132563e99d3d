#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace broadcast {

struct DocumentRun {
    /// Where `dashd` and `dash-cli` are.
    std::filesystem::path daemon_folder;
    /// Whether this daemon can follow the section with that heading, of those that are about regtest.
    std::function<bool(const std::string& heading)> follows;
};

/// A static object of this class ends the program as skipped when a command that the document uses is missing: doctest
/// has no skipping at run time.
struct NeedsCommands {
    NeedsCommands();
};

/// Runs the document's commands one after the other in a shell, in a folder of their own and where possible in a
/// network of their own, and checks after each piece that what the document promises comes. Of the sections about
/// public networks only what they ask of a running node is asked. Doctest checks inside.
void run_document(const DocumentRun& run);

}  // namespace broadcast
