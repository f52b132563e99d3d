#pragma once

#include "dash/util/token_bucket.h"

namespace p2pool::stratum {

using dash::TokenBucket;

}  // namespace p2pool::stratum
