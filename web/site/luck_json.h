#pragma once

#include "web/json_text.h"
#include "web/model/model.h"

namespace web {

/// Luck of all blocks, of the last days, and of the present round.
[[nodiscard]] Json luck_json(const Model& model, const std::vector<BlockLuck>& luck);

}  // namespace web
