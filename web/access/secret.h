#pragma once

#include <cstddef>

#include "dash/primitives/bytes.h"

namespace web {

/// Of a key for signing.
inline constexpr std::size_t kKeyBytes = 32;

/// Bytes that nobody can guess. Throws dash::Error when the system has none.
[[nodiscard]] dash::Bytes secret_bytes(std::size_t count);

}  // namespace web
