#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/uint256.h"

namespace p2pool::node {

/// The end of dashd's best chain: what a block has to stand on, and which bits it has to carry, for the Dash network to
/// look at it. Templates tell the tip, headers what is below it. Node thread only.
class ChainEnd {
  public:
    /// The tip and the five blocks below it.
    static constexpr std::size_t kBlocks = 6;

    /// A template stands on `tip` and demands `next_bits`.
    void take_tip(const dash::Uint256& tip, std::uint32_t next_bits);
    /// The next header to get from dashd, the tip's first; nullopt when enough are known.
    [[nodiscard]] std::optional<dash::Uint256> missing_header() const;
    /// Any but the missing one is ignored.
    void take_header(const dash::Uint256& hash, const dash::BlockHeader& header);

    /// How many blocks stand on this one; nullopt when it is not among the last kBlocks known.
    [[nodiscard]] std::optional<std::uint32_t> depth_of(const dash::Uint256& block) const;
    /// The bits that the chain demands of a block on this one; nullopt as above.
    [[nodiscard]] std::optional<std::uint32_t> bits_after(const dash::Uint256& block) const;

  private:
    struct Walked {
        std::vector<dash::Uint256> blocks;  ///< tip first
        bool complete = false;              ///< else the last one's header is missing
    };
    [[nodiscard]] Walked walk() const;

    dash::Uint256 tip_;
    std::uint32_t next_bits_ = 0;
    std::unordered_map<dash::Uint256, dash::BlockHeader> headers_;  ///< of the last kBlocks, after each take_tip()
};

}  // namespace p2pool::node
