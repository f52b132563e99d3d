#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "p2pool/options/option_table.h"
#include "tests/support/machine.h"
#include "tests/support/process.h"
#include "tests/support/vectors.h"

// The manual page and the completions that the build made of the table of options: whole, well-formed, and of use.

namespace {

using p2pool::options::Group;
using p2pool::options::option_table;
using p2pool::options::OptionSpec;

std::filesystem::path document(const std::string& name) {
    return tests::program_dir() / "documents" / name;
}

struct Outcome {
    int exit_code = -1;
    std::string output;
};

/// `command` is looked for as a shell does.
Outcome run(std::vector<std::string> command) {
    command.insert(command.begin(), "/usr/bin/env");
    const tests::TemporaryFolder folder("documents");
    tests::ChildProcess process(command, folder.path() / "output");
    const int exit_code = process.wait(std::chrono::seconds(30));
    return {exit_code, process.output()};
}

std::set<std::string> lines_of(const std::string& text) {
    std::set<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.insert(line);
    return lines;
}

/// What bash offers for the last of the words, which it takes apart as a terminal's line.
std::set<std::string> completions(const std::string& command, const std::vector<std::string>& words) {
    std::string line = command;
    for (const std::string& word : words)
        line += " '" + word + "'";
    const std::string script = "source '" + document("p2pool-dash.bash").string() + "' || exit 9\nCOMP_WORDS=(" + line +
                               ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n" +
                               "_p2pool_dash \"${COMP_WORDS[0]}\"\n[ ${#COMPREPLY[@]} = 0 ] || "
                               "printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    const Outcome outcome = run({"bash", "--norc", "-c", script});
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    return lines_of(outcome.output);
}

std::set<std::string> long_names_beginning(const std::string& prefix, bool with_launcher) {
    std::set<std::string> names;
    for (const OptionSpec& option : option_table()) {
        const std::string name = std::string("--") + option.name;
        if (name.rfind(prefix, 0) == 0 && (with_launcher || option.group != Group::kLauncher)) names.insert(name);
    }
    return names;
}

bool is_installed(const char* program, const char* what_is_left_out) {
    if (tests::has_command(program)) return true;
    MESSAGE("there is no ", program, " on this machine: ", what_is_left_out);
    return false;
}

}  // namespace

TEST_CASE("every option is in the manual page, with its short name, its value and its help") {
    const std::string page = tests::read_text(document("p2pool-dash.1"));
    for (const OptionSpec& option : option_table()) {
        CAPTURE(option.name);
        std::string name = std::string("--") + option.name;
        for (std::size_t dash = 0; (dash = name.find('-', dash)) != std::string::npos; dash += 2)
            name.insert(dash, "\\");
        const std::size_t found = page.find("\\fB" + name + "\\fR");
        REQUIRE(found != std::string::npos);
        const std::size_t begin = page.rfind(".TP", found);
        const std::string entry = page.substr(begin, page.find("\n.", found) - begin);
        if (option.short_name != '\0')
            CHECK(entry.find(std::string("\\fB\\-") + option.short_name + "\\fR") != std::string::npos);
        if (option.metavar != nullptr) CHECK(entry.find("\\fI") != std::string::npos);
        const std::string help = option.help;
        CHECK(entry.find(help.substr(0, help.find_first_of("-'"))) != std::string::npos);
    }
}

TEST_CASE("the manual page is well-formed") {
    if (is_installed("mandoc", "it would check the manual page")) {
        const Outcome checked = run({"mandoc", "-T", "lint", "-W", "warning", document("p2pool-dash.1")});
        CHECK_MESSAGE((checked.exit_code == 0 && checked.output.empty()), checked.output);
    }
    if (is_installed("man", "it would format the manual page")) {
        const Outcome shown = run(
            {"/bin/sh", "-c",
             "LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l '" + document("p2pool-dash.1").string() + "' 2>&1 | cat"});
        CHECK(shown.output.find("warning") == std::string::npos);
        for (const OptionSpec& option : option_table()) {
            CAPTURE(option.name);
            CHECK(shown.output.find(std::string("--") + option.name) != std::string::npos);
        }
    }
}

TEST_CASE("bash completes every beginning of every option") {
    CHECK(completions("p2pool-dash", {"--"}) == long_names_beginning("--", false));
    CHECK(completions("./run_p2pool.sh", {"--"}) == long_names_beginning("--", true));
    for (const OptionSpec& option : option_table()) {
        const std::string name = std::string("--") + option.name;
        CAPTURE(name);
        const std::string beginning = name.substr(0, 3 + (name.size() - 2) / 2);
        CHECK(completions("run_p2pool.sh", {"--debug", beginning}) == long_names_beginning(beginning, true));
    }
    CHECK(completions("p2pool-dash", {"-"}).count("-a") == 1);
    CHECK(completions("p2pool-dash", {"--no-such"}).empty());
}

TEST_CASE("bash completes values where it can know them") {
    const std::set<std::string> tests_networks = {"dash_regtest", "dash_testnet"};
    CHECK(completions("p2pool-dash", {"--net", "dash_"}) == tests_networks);
    CHECK(completions("p2pool-dash", {"--net", "=", "dash_"}) == tests_networks);
    CHECK(completions("p2pool-dash", {"--net", "="}).count("dash") == 1);
    CHECK(completions("p2pool-dash", {"-a", "d"}) == std::set<std::string>{"dynamic"});
    CHECK(completions("p2pool-dash", {"-f", ""}).empty());
    CHECK(completions("p2pool-dash", {"-f", "--"}).empty());
    const tests::TemporaryFolder folder("completion");
    std::filesystem::create_directory(folder.path() / "in here");
    std::ofstream(folder.path() / "in a file") << "x";
    const std::string beginning = folder.path() / "in";
    const std::string inside = folder.path() / "in here";
    CHECK(completions("p2pool-dash", {"--datadir", beginning}) == std::set<std::string>{inside});
    CHECK(completions("p2pool-dash", {"--logfile", beginning}).size() == 2);
    CHECK(completions("p2pool-dash", {"@" + beginning}).count("@" + inside) == 1);
}

TEST_CASE("zsh has every option") {
    const std::string script = tests::read_text(document("_p2pool-dash"));
    for (const OptionSpec& option : option_table()) {
        CAPTURE(option.name);
        const std::string ends_with = option.metavar == nullptr ? "[" : "=[";
        CHECK(script.find(std::string("'*--") + option.name + ends_with) != std::string::npos);
        if (option.short_name != '\0') CHECK(script.find(std::string("'*-") + option.short_name) != std::string::npos);
    }
    if (is_installed("zsh", "it would check the completion's syntax")) {
        const Outcome checked = run({"zsh", "-n", document("_p2pool-dash")});
        CHECK_MESSAGE(checked.exit_code == 0, checked.output);
    }
}
