#include "p2pool/options/dash_conf.h"

#include <charconv>
#include <fstream>

#include "dash/util/environment.h"

namespace p2pool::options {
namespace {

std::string stripped(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::uint16_t> conf_port(const std::map<std::string, std::string>& conf, const std::string& key) {
    const auto found = conf.find(key);
    if (found == conf.end()) return std::nullopt;
    unsigned value = 0;
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535) {
        throw UsageError("dash.conf: " + key + "=" + text + " is not a port number");
    }
    return static_cast<std::uint16_t>(value);
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

ConfAccess access_in(const std::map<std::string, std::string>& conf) {
    ConfAccess access;
    access.rpc_port = conf_port(conf, "rpcport");
    access.p2p_port = conf_port(conf, "port");
    const auto ssl = conf.find("rpcssl");
    access.rpc_ssl = ssl != conf.end() && ssl->second != "0";
    const auto password = conf.find("rpcpassword");
    const auto user = conf.find("rpcuser");
    if (password != conf.end()) {
        access.login = DashdLogin{user != conf.end() ? user->second : "", password->second, {}};
    }
    return access;
}

std::filesystem::path default_dash_conf() {
    return std::filesystem::path(dash::environment("HOME").value_or(".")) / ".dashcore" / "dash.conf";
}

std::filesystem::path cookie_beside(const std::filesystem::path& conf, const std::string& chain) {
    const std::filesystem::path folder = conf.parent_path();
    if (chain == "test") return folder / "testnet3" / ".cookie";
    if (chain == "regtest") return folder / "regtest" / ".cookie";
    return folder / ".cookie";
}

}  // namespace p2pool::options
