#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace p2pool::options {

/// One more dashd, as --dashd names it.
struct DashdName {
    bool tls = false;
    std::string host;  ///< an IPv6 address without brackets
    std::optional<std::uint16_t> rpc_port;
    std::optional<std::uint16_t> p2p_port;
    std::string user;
    std::string password;
    std::filesystem::path conf;    ///< its dash.conf; empty: none is named
    std::filesystem::path cookie;  ///< its cookie file; empty: none is named
};

/// "[https://][USER:PASSWORD@]HOST[:RPC_PORT][,p2p=PORT][,conf=FILE][,cookie=FILE]", the parts behind commas in any
/// order; an IPv6 address in brackets. Throws UsageError, which does not show the password.
[[nodiscard]] DashdName parse_dashd(const std::string& text);

}  // namespace p2pool::options
