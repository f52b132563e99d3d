#pragma once

#include <span>
#include <string>
#include <vector>

#include "share_chain/codec.h"
#include "share_chain/share.h"

namespace share_chain::store {

struct LoadedShare {
    SharePtr share;       ///< null: it is not valid
    std::string problem;  ///< why
};

/// load_share() for each, one X11 included, on all cores by threads that are gone when it returns; in the order given.
[[nodiscard]] std::vector<LoadedShare> load_in_parallel(std::span<const TypedContents> batch, const Network& network);

}  // namespace share_chain::store
