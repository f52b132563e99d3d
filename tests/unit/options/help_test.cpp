#include <doctest/doctest.h>

#include <sstream>
#include <vector>

#include "p2pool/options/option_table.h"

// The help: every option under the title of its group, groups and options in their order, on a terminal's width.

namespace {

using p2pool::options::group_title;
using p2pool::options::kGroups;
using p2pool::options::option_table;
using p2pool::options::OptionSpec;

std::vector<std::string> help_lines() {
    std::vector<std::string> lines;
    std::istringstream stream(p2pool::options::help_text(p2pool::options::Launch::kScript));
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string heading(const OptionSpec& option) {
    std::string text = "  ";
    if (option.short_name != '\0') text += std::string("-") + option.short_name + ", ";
    text += std::string("--") + option.name;
    return option.metavar == nullptr ? text : text + " " + option.metavar;
}

}  // namespace

TEST_CASE("the help names the program as it was started") {
    using p2pool::options::help_text;
    using p2pool::options::Launch;
    CHECK(help_text(Launch::kScript).rfind("usage: run_p2pool.sh [options]", 0) == 0);
    CHECK(help_text(Launch::kInstalled).rfind("usage: p2pool-dash [options]", 0) == 0);
}

TEST_CASE("the help has the groups one after the other, each with its options and no others") {
    std::vector<std::string> wanted;
    for (const auto group : kGroups) {
        wanted.push_back(std::string(group_title(group)) + ":");
        for (const OptionSpec& option : option_table()) {
            if (option.group == group) wanted.push_back(heading(option));
        }
    }
    std::vector<std::string> found;
    const std::string first = wanted.front();
    for (const std::string& line : help_lines()) {
        const bool is_heading = line.rfind("  -", 0) == 0;
        const bool is_title = !line.empty() && line.front() != ' ' && line.back() == ':';
        if (is_heading || (is_title && (!found.empty() || line == first))) found.push_back(line);
    }
    CHECK(found == wanted);
}

TEST_CASE("every option has its help in sentences that fit the terminal") {
    const std::vector<std::string> lines = help_lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
        CAPTURE(lines[i]);
        CHECK(lines[i].size() <= 100);
        if (lines[i].rfind("  -", 0) != 0) continue;
        REQUIRE(i + 1 < lines.size());
        CHECK(lines[i + 1].rfind("        ", 0) == 0);
    }
}
