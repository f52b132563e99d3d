#pragma once

#include <cstdint>
#include <vector>

#include "dash/primitives/block.h"
#include "tests/simnet/payloads.h"
#include "tests/simnet/reject.h"
#include "tests/simnet/rules.h"

namespace simnet {

struct Masternode {
    dash::Uint256 protx_hash;
    dash::OutPoint collateral;
    bool evo = false;
    std::uint32_t registered_height = 0;
    std::uint32_t revived_height = 0;    ///< 0: was never banned
    std::uint32_t last_paid_height = 0;  ///< 0: not paid yet
    std::uint32_t consecutive_payments = 0;
    bool banned = false;  ///< it has no service address yet
    dash::Uint256 confirmed_hash;
    Service service{};
    BlsPublicKey operator_key{};
    dash::Hash160 voting_key{};
    std::uint16_t operator_reward = 0;  ///< hundredths of a percent
    dash::Bytes payout_script;
    dash::Bytes operator_payout_script;
    PlatformNode platform;

    /// Leaf of CbTx.masternode_root (DIP 4).
    [[nodiscard]] dash::Uint256 leaf() const;
};

/// The deterministic masternode list after a block (DIP 3): who is paid next, and what the coinbase payload has to
/// commit to.
class MasternodeList {
  public:
    /// Who the block after this list has to pay: who has waited longest; nullptr when nobody is eligible. Before mn_rr
    /// an evo node is paid four times in a row.
    [[nodiscard]] const Masternode* payee(const Rules& rules, std::uint32_t block_height) const;

    [[nodiscard]] dash::Uint256 merkle_root() const;

    /// Goes on to the list after `block`, whose parent is `parent_hash` at block_height − 1.
    [[nodiscard]] Reject apply(const dash::Block& block, const Rules& rules, std::uint32_t block_height,
                               const dash::Uint256& parent_hash);

    [[nodiscard]] const std::vector<Masternode>& all() const { return nodes_; }

  private:
    [[nodiscard]] Masternode* find(const dash::Uint256& protx_hash);
    [[nodiscard]] Reject add(const dash::Transaction& transaction, std::uint32_t block_height);
    [[nodiscard]] Reject update(const dash::Transaction& transaction, std::uint32_t block_height);
    void confirm(std::uint32_t block_height, const dash::Uint256& parent_hash);
    void remove_spent(const dash::Transaction& transaction);
    void pay(const dash::Uint256& protx_hash, const Rules& rules, std::uint32_t block_height);

    std::vector<Masternode> nodes_;  ///< as registered; every one took a collateral, which bounds them
    std::uint32_t height_ = 0;
};

/// How hashes are ordered where Dash Core sorts them: by their bytes on the wire, not as numbers.
[[nodiscard]] bool wire_less(const dash::Uint256& a, const dash::Uint256& b);

}  // namespace simnet
