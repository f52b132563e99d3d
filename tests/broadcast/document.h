#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace broadcast {

/// A piece of shell of docs/BROADCASTER_TESTING.md, and what the document says comes of it.
struct Step {
    std::string heading;  ///< of the section
    std::string commands;
    /// In the node's log or among the commands' output; "…" stands for anything, a decimal number for any other.
    std::vector<std::string> expected;
};

/// The document's pieces of shell, in order.
[[nodiscard]] std::vector<Step> read_steps(const std::filesystem::path& document);
/// What it asks of the status: the X of each `jq 'X'` that stands in a table.
[[nodiscard]] std::vector<std::string> read_questions(const std::filesystem::path& document);
/// The build/release/… programs it names.
[[nodiscard]] std::vector<std::string> read_programs(const std::filesystem::path& document);

[[nodiscard]] bool contains(const std::string& text, const std::string& expected);

}  // namespace broadcast
