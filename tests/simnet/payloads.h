#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/hash160.h"
#include "dash/primitives/transaction.h"
#include "dash/primitives/uint256.h"

/// The payloads of Dash's special transactions (DIP 2, 3, 4, 6, 23, 27; message versions of Dash Core v23). Each
/// decodes a whole payload and throws dash::DecodeError when it is cut short or has bytes left over.
namespace simnet {

enum TransactionType : std::uint16_t {
    kPlain = 0,
    kProviderRegister = 1,
    kProviderUpdateService = 2,
    kCoinbase = 5,
    kQuorumCommitment = 6,
    kHardForkSignal = 7,
    kAssetLock = 8,
    kAssetUnlock = 9,
};

using BlsPublicKey = std::array<std::uint8_t, 48>;
using BlsSignature = std::array<std::uint8_t, 96>;

struct CbTx {
    std::uint16_t version = 3;
    std::uint32_t height = 0;
    dash::Uint256 masternode_root;
    dash::Uint256 quorum_root;                 ///< from version 2
    std::uint64_t chain_lock_height_diff = 0;  ///< from version 3: the locked block is 1 + this below the coinbase's
    BlsSignature chain_lock_signature{};       ///< zero: none known
    std::uint64_t credit_pool_duffs = 0;

    [[nodiscard]] dash::Bytes encode() const;
    [[nodiscard]] static CbTx decode(dash::ByteSpan payload);
};

/// IPv6-mapped address and big-endian port, as they travel; all zero when a masternode has none.
using Service = std::array<std::uint8_t, 18>;

struct PlatformNode {
    dash::Hash160 id{};
    std::uint16_t p2p_port = 0;
    std::uint16_t http_port = 0;
};

struct ProRegTx {
    std::uint16_t version = 2;
    bool evo = false;
    dash::OutPoint collateral;  ///< hash zero: an output of the transaction itself
    Service service{};
    dash::Hash160 owner_key{};
    BlsPublicKey operator_key{};
    dash::Hash160 voting_key{};
    std::uint16_t operator_reward = 0;  ///< hundredths of a percent
    dash::Bytes payout_script;
    dash::Uint256 inputs_hash;
    PlatformNode platform;  ///< evo only
    dash::Bytes signature;

    [[nodiscard]] dash::Bytes encode() const;
    [[nodiscard]] static ProRegTx decode(dash::ByteSpan payload);
};

struct ProUpServTx {
    std::uint16_t version = 2;
    bool evo = false;
    dash::Uint256 protx_hash;
    Service service{};
    dash::Bytes operator_payout_script;
    dash::Uint256 inputs_hash;
    PlatformNode platform;  ///< evo only
    BlsSignature signature{};

    [[nodiscard]] dash::Bytes encode() const;
    [[nodiscard]] static ProUpServTx decode(dash::ByteSpan payload);
};

struct QuorumCommitment {
    std::uint16_t version = 3;  ///< 4 when the type rotates: then there is an index
    std::uint8_t type = 0;
    dash::Uint256 quorum_hash;
    std::uint16_t index = 0;
    std::vector<bool> signers;
    std::vector<bool> valid_members;
    BlsPublicKey public_key{};
    dash::Uint256 verification_hash;
    BlsSignature quorum_signature{};
    BlsSignature members_signature{};

    /// No quorum came about: everything but type, hash and sizes is empty.
    [[nodiscard]] bool is_null() const;
    /// Double SHA-256 of the encoding: a leaf of CbTx.quorum_root.
    [[nodiscard]] dash::Uint256 hash() const;
    friend bool operator==(const QuorumCommitment&, const QuorumCommitment&) = default;
};

struct QuorumCommitmentTx {
    std::uint16_t version = 1;
    std::uint32_t height = 0;
    QuorumCommitment commitment;

    [[nodiscard]] dash::Bytes encode() const;
    [[nodiscard]] static QuorumCommitmentTx decode(dash::ByteSpan payload);
};

struct HardForkSignal {
    std::uint8_t version = 1;
    std::uint8_t bit = 0;
    dash::Uint256 quorum_hash;
    BlsSignature signature{};

    [[nodiscard]] dash::Bytes encode() const;
    [[nodiscard]] static HardForkSignal decode(dash::ByteSpan payload);
};

struct AssetLockTx {
    std::uint8_t version = 1;
    std::vector<dash::TxOut> credit_outputs;

    [[nodiscard]] dash::Bytes encode() const;
    [[nodiscard]] static AssetLockTx decode(dash::ByteSpan payload);
};

struct AssetUnlockTx {
    std::uint8_t version = 1;
    std::uint64_t index = 0;
    std::uint32_t fee_duffs = 0;
    std::uint32_t requested_height = 0;
    dash::Uint256 quorum_hash;
    BlsSignature quorum_signature{};

    [[nodiscard]] dash::Bytes encode() const;
    [[nodiscard]] static AssetUnlockTx decode(dash::ByteSpan payload);
};

}  // namespace simnet
