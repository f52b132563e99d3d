#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "dash/p2p/compact_block.h"
#include "dash/primitives/block.h"
#include "tests/simnet/mempool.h"

namespace simnet {

/// A block on its way as a compact block (BIP 152), rebuilt from the mempool and what the other side sends.
class CompactDownload {
  public:
    /// Throws dash::PeerMisbehaving for a compact block that Dash Core v23.1.2 drops a peer for: without transactions,
    /// or with a prefilled one that has neither inputs nor outputs.
    CompactDownload(const dash::p2p::CompactBlock& compact, const Mempool& mempool);

    /// Places of the transactions that are to be asked for.
    [[nodiscard]] const std::vector<std::uint32_t>& missing() const { return missing_; }
    /// Throws dash::PeerMisbehaving when these are not as many as are missing.
    void fill(const std::vector<dash::Bytes>& transactions);
    /// The block, once nothing is missing.
    [[nodiscard]] std::shared_ptr<dash::Block> take_block() { return std::move(block_); }

  private:
    std::shared_ptr<dash::Block> block_ = std::make_shared<dash::Block>();
    std::vector<std::uint32_t> missing_;
};

}  // namespace simnet
