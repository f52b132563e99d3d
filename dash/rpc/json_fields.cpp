#include "dash/rpc/json_fields.h"

#include "dash/util/error.h"

namespace dash::rpc::json_fields {
namespace {

[[noreturn]] void wrong(std::string_view name, std::string_view expected) {
    throw DecodeError("\"" + std::string(name) + "\" is not " + std::string(expected));
}

const nlohmann::json& require(const nlohmann::json& object, std::string_view name) {
    const nlohmann::json* value = find(object, name);
    if (value == nullptr) throw DecodeError("\"" + std::string(name) + "\" is missing");
    return *value;
}

}  // namespace

const nlohmann::json* find(const nlohmann::json& object, std::string_view name) {
    if (!object.is_object()) throw DecodeError("not a JSON object where \"" + std::string(name) + "\" was expected");
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::uint64_t as_unsigned(const nlohmann::json& value, std::string_view name, std::uint64_t highest) {
    if (!value.is_number_unsigned()) wrong(name, "a whole number from 0 on");
    const auto number = value.get<std::uint64_t>();
    if (number > highest) wrong(name, "a number up to " + std::to_string(highest));
    return number;
}

Bytes as_hex(const nlohmann::json& value, std::string_view name) {
    if (!value.is_string()) wrong(name, "text of hex digits");
    try {
        return from_hex(value.get_ref<const std::string&>());
    } catch (const DecodeError&) {
        wrong(name, "text of hex digits");
    }
}

Uint256 as_hash(const nlohmann::json& value, std::string_view name) {
    constexpr std::string_view kExpected = "a hash of 64 hex digits";
    if (!value.is_string()) wrong(name, kExpected);
    try {
        return Uint256::from_hex(value.get_ref<const std::string&>());
    } catch (const DecodeError&) {
        wrong(name, kExpected);
    }
}

std::uint64_t unsigned_field(const nlohmann::json& object, std::string_view name, std::uint64_t highest) {
    return as_unsigned(require(object, name), name, highest);
}

std::uint32_t u32_field(const nlohmann::json& object, std::string_view name) {
    return static_cast<std::uint32_t>(unsigned_field(object, name, UINT32_MAX));
}

std::int64_t signed_field(const nlohmann::json& object, std::string_view name) {
    const nlohmann::json& value = require(object, name);
    if (value.is_number_unsigned()) return static_cast<std::int64_t>(as_unsigned(value, name, INT64_MAX));
    if (!value.is_number_integer()) wrong(name, "a whole number");
    return value.get<std::int64_t>();
}

std::string text_field(const nlohmann::json& object, std::string_view name) {
    const nlohmann::json& value = require(object, name);
    if (!value.is_string()) wrong(name, "text");
    return value.get<std::string>();
}

bool bool_field(const nlohmann::json& object, std::string_view name) {
    const nlohmann::json& value = require(object, name);
    if (!value.is_boolean()) wrong(name, "true or false");
    return value.get<bool>();
}

Uint256 hash_field(const nlohmann::json& object, std::string_view name) {
    return as_hash(require(object, name), name);
}

std::uint32_t version_field(const nlohmann::json& object, std::string_view name) {
    const std::int64_t version = signed_field(object, name);
    if (version < INT32_MIN || version > UINT32_MAX) wrong(name, "a number of 32 bits");
    return static_cast<std::uint32_t>(version);
}

std::uint32_t bits_field(const nlohmann::json& object, std::string_view name) {
    const nlohmann::json& value = require(object, name);
    if (!value.is_string()) return static_cast<std::uint32_t>(as_unsigned(value, name, UINT32_MAX));
    const Bytes big_endian = as_hex(value, name);
    if (big_endian.size() != 4) wrong(name, "8 hex digits");
    std::uint32_t bits = 0;
    for (const std::uint8_t byte : big_endian)
        bits = bits << 8 | byte;
    return bits;
}

}  // namespace dash::rpc::json_fields
