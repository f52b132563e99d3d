#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

/// Merged mining: a coinbase may commit to blocks of other chains, whose daemons then take our header as their proof of
/// work. Layout: the "merged mining specification" that Namecoin began, as python p2pool.dash.data has it.
namespace p2pool::work {

/// A block of another chain, as its daemon's getauxblock offers it.
struct AuxBlock {
    std::uint32_t chain_id = 0;
    dash::Uint256 hash;
    std::optional<dash::Uint256> target;  ///< none: whatever makes a share of ours makes a block of theirs
    std::size_t daemon = 0;               ///< whose it is: its place among those configured

    friend bool operator==(const AuxBlock&, const AuxBlock&) = default;
};

/// The `result` of getauxblock: {"chainid": …, "hash": big-endian hex, "target": little-endian hex or "p2pool"}; some
/// daemons write "_target". Throws DecodeError.
[[nodiscard]] AuxBlock read_aux_block(const nlohmann::json& answer, std::size_t daemon);

/// The blocks of other chains that one coinbase commits to: leaves of a merkle tree, each in the place that its chain's
/// number gives it. Immutable.
class AuxTree {
  public:
    /// At least one block, each of another chain; throws std::invalid_argument otherwise, and when two chains' places
    /// are the same in the largest tree (2^30 places).
    explicit AuxTree(std::vector<AuxBlock> blocks);

    [[nodiscard]] const std::vector<AuxBlock>& blocks() const { return blocks_; }
    /// What goes into the coinbase script: magic, root (big-endian), number of places, nonce 0: 44 bytes.
    [[nodiscard]] dash::Bytes commitment() const;
    /// The easiest target among the blocks and `share_target`.
    [[nodiscard]] dash::Uint256 easiest_target(const dash::Uint256& share_target) const;

    /// The place of blocks()[i], and its siblings from the leaf up.
    [[nodiscard]] std::uint32_t place(std::size_t i) const { return places_.at(i); }
    [[nodiscard]] std::vector<dash::Uint256> branch(std::size_t i) const;

  private:
    std::vector<AuxBlock> blocks_;
    std::vector<std::uint32_t> places_;  ///< of blocks_, in order
    unsigned height_ = 0;                ///< the tree has 2^height_ places
};
using AuxTreePtr = std::shared_ptr<const AuxTree>;

/// A header that is good enough for a block of another chain.
struct AuxSolution {
    AuxBlock block;
    std::string proof_hex;  ///< second parameter of getauxblock
};

/// The proof that `header` stands for blocks()[i] of `tree`: coinbase, its branch to the header's merkle root, the
/// block's branch to the coinbase's commitment, the header. `hash`: of the header, as Dash's own blocks are named.
[[nodiscard]] dash::Bytes encode_aux_proof(const AuxTree& tree, std::size_t i, const dash::BlockHeader& header,
                                           const dash::Uint256& hash, dash::ByteSpan coinbase,
                                           std::span<const dash::Uint256> coinbase_branch);

}  // namespace p2pool::work
