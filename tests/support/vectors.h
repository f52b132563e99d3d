#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"
#include "dash/primitives/wide.h"

/// Golden data of the tests: JSON files that the reference implementation produced, and answers recorded from Dash
/// Core.
namespace tests {

/// The folder of the golden vectors: $P2POOL_VECTORS when set, else tests/vectors of the source tree.
[[nodiscard]] std::filesystem::path vector_dir();

/// The folder of the answers recorded from a real Dash Core.
[[nodiscard]] std::filesystem::path recording_dir();

/// Parses `vector_dir()/name`; throws std::runtime_error naming the file when it is missing or not JSON. Each file is
/// parsed once and stays until the program ends.
[[nodiscard]] const nlohmann::json& load_vectors(const std::string& name);

/// The same for `recording_dir()/name`.
[[nodiscard]] const nlohmann::json& load_recording(const std::string& name);

/// The whole text of a file, without trailing white space.
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// An integer of a vector file: a JSON number, or text "0x…" where it does not fit 2^53.
[[nodiscard]] dash::Wide wide_value(const nlohmann::json& value);
[[nodiscard]] dash::Uint256 uint256_value(const nlohmann::json& value);
[[nodiscard]] std::uint64_t uint64_value(const nlohmann::json& value);

/// Byte string of a vector file: lower-case hex.
[[nodiscard]] dash::Bytes bytes_value(const nlohmann::json& value);

/// A hash printed in display (big-endian) order, with or without "0x" and leading zeros; or a JSON number.
[[nodiscard]] dash::Uint256 hash_value(const nlohmann::json& value);

}  // namespace tests
