#pragma once

#include <cstdint>
#include <string>

namespace tests {

/// The body of a page of 127.0.0.1. Throws std::runtime_error when the answer is not 200.
[[nodiscard]] std::string http_page(std::uint16_t port, const std::string& path);

}  // namespace tests
