#include "p2pool/options/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

#include "p2pool/options/option_table.h"

namespace p2pool::options {
namespace {

namespace po = boost::program_options;

/// Depth of "@FILE" inside "@FILE": deeper is a file that names itself.
constexpr int kMaxFileDepth = 16;

std::vector<std::string> words_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw UsageError("cannot read the argument file '" + path + "': check the name after '@'");
    return {std::istream_iterator<std::string>(file), std::istream_iterator<std::string>()};
}

void expand_files(const std::vector<std::string>& arguments, std::vector<std::string>& out, int depth) {
    if (depth > kMaxFileDepth) throw UsageError("argument files are nested too deeply: does one name itself?");
    for (const std::string& argument : arguments) {
        if (!argument.empty() && argument.front() == '@') {
            expand_files(words_of(argument.substr(1)), out, depth + 1);
        } else {
            out.push_back(argument);
        }
    }
}

po::options_description described() {
    po::options_description all;
    all.add_options()("help,h", "")("version", "");
    for (const OptionSpec& option : option_table()) {
        std::string name = option.name;
        if (option.short_name != '\0') name += std::string(",") + option.short_name;
        if (option.metavar == nullptr) {
            all.add_options()(name.c_str(), po::bool_switch(), "");
        } else {
            all.add_options()(name.c_str(), po::value<std::vector<std::string>>()->composing(), "");
        }
    }
    all.add_options()("login", po::value<std::vector<std::string>>(), "");
    return all;
}

po::variables_map read(const std::vector<std::string>& arguments) {
    const po::options_description all = described();
    po::positional_options_description positional;
    positional.add("login", -1);
    po::variables_map values;
    try {
        po::store(po::command_line_parser(arguments).options(all).positional(positional).run(), values);
        po::notify(values);
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return values;
}

bool is_given(const po::variables_map& values, const OptionSpec& option) {
    const po::variable_value& value = values[option.name];
    if (value.empty()) return false;
    return option.metavar != nullptr || value.as<bool>();
}

/// Lines of at most `width` characters, each after `indent` blanks.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    std::istringstream words(text);
    std::string out;
    std::string line;
    for (std::string word; words >> word;) {
        if (!line.empty() && indent + line.size() + 1 + word.size() > width) {
            out += std::string(indent, ' ') + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return out + std::string(indent, ' ') + line + "\n";
}

std::string heading(const OptionSpec& option) {
    std::string text = "  ";
    if (option.short_name != '\0') text += std::string("-") + option.short_name + ", ";
    text += std::string("--") + option.name;
    if (option.metavar != nullptr) text += std::string(" ") + option.metavar;
    return text;
}

constexpr std::size_t kHelpWidth = 100;
constexpr std::size_t kHelpIndent = 8;

std::string group_help(Group group) {
    std::string text;
    for (const OptionSpec& option : option_table()) {
        if (option.group != group || option.help == nullptr) continue;
        text += heading(option) + "\n" + wrapped(option.help, kHelpIndent, kHelpWidth);
    }
    return text.empty() ? text : "\n" + std::string(group_title(group)) + ":\n" + text;
}

}  // namespace

CommandLine parse(const std::vector<std::string>& arguments) {
    std::vector<std::string> expanded;
    expand_files(arguments, expanded, 0);
    const po::variables_map values = read(expanded);

    CommandLine result;
    if (values.count("help") != 0) result.kind = CommandLine::Kind::kHelp;
    if (values.count("version") != 0) result.kind = CommandLine::Kind::kVersion;
    for (const OptionSpec& option : option_table()) {
        if (!is_given(values, option)) continue;
        if (option.help == nullptr) result.options.without_effect.push_back(std::string("--") + option.name);
        if (option.metavar == nullptr) {
            option.apply(result.options, "");
            continue;
        }
        // As in argparse, every value must be right and the last one counts, unless the option is a list.
        for (const std::string& text : values[option.name].as<std::vector<std::string>>())
            option.apply(result.options, text);
    }
    if (values.count("login") != 0) result.options.positional = values["login"].as<std::vector<std::string>>();
    if (result.options.positional.size() > 2) {
        throw UsageError("a maximum of two arguments are allowed: dashd's RPC user and password");
    }
    return result;
}

std::string usage_line() {
    return "usage: run_p2pool.sh [options] [RPC user] [RPC password]\n";
}

std::string help_text() {
    std::string text = usage_line();
    text += "\nA p2pool node for Dash: mine with others, paid directly by the blocks you find together.\n";
    text += "Point miners at stratum+tcp://THIS_HOST:7903 with your Dash address as user name.\n";
    text += "\nThe RPC user and password may stay away: then dash.conf or dashd's cookie file is read.\n";
    text += "@FILE stands for the arguments in FILE. Long options may be shortened while they stay clear.\n";
    text += "\n  -h, --help\n        this text\n  --version\n        the version\n";
    text += "  --demo\n        try it: a simulated Dash network, the node and a miner on this computer\n";
    for (const Group group :
         {Group::kNetwork, Group::kDashd, Group::kMiners, Group::kPeers, Group::kBroadcaster, Group::kGeneral}) {
        text += group_help(group);
    }
    return text;
}

}  // namespace p2pool::options
