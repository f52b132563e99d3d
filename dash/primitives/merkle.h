#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dash/primitives/uint256.h"

namespace dash {

/// Root of the transaction tree: pairs hashed with double SHA-256, an odd last one paired with itself. Zero for no
/// hashes.
[[nodiscard]] Uint256 merkle_root(std::span<const Uint256> hashes);

/// The siblings of the first leaf, from the leaf up. `others` are the leaves after the first.
[[nodiscard]] std::vector<Uint256> first_leaf_branch(std::span<const Uint256> others);

/// The root that leaf `index` with these siblings leads to: bit i of the index says whether sibling i is on the left.
[[nodiscard]] Uint256 root_from_branch(const Uint256& leaf, std::span<const Uint256> branch, std::uint64_t index = 0);

}  // namespace dash
