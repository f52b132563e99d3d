#pragma once

#include <string>

namespace web {

/// openapi.json beside this file, as it was when the program was built.
[[nodiscard]] std::string openapi_document();

}  // namespace web
