#include "web/json_text.h"

namespace web {
namespace {

/// Marks binary values, which JSON has not, as the digits of an integer.
constexpr std::uint64_t kDigits = 1;

/// Whether there is a big integer somewhere inside; few pages have one.
bool has_big_integer(const Json& value) {
    if (value.is_binary()) return true;
    if (!value.is_structured()) return false;
    for (const Json& part : value) {
        if (has_big_integer(part)) return true;
    }
    return false;
}

std::string dump(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void write(const Json& value, std::string& out) {
    if (value.is_binary()) {
        out.append(value.get_binary().begin(), value.get_binary().end());
    } else if (!has_big_integer(value)) {
        out += dump(value);
    } else if (value.is_object()) {
        const char* separator = "{";
        for (const auto& [key, part] : value.items()) {
            out.append(separator).append(dump(key)).push_back(':');
            write(part, out);
            separator = ",";
        }
        out.push_back('}');
    } else {
        const char* separator = "[";
        for (const Json& part : value) {
            out += separator;
            write(part, out);
            separator = ",";
        }
        out.push_back(']');
    }
}

}  // namespace

Json big_integer(const dash::Wide& value) {
    const std::string digits = value.str();
    return Json::binary({digits.begin(), digits.end()}, kDigits);
}

Json big_integer(const dash::Uint256& value) {
    return big_integer(dash::to_wide(value));
}

std::string to_text(const Json& value) {
    std::string out;
    write(value, out);
    return out;
}

}  // namespace web
