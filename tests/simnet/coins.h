#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/transaction.h"
#include "tests/simnet/reject.h"

namespace simnet {

struct OutPointHash {
    std::size_t operator()(const dash::OutPoint& outpoint) const noexcept {
        return std::hash<dash::Uint256>()(outpoint.hash) * 31 + outpoint.index;
    }
};

struct Coin {
    dash::TxOut output;
    std::uint32_t height = 0;
    bool coinbase = false;
};

/// What connecting a block spent, to undo it.
struct BlockUndo {
    std::vector<std::pair<dash::OutPoint, Coin>> spent;
};

/// The unspent outputs of the active chain.
class CoinSet {
  public:
    using Map = std::unordered_map<dash::OutPoint, Coin, OutPointHash>;

    [[nodiscard]] const Coin* find(const dash::OutPoint& outpoint) const;
    /// Spends the inputs of a transaction, all of which must be there, and adds its outputs.
    void apply(const dash::Transaction& transaction, std::uint32_t height, BlockUndo& undo);
    /// Takes back a block connected with this undo data.
    void undo(const dash::Block& block, const BlockUndo& undo);
    [[nodiscard]] const Map& all() const { return coins_; }

  private:
    Map coins_;
};

using CoinLookup = std::function<const Coin*(const dash::OutPoint&)>;

/// Whether the inputs of a transaction are there, mature and worth enough in the block at `height`; if so, its fee.
/// Throws DecodeError when the payload of an asset unlock is broken.
[[nodiscard]] Reject check_inputs(const dash::Transaction& transaction, std::uint32_t height, const CoinLookup& find,
                                  std::uint64_t& fee);

/// Signature checks a script counts for, without the script it redeems.
[[nodiscard]] std::size_t count_sigops(dash::ByteSpan script);
[[nodiscard]] std::size_t count_sigops(const dash::Transaction& transaction);

}  // namespace simnet
