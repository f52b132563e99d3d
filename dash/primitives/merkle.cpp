#include "dash/primitives/merkle.h"

#include <algorithm>
#include <array>
#include <string>

#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace dash {
namespace {

Uint256 parent_of(const Uint256& left, const Uint256& right) {
    const auto left_bytes = left.to_bytes();
    const auto right_bytes = right.to_bytes();
    std::array<std::uint8_t, 2 * Uint256::kBytes> pair{};
    std::copy(left_bytes.begin(), left_bytes.end(), pair.begin());
    std::copy(right_bytes.begin(), right_bytes.end(), pair.begin() + Uint256::kBytes);
    return sha256d(pair);
}

/// Replaces a level, from its element `first` on, by the parents.
void climb(std::vector<Uint256>& level, std::size_t first = 0) {
    std::size_t parents = 0;
    for (std::size_t i = first; i < level.size(); i += 2) {
        level[parents++] = parent_of(level[i], level[std::min(i + 1, level.size() - 1)]);
    }
    level.resize(parents);
}

}  // namespace

Uint256 merkle_root(std::span<const Uint256> hashes) {
    if (hashes.empty()) return Uint256();
    std::vector<Uint256> level(hashes.begin(), hashes.end());
    while (level.size() > 1)
        climb(level);
    return level.front();
}

std::vector<Uint256> first_leaf_branch(std::span<const Uint256> others) {
    std::vector<Uint256> branch;
    std::vector<Uint256> level(others.begin(), others.end());  // everything right of the path
    while (!level.empty()) {
        branch.push_back(level.front());
        climb(level, 1);
    }
    return branch;
}

Uint256 root_from_branch(const Uint256& leaf, std::span<const Uint256> branch, std::uint64_t index) {
    if (branch.size() < 64 && (index >> branch.size()) != 0) {
        throw DecodeError("merkle index " + std::to_string(index) + " does not fit a branch of " +
                          std::to_string(branch.size()));
    }
    Uint256 hash = leaf;
    for (std::size_t i = 0; i < branch.size(); ++i) {
        const bool sibling_on_left = i < 64 && ((index >> i) & 1) != 0;
        hash = sibling_on_left ? parent_of(branch[i], hash) : parent_of(hash, branch[i]);
    }
    return hash;
}

}  // namespace dash
