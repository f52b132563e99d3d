#include "tests/broadcast/document.h"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace broadcast {
namespace {

std::vector<std::string> read_lines(const std::filesystem::path& document) {
    std::ifstream stream(document);
    if (!stream) throw std::runtime_error("no document " + document.string());
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

/// All first groups of a pattern in the document.
std::vector<std::string> find_all(const std::filesystem::path& document, const std::regex& pattern) {
    std::vector<std::string> found;
    for (const std::string& line : read_lines(document)) {
        for (std::sregex_iterator it(line.begin(), line.end(), pattern), end; it != end; ++it)
            found.push_back((*it)[1]);
    }
    return found;
}

/// "      CONNECTED (0.003s)    (debug)" → "CONNECTED (0.003s)".
std::string trimmed(const std::string& line) {
    static const std::regex note(R"(\s+\(debug\)\s*$)");
    const std::string text = std::regex_replace(line, note, "");
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? "" : text.substr(begin);
}

}  // namespace

std::vector<Step> read_steps(const std::filesystem::path& document) {
    std::vector<Step> steps;
    std::string heading;
    std::string fence;  // "bash", or "" for what is to be expected
    bool fenced = false;
    for (const std::string& line : read_lines(document)) {
        if (line.rfind("```", 0) == 0) {
            fenced = !fenced;
            if (fenced) fence = line.substr(3);
            if (fenced && fence == "bash") steps.push_back({heading, "", {}});
        } else if (!fenced && line.rfind('#', 0) == 0) {
            heading = line.substr(line.find_first_not_of("# "));
        } else if (fenced && fence == "bash") {
            steps.back().commands += line + "\n";
        } else if (fenced && !steps.empty() && !trimmed(line).empty()) {
            steps.back().expected.push_back(trimmed(line));
        }
    }
    return steps;
}

std::vector<std::string> read_questions(const std::filesystem::path& document) {
    std::vector<std::string> questions = find_all(document, std::regex(R"(\| `jq '([^']+)'`)"));
    for (std::string& question : questions)
        question = std::regex_replace(question, std::regex(R"(\\\|)"), "|");
    return questions;
}

std::vector<std::string> read_programs(const std::filesystem::path& document) {
    const std::vector<std::string> all = find_all(document, std::regex(R"(build/release/([a-z_-]+))"));
    const std::set<std::string> once(all.begin(), all.end());
    return {once.begin(), once.end()};
}

bool contains(const std::string& text, const std::string& expected) {
    static const std::regex special(R"([.*+?^${}()|\[\]\\])");
    static const std::regex decimal(R"(\d+\\\.\d+)");
    static const std::regex anything("…");
    std::string pattern = std::regex_replace(expected, special, R"(\$&)");
    pattern = std::regex_replace(pattern, decimal, R"([0-9.]+)");
    pattern = std::regex_replace(pattern, anything, "[^\\n]*");
    return std::regex_search(text, std::regex(pattern));
}

}  // namespace broadcast
