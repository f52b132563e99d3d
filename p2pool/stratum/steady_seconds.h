#pragma once

#include "dash/util/steady_seconds.h"

namespace p2pool::stratum {

using dash::steady_seconds;

}  // namespace p2pool::stratum
