#pragma once

#include <string>

namespace p2pool::options {

/// The program's manual page in roff, as man(7) describes it, with every option of the table. `date` is that of the
/// sources, as in 2026-01-31.
[[nodiscard]] std::string manual_page(const std::string& version, const std::string& date);

}  // namespace p2pool::options
