#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>

#include "p2pool/options/option_table.h"
#include "tests/support/source_dir.h"
#include "tests/support/vectors.h"

// The documents against the program: messages, options and links that they name are there.

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> documents() {
    std::vector<fs::path> files = {tests::source_dir() / "README.md"};
    for (const auto& entry : fs::recursive_directory_iterator(tests::source_dir() / "docs")) {
        if (entry.path().extension() == ".md") files.push_back(entry.path());
    }
    return files;
}

/// Every text that the program, its scripts and the stand-ins can write: literals that stand one behind the other are
/// one text.
std::string all_messages() {
    std::string text;
    for (const char* folder : {"p2pool", "dash", "share_chain", "web", "cmake", "."}) {
        for (fs::recursive_directory_iterator entry(tests::source_dir() / folder), end; entry != end; ++entry) {
            if (std::string(folder) == "." && entry->is_directory()) entry.disable_recursion_pending();
            const std::string kind = entry->path().extension();
            if (kind == ".cpp" || kind == ".h" || kind == ".sh") text += tests::read_text(entry->path()) + "\n";
        }
    }
    text = std::regex_replace(text, std::regex("\"\\s+\""), "");
    return std::regex_replace(text, std::regex("\\\\\""), "\"");
}

std::vector<std::string> matches(const std::string& text, const std::string& pattern) {
    const std::regex expression(pattern);
    std::vector<std::string> found;
    for (std::sregex_iterator match(text.begin(), text.end(), expression), end; match != end; ++match)
        found.push_back((*match)[1]);
    return found;
}

/// What stands between the parts that differ from case to case.
std::vector<std::string> fixed_parts(const std::string& message) {
    constexpr std::string_view kVaries = "…";
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (begin <= message.size()) {
        const std::size_t end = std::min(message.find(kVaries, begin), message.size());
        if (end > begin) parts.push_back(message.substr(begin, end - begin));
        begin = end + kVaries.size();
    }
    return parts;
}

/// Options of other programs, and of this project's own beside the node.
const std::set<std::string>& of_others() {
    static const std::set<std::string> names = {"argjson",  "benchmark", "blocks", "build", "config", "difficulty",
                                                "duration", "install",   "long",   "mode",  "now",    "prefix",
                                                "preset",   "rate",      "tables", "target"};
    return names;
}

}  // namespace

TEST_CASE("every message of TROUBLESHOOTING.md is one of this program") {
    const std::string messages = all_messages();
    const std::string text = tests::read_text(tests::source_dir() / "docs" / "TROUBLESHOOTING.md");
    const std::vector<std::string> told = matches(text, "(?:^|\n)\\| `([^`]+)` \\|");
    CHECK(told.size() > 60);
    for (const std::string& message : told) {
        for (const std::string& part : fixed_parts(message)) {
            CAPTURE(message);
            CAPTURE(part);
            CHECK(messages.find(part) != std::string::npos);
        }
    }
    CHECK(messages.find("a message that nobody ever wrote, part "
                        "two") == std::string::npos);
}

TEST_CASE("every test that RELIABILITY.md names is there") {
    std::set<std::string> tests;
    for (fs::recursive_directory_iterator entry(tests::source_dir() / "tests"), end; entry != end; ++entry) {
        if (entry->path().extension() != ".cpp") continue;
        const std::string source =
            std::regex_replace(tests::read_text(entry->path()), std::regex("\"\\s*\n\\s*\""), "");
        for (const std::string& name : matches(source, "TEST_CASE(?:_FIXTURE)?\\((?:[A-Za-z]+,\\s*)?\"([^\"]+)\""))
            tests.insert(name);
    }
    const std::string text = tests::read_text(tests::source_dir() / "docs" / "RELIABILITY.md");
    std::size_t named = 0;
    for (const std::string& row : matches(text, "\n\\|[^\n]*\\| ([^|\n]*\"[^|\n]*) \\|")) {
        for (const std::string& name : matches(row, "\"([^\"]+)\"")) {
            CAPTURE(name);
            CHECK(tests.count(name) == 1);
            ++named;
        }
    }
    CHECK(named > 60);
}

TEST_CASE("every option that the documents name is there") {
    std::set<std::string> known = of_others();
    for (const auto& option : p2pool::options::option_table())
        known.insert(option.name);
    std::size_t named = 0;
    for (const fs::path& file : documents()) {
        CAPTURE(file.string());
        for (const std::string& name : matches(tests::read_text(file), "(?:^|[^A-Za-z0-9_-])--([a-z][a-z0-9-]+)")) {
            CAPTURE(name);
            CHECK(known.count(name) == 1);
            ++named;
        }
    }
    CHECK(named > 60);
}

TEST_CASE("every file of this project that the documents name is there") {
    std::size_t named = 0;
    for (const fs::path& file : documents()) {
        CAPTURE(file.string());
        for (const std::string& name :
             matches(tests::read_text(file),
                     "[` ]((?:tests|dash|p2pool|share_chain|web|cmake|docs|packaging|\\.ci)/[a-z0-9_/.-]*[a-z0-9])`")) {
            CAPTURE(name);
            CHECK(fs::exists(tests::source_dir() / name));
            ++named;
        }
    }
    CHECK(named > 30);
}

TEST_CASE("every link between the documents leads somewhere") {
    for (const fs::path& file : documents()) {
        CAPTURE(file.string());
        const std::string text = tests::read_text(file);
        for (const std::string& link : matches(text, "\\]\\(([^)#:]+)(?:#[^)]*)?\\)")) {
            CAPTURE(link);
            CHECK(fs::exists(file.parent_path() / link));
        }
        // Within the page: a heading of that name.
        for (const std::string& anchor : matches(text, "\\]\\(#([^)]+)\\)")) {
            CAPTURE(anchor);
            std::set<std::string> headings;
            for (const std::string& heading : matches(text, "\n#+ ([^\n]+)")) {
                std::string name;
                for (const char letter : heading) {
                    if (letter == ' ') name += '-';
                    if (std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-')
                        name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
                }
                headings.insert(name);
            }
            CHECK(headings.count(anchor) == 1);
        }
    }
}
