#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dash/util/clock.h"
#include "tests/simnet/block_template.h"
#include "tests/simnet/chain.h"
#include "tests/simnet/mempool.h"
#include "tests/simnet/wallet.h"

namespace simnet {

struct WorldSettings {
    Rules rules{};
    /// Mined at the start at regtest's difficulty, two and a half minutes apart, the last of them now.
    std::uint32_t blocks = 620;
    /// Registered once special transactions are allowed: P2PKH, with operator reward, P2SH, evo, and again from the
    /// start.
    std::uint32_t masternodes = 4;
    std::uint64_t seed = 1;
    /// Of the last of these blocks, instead of now: worlds with the same settings then begin with the same chain.
    std::optional<std::uint32_t> time;
};

/// One daemon's chain, mempool and wallet, and what tests do to them. No sockets. All on one thread.
class World {
  public:
    World(const WorldSettings& settings, const dash::Clock& clock);

    [[nodiscard]] Chain& chain() { return chain_; }
    [[nodiscard]] Mempool& mempool() { return mempool_; }
    [[nodiscard]] Wallet& wallet() { return wallet_; }
    [[nodiscard]] TemplateCache& templates() { return templates_; }

    /// The block above the tip with what the mempool offers; its header has yet to be ground.
    [[nodiscard]] dash::Block next_block(const dash::Bytes& payout_script);
    /// An empty block above any block that is known; to be ground too.
    [[nodiscard]] dash::Block block_above(const BlockEntry& parent, const dash::Bytes& payout_script);

    /// The next superblock height from here on at which none is set yet; its block has to pay these. Throws dash::Error
    /// when it would be more than the rules allow.
    std::uint32_t schedule_superblock(std::vector<dash::TxOut> payments);
    /// Ends the sessions of one type of quorum (100, 102, 103 or 106) whose commitments the next block has to carry, so
    /// that it carries real ones. Throws dash::Error when none is due.
    void finish_quorums(std::uint8_t type);
    /// False when the block is unknown or invalid.
    bool lock(const dash::Uint256& hash);

  private:
    void premine(const WorldSettings& settings);
    void premine_block(std::uint32_t timestamp);
    [[nodiscard]] dash::Bytes next_extra();

    Chain chain_;
    Mempool mempool_;
    Wallet wallet_;
    TemplateCache templates_;
    std::uint64_t blocks_made_ = 0;
};

}  // namespace simnet
