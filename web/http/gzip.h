#pragma once

#include <string>
#include <string_view>

namespace web {

/// True when an Accept-Encoding header lets us send gzip.
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

/// The text as a gzip file (RFC 1952).
[[nodiscard]] std::string gzip(std::string_view text);

}  // namespace web
