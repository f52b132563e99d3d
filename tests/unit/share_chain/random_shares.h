#pragma once

#include "share_chain/share.h"
#include "tests/support/random.h"

namespace tests {

/// Contents with every field at random, lists and strings of up to `most` elements; in the form the codec accepts, but
/// no valid share.
[[nodiscard]] share_chain::ShareContents random_contents(Random& random, std::size_t most = 20);

}  // namespace tests
