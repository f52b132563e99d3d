#pragma once

#include <string>
#include <vector>

#include "p2pool/options/options.h"

namespace p2pool::options {

/// In the order of the help.
enum class Group {
    kInformation,
    kLauncher,
    kNetwork,
    kDashd,
    kMiners,
    kPeers,
    kBroadcaster,
    kGeneral,
    kService,
    kWithoutEffect  ///< `help` tells why
};
constexpr Group kGroups[] = {Group::kInformation, Group::kLauncher,     Group::kNetwork,     Group::kDashd,
                             Group::kMiners,      Group::kPeers,        Group::kBroadcaster, Group::kGeneral,
                             Group::kService,     Group::kWithoutEffect};

/// Whose option it is. What operators of the python node may write short, they may write short here.
enum class Origin { kReference, kOwn };

/// One option of the command line. `apply` checks the text and stores it; it throws UsageError naming the option.
struct OptionSpec {
    Group group;
    Origin origin;
    const char* name;     ///< long name without dashes
    char short_name;      ///< '\0' when it has none
    const char* metavar;  ///< what the value is called in the help; nullptr for a switch
    const char* help;     ///< with range and default
    void (*apply)(Options&, const std::string& text);
};

/// Every option there is.
[[nodiscard]] const std::vector<OptionSpec>& option_table();
[[nodiscard]] const char* group_title(Group group);
/// "-a/--address", as errors name it.
[[nodiscard]] std::string spelled(const OptionSpec& option);

}  // namespace p2pool::options
