#pragma once

#include "p2pool/stratum/token_bucket.h"

namespace p2pool::stratum {

/// What one miner (a stratum connection, or a host with its getwork) may have the node do, in lines: 500 a second for
/// good, 1000 in a burst. Who is in debt is not heard until it is paid.
[[nodiscard]] inline TokenBucket effort_bucket() {
    return {500, 1000};
}

/// Work for somebody else than before has to be built, which takes the time of many lines.
inline constexpr double kPayoutChangeLines = 100;

}  // namespace p2pool::stratum
