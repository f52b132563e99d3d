#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace dash {

/// The environment variable's value; none when it is unset or empty. Any thread, as long as none changes the
/// environment.
[[nodiscard]] inline std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string(value);
}

}  // namespace dash
