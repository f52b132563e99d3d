#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dash/primitives/block.h"
#include "tests/simnet/world.h"

namespace simnet {

/// Makes good and bad blocks above the tip of a world for the tests of the judge.
class BlockWorkshop {
  public:
    explicit BlockWorkshop(World& world) : world_(world) {}

    /// A good block on the tip, nonce not yet searched; with what the mempool offers when asked for.
    [[nodiscard]] dash::Block fresh(bool with_mempool = false);
    /// The same on any other block.
    [[nodiscard]] dash::Block above(const dash::Uint256& parent);

    /// Corrects the merkle root after a change of transactions, then searches a nonce. Returns the block's bytes.
    [[nodiscard]] dash::Bytes finish(dash::Block block);
    /// Only searches a nonce: for a root that shall stay wrong.
    [[nodiscard]] dash::Bytes finish_header(dash::Block block);

    /// Searches a nonce that misses the target.
    [[nodiscard]] dash::Bytes without_work(dash::Block block);

    /// A fresh block whose coinbase was changed.
    [[nodiscard]] dash::Bytes with_coinbase(const std::function<void(dash::Transaction&)>& change);
    /// A fresh block whose coinbase payload was changed.
    [[nodiscard]] dash::Bytes with_payload(const std::function<void(CbTx&)>& change);
    /// A fresh block whose header was changed.
    [[nodiscard]] dash::Bytes with_header(const std::function<void(dash::BlockHeader&)>& change);

    [[nodiscard]] World& world() { return world_; }

  private:
    World& world_;
};

/// What a fresh block pays to the masternode owner (there is one beside the platform's output).
[[nodiscard]] dash::TxOut& owner_output(dash::Transaction& coinbase);
[[nodiscard]] dash::TxOut& platform_output(dash::Transaction& coinbase);
[[nodiscard]] dash::TxOut& miner_output(dash::Transaction& coinbase);

}  // namespace simnet
