#pragma once

#include <span>
#include <vector>

#include "share_chain/codec.h"

namespace share_chain::store {

/// load_shares(), one X11 each included, on all cores by threads that are gone when it returns.
[[nodiscard]] std::vector<LoadedShare> load_in_parallel(std::span<const TypedContents> batch, const Network& network);

}  // namespace share_chain::store
