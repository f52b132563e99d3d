#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/bytes.h"
#include "dash/primitives/hash160.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/uint256.h"
#include "share_chain/transaction_refs.h"

/// Shares of type 16, the only type on the Dash p2pool network (python p2pool.data.Share, VERSION 16).
namespace share_chain {

constexpr std::uint64_t kShareType = 16;
/// ShareData::donation of a finder who gives everything.
constexpr double kDonationParts = 65535;

/// One output of the coinbase that Dash demands (masternode, operator, platform, superblock) as a share carries it.
struct Payment {
    dash::Bytes payee;  ///< an address, or "!" and the script in hex; empty = none
    std::uint64_t amount_duffs = 0;

    friend bool operator==(const Payment&, const Payment&) = default;
};

enum class StaleInfo : std::uint8_t { kNone = 0, kOrphan = 253, kDoa = 254 };

/// What the share's finder chose freely.
struct ShareData {
    dash::Uint256 previous_share_hash;  ///< zero: first share of a chain
    dash::Bytes coinbase;               ///< script of the coinbase input
    dash::Bytes coinbase_payload;       ///< DIP 4 payload, plain; empty = none
    std::uint32_t nonce = 0;
    dash::Hash160 pubkey_hash{};      ///< who is paid for this share
    std::uint64_t subsidy_duffs = 0;  ///< all that the coinbase pays
    std::uint16_t donation = 0;       ///< of kDonationParts
    std::uint8_t stale_info = 0;      ///< a StaleInfo, or any other number a peer put there
    std::uint64_t desired_version = kShareType;
    std::uint64_t payment_amount_duffs = 0;
    std::vector<Payment> packed_payments;

    friend bool operator==(const ShareData&, const ShareData&) = default;
};

/// What the share chain's rules derive from the share data, the parent and the transactions: recomputed by every node.
struct ShareInfo {
    ShareData share_data;
    std::vector<dash::Uint256> new_transaction_hashes;
    TransactionRefs transaction_hash_refs;  ///< of all transactions of the block, in order
    dash::Uint256 far_share_hash;           ///< zero = none
    std::uint32_t max_bits = 0;
    std::uint32_t bits = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t absheight = 0;
    dash::Uint256 abswork;  ///< modulo 2^128

    friend bool operator==(const ShareInfo&, const ShareInfo&) = default;
};

/// A block header without its merkle root, which follows from the rest of the share.
struct MinHeader {
    std::uint64_t version = 0;  ///< a VarInt in shares
    dash::Uint256 previous_block;
    std::uint32_t timestamp = 0;
    std::uint32_t bits = 0;
    std::uint32_t nonce = 0;

    friend bool operator==(const MinHeader&, const MinHeader&) = default;
};

/// SHA-256 taken up to the reference hash in the coinbase: stands for the first part of that transaction.
struct HashLink {
    dash::Sha256::State state{};
    dash::Bytes extra_data;    ///< uncompressed bytes that are not part of the known constant ending
    std::uint64_t length = 0;  ///< bytes hashed so far

    friend bool operator==(const HashLink&, const HashLink&) = default;
};

/// The fields of a share as they travel.
struct ShareContents {
    MinHeader min_header;
    ShareInfo share_info;
    std::vector<dash::Uint256> ref_merkle_branch;
    std::uint64_t last_txout_nonce = 0;
    HashLink hash_link;
    std::vector<dash::Uint256> merkle_branch;
    /// As in the coinbase: VarInt length and payload; empty = none.
    dash::Bytes coinbase_payload;

    friend bool operator==(const ShareContents&, const ShareContents&) = default;
};

/// A share that passed the checks which need no other share: immutable, shared between threads.
struct Share {
    ShareContents contents;
    dash::Bytes packed;        ///< canonical contents bytes, stored and relayed as they are
    dash::BlockHeader header;  ///< with the merkle root
    dash::Uint256 hash;  ///< X11 of the header: names the share, is its proof of work, and names the block if it is one
    dash::Uint256 gentx_hash;  ///< txid of the coinbase
    dash::Uint256 target;      ///< of share_info.bits; at most the network's max_target
    /// Of share_info.max_bits and of the header's bits. Nobody checked these: when they say more than 256 bits, this is
    /// 2^256 − 1. (The reference counts no attempts at all for such bits: dash::average_attempts_from_bits.)
    dash::Uint256 max_target;
    dash::Uint256 block_target;

    [[nodiscard]] const ShareInfo& info() const { return contents.share_info; }
    [[nodiscard]] const ShareData& data() const { return contents.share_info.share_data; }
    [[nodiscard]] const dash::Uint256& previous_hash() const { return data().previous_share_hash; }
    /// True when the hash meets the target in the header; the header's bits are not checked against the block chain.
    [[nodiscard]] bool claims_block() const { return hash <= block_target; }
    /// The P2PKH script that is paid for this share.
    [[nodiscard]] dash::Bytes payout_script() const;
};

using SharePtr = std::shared_ptr<const Share>;

}  // namespace share_chain
