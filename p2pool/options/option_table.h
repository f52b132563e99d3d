#pragma once

#include <string>
#include <vector>

#include "p2pool/options/options.h"

namespace p2pool::options {

enum class Group { kGeneral, kNetwork, kMiners, kPeers, kDashd, kBroadcaster };

/// One option of the command line. `apply` checks the text and stores it; it throws UsageError naming the option.
struct OptionSpec {
    Group group;
    const char* name;     ///< long name without dashes
    char short_name;      ///< '\0' when it has none
    const char* metavar;  ///< what the value is called in the help; nullptr for a switch
    const char* help;
    void (*apply)(Options&, const std::string& text);
};

/// Every option but --help and --version, in the order of the help.
[[nodiscard]] const std::vector<OptionSpec>& option_table();
[[nodiscard]] const char* group_title(Group group);

}  // namespace p2pool::options
