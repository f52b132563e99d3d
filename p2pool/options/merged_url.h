#pragma once

#include <cstdint>
#include <string>

namespace p2pool::options {

/// The daemon of a chain to merge-mine.
struct MergedDaemon {
    bool tls = false;
    std::string host;  ///< an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string path;  ///< begins with '/'
    std::string user;
    std::string password;
};

/// "http://USER:PASSWORD@HOST:PORT/PATH", or https; the scheme's own port when none is given. Throws UsageError, which
/// does not show the password.
[[nodiscard]] MergedDaemon parse_merged_url(const std::string& url);

}  // namespace p2pool::options
