#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

/// Reading members of a JSON object that somebody else made: each throws DecodeError that names the member when it is
/// missing or of the wrong kind.
namespace dash::rpc::json_fields {

/// The member, or null when it is missing or null. Throws DecodeError when `object` is no object.
[[nodiscard]] const nlohmann::json* find(const nlohmann::json& object, std::string_view name);

[[nodiscard]] std::uint64_t as_unsigned(const nlohmann::json& value, std::string_view name,
                                        std::uint64_t highest = UINT64_MAX);
[[nodiscard]] Bytes as_hex(const nlohmann::json& value, std::string_view name);
/// 64 hex digits in display order.
[[nodiscard]] Uint256 as_hash(const nlohmann::json& value, std::string_view name);

[[nodiscard]] std::uint64_t unsigned_field(const nlohmann::json& object, std::string_view name,
                                           std::uint64_t highest = UINT64_MAX);
[[nodiscard]] std::uint32_t u32_field(const nlohmann::json& object, std::string_view name);
[[nodiscard]] std::int64_t signed_field(const nlohmann::json& object, std::string_view name);
[[nodiscard]] std::string text_field(const nlohmann::json& object, std::string_view name);
[[nodiscard]] bool bool_field(const nlohmann::json& object, std::string_view name);
[[nodiscard]] Uint256 hash_field(const nlohmann::json& object, std::string_view name);
/// A block version: a signed number on dashd's side, its 32 bits here.
[[nodiscard]] std::uint32_t version_field(const nlohmann::json& object, std::string_view name);
/// Compact bits: 8 hex digits, or a number.
[[nodiscard]] std::uint32_t bits_field(const nlohmann::json& object, std::string_view name);

}  // namespace dash::rpc::json_fields
