#include "p2pool/options/dash_conf.h"

#include <cstdlib>
#include <fstream>

#include "p2pool/options/options.h"

namespace p2pool::options {
namespace {

std::string stripped(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::map<std::string, std::string> read_dash_conf(const std::filesystem::path& path, const std::string& chain) {
    std::ifstream file(path);
    if (!file) throw UsageError("cannot read " + path.string() + ": check its name and that you may read it");
    std::map<std::string, std::string> values;
    std::string section;
    for (std::string line; std::getline(file, line);) {
        line = stripped(line.substr(0, line.find('#')));
        if (line.size() > 2 && line.front() == '[' && line.back() == ']') {
            section = line.substr(1, line.size() - 2);
            continue;
        }
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos || (!section.empty() && section != chain)) continue;
        values[stripped(line.substr(0, equals))] = stripped(line.substr(equals + 1));
    }
    return values;
}

std::filesystem::path default_dash_conf() {
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : ".") / ".dashcore" / "dash.conf";
}

std::filesystem::path cookie_beside(const std::filesystem::path& conf, const std::string& chain) {
    const std::filesystem::path folder = conf.parent_path();
    if (chain == "test") return folder / "testnet3" / ".cookie";
    if (chain == "regtest") return folder / "regtest" / ".cookie";
    return folder / ".cookie";
}

}  // namespace p2pool::options
