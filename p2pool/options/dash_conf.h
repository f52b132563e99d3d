#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "p2pool/options/options.h"

namespace p2pool::options {

/// Reads the key=value lines of a dash.conf that concern `chain` ("main", "test" or "regtest"): those before any
/// section and those of the chain's own [section]. Text from '#' on is dropped, later lines win. Throws UsageError when
/// the file cannot be read.
[[nodiscard]] std::map<std::string, std::string> read_dash_conf(const std::filesystem::path& path,
                                                                const std::string& chain);

/// What a dash.conf tells of its dashd.
struct ConfAccess {
    std::optional<std::uint16_t> rpc_port;
    std::optional<std::uint16_t> p2p_port;
    bool rpc_ssl = false;
    std::optional<DashdLogin> login;  ///< user and password; none without rpcpassword
};
/// Throws UsageError when a port is none.
[[nodiscard]] ConfAccess access_in(const std::map<std::string, std::string>& conf);

/// Where Dash Core keeps its dash.conf on this system.
[[nodiscard]] std::filesystem::path default_dash_conf();

/// The cookie file of a dashd whose dash.conf is `conf`: its data folder, or the chain's folder below.
[[nodiscard]] std::filesystem::path cookie_beside(const std::filesystem::path& conf, const std::string& chain);

}  // namespace p2pool::options
