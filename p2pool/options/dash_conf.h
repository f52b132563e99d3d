#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace p2pool::options {

/// Reads the key=value lines of a dash.conf that concern `chain` ("main", "test" or "regtest"): those before any
/// section and those of the chain's own [section]. Text from '#' on is dropped, later lines win. Throws UsageError when
/// the file cannot be read.
[[nodiscard]] std::map<std::string, std::string> read_dash_conf(const std::filesystem::path& path,
                                                                const std::string& chain);

/// Where Dash Core keeps its dash.conf on this system.
[[nodiscard]] std::filesystem::path default_dash_conf();

/// The cookie file of a dashd whose dash.conf is `conf`: its data folder, or the chain's folder below.
[[nodiscard]] std::filesystem::path cookie_beside(const std::filesystem::path& conf, const std::string& chain);

}  // namespace p2pool::options
