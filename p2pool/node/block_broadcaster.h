#pragma once

#include <filesystem>
#include <memory>

#include "dash/broadcaster/broadcaster.h"
#include "p2pool/options/options.h"

namespace p2pool::node {

/// The broadcaster as the operator wants it; nullptr when he does not, or when it cannot start, which is told: the node
/// then sends its blocks to dashd alone. `database` is the node's SQLite file.
[[nodiscard]] std::unique_ptr<dash::broadcaster::Broadcaster> make_broadcaster(const options::Settings& settings,
                                                                               const std::filesystem::path& database);

}  // namespace p2pool::node
