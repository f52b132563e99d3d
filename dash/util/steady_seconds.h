#pragma once

#include <chrono>

#include "dash/util/clock.h"

namespace dash {

/// The clock's steady time as a number: what limits and deadlines count in.
[[nodiscard]] inline double steady_seconds(const Clock& clock) {
    return std::chrono::duration<double>(clock.steady_now().time_since_epoch()).count();
}

}  // namespace dash
