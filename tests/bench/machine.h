#pragma once

#include <string>

namespace bench {

/// Processor and cores of this machine, for people.
[[nodiscard]] std::string machine();
/// "3.1, 2.0, 1.5": of the last minute, five and fifteen.
[[nodiscard]] std::string load_average();

}  // namespace bench
