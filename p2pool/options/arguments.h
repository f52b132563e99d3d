#pragma once

#include <string>
#include <vector>

#include "p2pool/options/option_table.h"

namespace p2pool::options {

/// A command line taken apart by the rules of python's argparse, which operators' command lines were written for.
struct Arguments {
    struct Given {
        const OptionSpec* option = nullptr;
        std::string value;  ///< empty for a switch
    };
    std::vector<Given> given;  ///< in the order of the command line
    std::vector<std::string> positional;
};

/// Takes words apart:
///
///  * "--name value", "--name=value", "-n value", "-nvalue", "-n=value"; "--" ends the options.
///  * A long name may be cut to a beginning that only one option has. The python node's options are looked at first, so
///    that what was clear there stays clear; then those that only this program has.
///  * A word that begins with '-' is no value, unless it is a negative number, contains a blank or is "-" alone.
///
/// Throws UsageError; except that an error behind --help or --version is not looked at.
[[nodiscard]] Arguments read_arguments(const std::vector<std::string>& words);

/// Each "@FILE" replaced by the words of that file, those in the file too. Throws UsageError.
[[nodiscard]] std::vector<std::string> expand_argument_files(const std::vector<std::string>& words);

}  // namespace p2pool::options
