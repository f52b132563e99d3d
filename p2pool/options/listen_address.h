#pragma once

#include <string>

namespace p2pool::options {

/// The address, in digits, that a host to listen on has: itself when it is one, the loopback's for "localhost" (RFC
/// 6761), else what the system's resolver says, IPv4 before IPv6 as the python node did. Empty for an empty host: all
/// interfaces. Waits for the resolver. Throws UsageError, which names the option.
[[nodiscard]] std::string listen_address(const char* option, const std::string& host);

}  // namespace p2pool::options
