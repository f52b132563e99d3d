#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dash/primitives/block.h"
#include "tests/simnet/chain.h"
#include "tests/simnet/mempool.h"

namespace simnet {

struct TemplateEntry {
    dash::Transaction transaction;
    dash::Uint256 txid;
    std::uint64_t fee_duffs = 0;
    std::size_t sigops = 0;
};

/// What the daemon wants the next block to be. Knows nothing of JSON.
struct BlockTemplate {
    std::uint32_t version = 0;
    std::uint32_t height = 0;
    dash::Uint256 previous_block;
    std::uint32_t bits = 0;
    std::uint32_t previous_bits = 0;
    std::uint32_t min_time = 0;
    std::uint32_t time = 0;
    std::vector<TemplateEntry> transactions;
    std::uint64_t coinbase_value_duffs = 0;
    std::vector<dash::TxOut> masternode;
    std::vector<dash::TxOut> superblock;
    dash::Bytes coinbase_payload;
    std::uint64_t mempool_updates = 0;
};

/// For the block above `parent`; with what the mempool offers when that is given, which takes the parent to be the tip.
[[nodiscard]] BlockTemplate make_template(Chain& chain, const BlockEntry& parent, const Mempool* mempool);

/// The same for a choice of transactions made by the caller: amounts and payload are those of exactly these.
[[nodiscard]] BlockTemplate make_template(Chain& chain, const BlockEntry& parent,
                                          std::vector<TemplateEntry> transactions);

/// The block a daemon would mine from a template; nonce not yet found. `extra` goes into the coinbase script behind the
/// height (at most 90 bytes) and tells blocks of one height apart.
[[nodiscard]] dash::Block assemble(const BlockTemplate& block_template, const dash::Bytes& payout_script,
                                   dash::ByteSpan extra);

/// Tries nonces, then later times, until the header meets its own bits; false when `stop` became true before.
[[nodiscard]] bool grind(dash::BlockHeader& header, const std::atomic<bool>& stop);

/// The template of the tip as getblocktemplate serves it: made anew for a new tip, or when the mempool changed and the
/// last is more than five seconds old.
class TemplateCache {
  public:
    TemplateCache(Chain& chain, const Mempool& mempool) : chain_(chain), mempool_(mempool) {}

    /// `time` is that of the call.
    [[nodiscard]] const BlockTemplate& get();
    /// The next call makes a new one.
    void forget() { current_.reset(); }

  private:
    Chain& chain_;
    const Mempool& mempool_;
    std::unique_ptr<BlockTemplate> current_;
    std::uint32_t made_at_ = 0;
};

}  // namespace simnet
