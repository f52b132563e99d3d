#pragma once

#include <cstddef>

namespace p2pool::service {

/// Files, sockets and the like that this process holds.
struct OpenFiles {
    std::size_t open = 0;
    std::size_t unsent = 0;  ///< sockets with bytes that the other side has not taken yet
};

/// Both 0 where the system does not tell.
[[nodiscard]] OpenFiles count_open_files();

}  // namespace p2pool::service
