#include "web/http/message.h"

#include <nlohmann/json.hpp>

namespace web {
namespace {

int hex_digit(char character) {
    if (character >= '0' && character <= '9') return character - '0';
    if (character >= 'a' && character <= 'f') return character - 'a' + 10;
    if (character >= 'A' && character <= 'F') return character - 'A' + 10;
    return -1;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            decoded.push_back(' ');
        } else if (text[i] != '%') {
            decoded.push_back(text[i]);
        } else {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            decoded.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        }
    }
    return decoded;
}

template <typename Take>
bool split(std::string_view text, char separator, Take take) {
    while (true) {
        const std::size_t end = text.find(separator);
        if (!take(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::optional<std::string> Request::parameter(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) return value;
    }
    return std::nullopt;
}

bool parse_target(std::string_view target, Request& request) {
    request.target = target;
    request.segments.clear();
    request.query.clear();
    if (target.empty() || target.front() != '/') return false;
    const std::size_t question = target.find('?');
    const std::string_view path = target.substr(1, question == std::string_view::npos ? question : question - 1);
    const bool good = split(path, '/', [&](std::string_view piece) {
        std::optional<std::string> segment = percent_decode(piece, false);
        if (!segment || segment->find_first_of(std::string_view("\0/", 2)) != std::string::npos) return false;
        request.segments.push_back(std::move(*segment));
        return true;
    });
    if (!good) return false;
    if (question == std::string_view::npos) return true;
    return split(target.substr(question + 1), '&', [&](std::string_view piece) {
        if (piece.empty()) return true;
        const std::size_t equals = piece.find('=');
        auto key = percent_decode(piece.substr(0, equals), true);
        auto value =
            percent_decode(equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1), true);
        if (!key || !value) return false;
        request.query.emplace_back(std::move(*key), std::move(*value));
        return true;
    });
}

bool is_cross_site(const Request& request) {
    if (request.origin.empty()) return false;
    const std::size_t scheme = request.origin.find("://");
    return scheme == std::string::npos || request.origin.substr(scheme + 3) != request.host;
}

Response json_response(std::string body) {
    Response response;
    response.body = std::move(body);
    return response;
}

Response error_response(unsigned status, std::string_view text) {
    Response response;
    response.status = status;
    response.body = nlohmann::json{{"error", text}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return response;
}

Response busy_response(std::string_view text) {
    Response response = error_response(503, text);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

}  // namespace web
