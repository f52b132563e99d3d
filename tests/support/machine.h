#pragma once

#include <string>

namespace tests {

/// What figures were measured on: "Machine: <processor>, 2 cores".
[[nodiscard]] std::string machine_text();

}  // namespace tests
