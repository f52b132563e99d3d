#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

/// What programs that measure the node have in common.
namespace bench {

/// About four hashes a submit, so that the generator has time for its own measuring.
constexpr const char* kEasySubmit = "0.000000001";
/// For simnet: blocks so hard that the load finds next to none, and submits are measured alone.
constexpr const char* kHardBits = "1d00ffff";

/// Runs the load generator of tests/stratum_client for a while and returns its figures. Throws std::runtime_error.
[[nodiscard]] nlohmann::json run_load(const std::filesystem::path& folder, const std::vector<std::string>& flags,
                                      int run_seconds);

/// Shares must come one after the other for the chain to reach the miners' speed: a tenth harder with each.
void settle_chain(const std::string& server, const std::filesystem::path& folder);

/// Processor and cores of this machine, for people.
void print_machine();
void print_against_goal(const char* what, double milliseconds, double goal);

}  // namespace bench
