#pragma once

#include <exception>

#include "dash/util/log.h"

namespace p2pool::peer_io {

/// Calls what belongs to one connection or timer: an exception ends that one, never the node. False when there was one.
template <typename Action>
[[nodiscard]] bool protect(const char* what, Action&& action) {
    try {
        action();
        return true;
    } catch (const std::exception& error) {
        dash::log::error(what, " ends by an error of this program, please report it: ", error.what());
        return false;
    }
}

}  // namespace p2pool::peer_io
