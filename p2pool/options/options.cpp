#include "p2pool/options/options.h"

#include <sstream>
#include <utility>

#include "p2pool/options/arguments.h"
#include "p2pool/options/option_table.h"

namespace p2pool::options {
namespace {

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
        if (option.group != group) continue;
        text += heading(option) + "\n" + wrapped(option.help, kHelpIndent, kHelpWidth);
    }
    return "\n" + std::string(group_title(group)) + ":\n" + text;
}

}  // namespace

Options parse(const std::vector<std::string>& arguments) {
    Arguments read = read_arguments(expand_argument_files(arguments));
    Options options;
    for (const Arguments::Given& given : read.given) {
        given.option->apply(options, given.value);
        if (options.request != Request::kRun) return options;
        if (given.option->group != Group::kWithoutEffect) continue;
        options.without_effect.push_back(std::string("--") + given.option->name +
                                         " is accepted, but has no effect: " + given.option->help + ".");
    }
    options.positional = std::move(read.positional);
    if (options.positional.size() > 2) {
        throw UsageError("a maximum of two arguments are allowed: dashd's RPC user and password");
    }
    return options;
}

const char* program_name(Launch launch) {
    return launch == Launch::kScript ? "run_p2pool.sh" : "p2pool-dash";
}

std::string usage_line(Launch launch) {
    return "usage: " + std::string(program_name(launch)) + " [options] [RPC user] [RPC password]\n";
}

std::string help_text(Launch launch) {
    std::string text = usage_line(launch);
    text += "\nA p2pool node for Dash: mine with others, paid directly by the blocks you find together.\n";
    text += "Point miners at stratum+tcp://THIS_HOST:7903 with your Dash address as user name.\n";
    text += "\nThe RPC user and password may stay away: then dash.conf or dashd's cookie file is read.\n";
    text += "@FILE stands for the arguments in FILE. Long options may be shortened while they stay clear.\n";
    for (const Group group : kGroups)
        text += group_help(group);
    return text;
}

}  // namespace p2pool::options
