#pragma once

#include <chrono>

#include "dash/util/clock.h"

namespace p2pool::stratum {

/// The clock's steady time as a number: what vardiff, limits and deadlines count in.
[[nodiscard]] inline double steady_seconds(const dash::Clock& clock) {
    return std::chrono::duration<double>(clock.steady_now().time_since_epoch()).count();
}

}  // namespace p2pool::stratum
