#pragma once

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "dash/primitives/script.h"
#include "tests/simnet/mempool.h"

namespace simnet {

/// What to fill the mempool with; each kind is made of the wallet's own coins.
struct TrafficRequest {
    std::size_t payments = 0;  ///< plain transactions; once coins run out they spend each other's change
    std::size_t chain = 0;     ///< plain transactions each of which spends the one before
    std::size_t asset_locks = 0;
    std::size_t asset_unlocks = 0;    ///< at most the credit pool: each takes a tenth of a DASH
    std::size_t masternodes = 0;      ///< registrations, alternately P2PKH, with operator reward, P2SH, evo
    std::size_t service_updates = 0;  ///< of registered masternodes
    std::size_t hard_fork_signals = 0;
};

/// Owns the coins that the simnet mines itself and makes transactions of them. Signatures are random bytes: nobody here
/// checks scripts.
class Wallet {
  public:
    Wallet(Chain& chain, Mempool& mempool, std::uint64_t seed);

    /// Where the simnet's own blocks pay.
    [[nodiscard]] const dash::Bytes& script() const { return script_; }
    /// A new address every time (P2PKH).
    [[nodiscard]] std::string new_address();

    /// Makes transactions and puts them into the mempool. Returns their ids. Throws dash::Error when the wallet cannot
    /// pay them or the mempool refuses one.
    std::vector<dash::Uint256> send(const TrafficRequest& request);

    [[nodiscard]] BlsSignature random_signature();
    [[nodiscard]] BlsPublicKey random_public_key();
    [[nodiscard]] dash::Uint256 random_hash();

  private:
    struct Spendable {
        dash::OutPoint outpoint;
        std::uint64_t value_duffs = 0;
    };

    void find_spendable();
    [[nodiscard]] Spendable take();
    [[nodiscard]] std::uint64_t random_fee();
    [[nodiscard]] dash::Bytes random_bytes(std::size_t size);
    [[nodiscard]] dash::Hash160 random_key();
    [[nodiscard]] dash::TxIn spend(const Spendable& coin);
    [[nodiscard]] std::uint64_t collect(dash::Transaction& transaction, std::uint64_t least_duffs);
    [[nodiscard]] dash::Uint256 broadcast(const dash::Transaction& transaction);
    [[nodiscard]] Service next_service();

    [[nodiscard]] dash::Uint256 send_payment(const Spendable& coin);
    [[nodiscard]] dash::Uint256 send_asset_lock();
    [[nodiscard]] dash::Uint256 send_asset_unlock();
    [[nodiscard]] dash::Uint256 send_masternode();
    [[nodiscard]] dash::Uint256 send_service_update(const Masternode& node);
    [[nodiscard]] dash::Uint256 send_hard_fork_signal();

    Chain& chain_;
    Mempool& mempool_;
    std::mt19937_64 random_;
    dash::Bytes script_;
    std::deque<Spendable> spendable_;
    std::uint64_t next_unlock_index_ = 1;
    std::uint32_t masternodes_made_ = 0;
    std::uint16_t next_port_ = 20'000;
    std::uint8_t next_signal_bit_ = 0;
};

}  // namespace simnet
