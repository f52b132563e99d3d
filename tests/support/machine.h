#pragma once

#include <string>

/// What a machine may lack; tests that need it say so.
namespace tests {

/// Whether the machine knows an address of this name; bare containers have no hosts file.
[[nodiscard]] bool resolves(const std::string& name);

/// Whether a shell finds the command.
[[nodiscard]] bool has_command(const std::string& name);

}  // namespace tests
