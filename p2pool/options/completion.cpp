#include "p2pool/options/completion.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "p2pool/options/option_table.h"

namespace p2pool::options {
namespace {

/// What a shell can offer for a value.
enum class Offer { kNothing, kFiles, kFolders, kNetworks, kDynamic };

Offer offer_for(const OptionSpec& option) {
    static const std::map<std::string_view, Offer> offers = {
        {"DATADIR", Offer::kFolders},         {"DIR", Offer::kFolders},   {"WEB_STATIC", Offer::kFolders},
        {"DASHD_CONFIG_PATH", Offer::kFiles}, {"LOGFILE", Offer::kFiles}, {"FILE", Offer::kFiles},
        {"ADDRESS", Offer::kDynamic},         {"NET", Offer::kNetworks},
    };
    const auto found = offers.find(option.metavar);
    return found == offers.end() ? Offer::kNothing : found->second;
}

std::string networks() {
    std::string names;
    for (const std::string_view name : share_chain::network_names())
        names.append(names.empty() ? "" : " ").append(name);
    return names;
}

std::string long_name(const OptionSpec& option) {
    return std::string("--") + option.name;
}

std::string short_name(const OptionSpec& option) {
    return option.short_name == '\0' ? std::string() : std::string("-") + option.short_name;
}

/// "--net|-n", as a case of bash has it.
std::string bash_pattern(const OptionSpec& option) {
    return long_name(option) + (option.short_name == '\0' ? "" : "|" + short_name(option));
}

std::string bash_case(Offer offer, const std::string& reply) {
    std::string patterns;
    for (const OptionSpec& option : option_table()) {
        if (option.metavar == nullptr || offer_for(option) != offer) continue;
        patterns += (patterns.empty() ? "" : "|") + bash_pattern(option);
    }
    return patterns.empty() ? "" : "        " + patterns + ")\n            " + reply + "\n            return ;;\n";
}

std::string bash_words(bool of_launcher) {
    std::string words;
    for (const OptionSpec& option : option_table()) {
        if ((option.group == Group::kLauncher) != of_launcher) continue;
        words += (words.empty() ? "" : " ") + long_name(option);
        if (option.short_name != '\0') words += " " + short_name(option);
    }
    return words;
}

/// Inside '…[here]', single quotes included.
std::string zsh_text(const std::string& text) {
    std::string escaped;
    for (const char character : text) {
        if (character == '\'') {
            escaped += "'\\''";
            continue;
        }
        if (character == '[' || character == ']' || character == ':' || character == '\\') escaped.push_back('\\');
        escaped.push_back(character);
    }
    return escaped;
}

/// The help without its afterthoughts: shells show one line.
std::string brief(const std::string& help) {
    return help.substr(0, std::min(help.find(" (default"), help.find(';')));
}

std::string zsh_action(const OptionSpec& option) {
    switch (offer_for(option)) {
        case Offer::kFiles:
            return "_files";
        case Offer::kFolders:
            return "_files -/";
        case Offer::kNetworks:
            return "(" + networks() + ")";
        case Offer::kDynamic:
            return "(dynamic)";
        case Offer::kNothing:
            break;
    }
    return " ";
}

std::string zsh_option(const OptionSpec& option) {
    const bool has_value = option.metavar != nullptr;
    std::string rest = "[" + zsh_text(brief(option.help)) + "]";
    if (has_value) rest += ":" + zsh_text(option.metavar) + ":" + zsh_action(option);
    std::string text = "    '*" + long_name(option) + (has_value ? "=" : "") + rest + "'\n";
    if (option.short_name != '\0') text += "    '*" + short_name(option) + (has_value ? "+" : "") + rest + "'\n";
    return text;
}

std::string zsh_options(bool of_launcher) {
    std::string text;
    for (const OptionSpec& option : option_table()) {
        if ((option.group == Group::kLauncher) == of_launcher) text += zsh_option(option);
    }
    return text;
}

}  // namespace

std::string bash_completion() {
    std::string text =
        R"(# bash completion for p2pool-dash and run_p2pool.sh; made by the build from the table of options.
_p2pool_dash() {
    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} options
    # bash makes three words of --option=value.
    if [ "$word" = "=" ]; then
        word=""
    elif [ "$option" = "=" ]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    COMPREPLY=()
    case $option in
)";
    text += bash_case(Offer::kNetworks, "mapfile -t COMPREPLY < <(compgen -W '" + networks() + "' -- \"$word\")");
    text += bash_case(Offer::kDynamic, "mapfile -t COMPREPLY < <(compgen -W 'dynamic' -- \"$word\")");
    text +=
        bash_case(Offer::kFolders,
                  "compopt -o filenames 2> /dev/null\n            mapfile -t COMPREPLY < <(compgen -d -- \"$word\")");
    text +=
        bash_case(Offer::kFiles,
                  "compopt -o filenames 2> /dev/null\n            mapfile -t COMPREPLY < <(compgen -f -- \"$word\")");
    text += bash_case(Offer::kNothing, ": # nobody but the operator knows");
    text += R"(    esac
    case $word in
        -*)
            options=')" +
            bash_words(false) + R"('
            [ "${1##*/}" = run_p2pool.sh ] && options="$options )" +
            bash_words(true) + R"("
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
        @*)
            compopt -o filenames 2> /dev/null
            mapfile -t COMPREPLY < <(compgen -f -P @ -- "${word#@}") ;;
    esac
}
complete -F _p2pool_dash p2pool-dash run_p2pool.sh
)";
    return text;
}

std::string zsh_completion() {
    return "#compdef p2pool-dash run_p2pool.sh\n# Made by the build from the table of options.\nlocal -a options\n"
           "options=(\n" +
           zsh_options(false) + ")\n[[ $service == run_p2pool.sh ]] && options+=(\n" + zsh_options(true) +
           ")\n_arguments -s $options\n";
}

}  // namespace p2pool::options
