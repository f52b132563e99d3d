#pragma once

#include <cstdint>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

namespace dash::p2p {

/// Compact blocks, version 1 (BIP 152): a block as its header and short ids of the transactions that the other side
/// has, and the transactions themselves where it may not. Decoders throw DecodeError.

/// A message names a transaction by its place in the block in 16 bits.
constexpr std::size_t kMaxCompactTransactions = 65'536;

struct PrefilledTransaction {
    std::uint32_t index = 0;  ///< place in the block
    Bytes transaction;

    friend bool operator==(const PrefilledTransaction&, const PrefilledTransaction&) = default;
};

struct CompactBlock {
    BlockHeader header;
    std::uint64_t nonce = 0;
    std::vector<std::uint64_t> short_ids;         ///< of those not prefilled, in the block's order; 48 bits each
    std::vector<PrefilledTransaction> prefilled;  ///< by index, ascending

    friend bool operator==(const CompactBlock&, const CompactBlock&) = default;
};
[[nodiscard]] Bytes encode(const CompactBlock& message);
[[nodiscard]] CompactBlock decode_cmpctblock(ByteSpan payload);

/// The short ids of one compact block.
class ShortIds {
  public:
    ShortIds(const BlockHeader& header, std::uint64_t nonce);

    [[nodiscard]] std::uint64_t operator()(const Uint256& txid) const;

  private:
    std::uint64_t key0_;
    std::uint64_t key1_;
};

/// `getblocktxn`.
struct BlockTransactionsRequest {
    Uint256 block;
    std::vector<std::uint32_t> indexes;  ///< ascending

    friend bool operator==(const BlockTransactionsRequest&, const BlockTransactionsRequest&) = default;
};
[[nodiscard]] Bytes encode(const BlockTransactionsRequest& message);
[[nodiscard]] BlockTransactionsRequest decode_getblocktxn(ByteSpan payload);

/// `blocktxn`.
struct BlockTransactions {
    Uint256 block;
    std::vector<Bytes> transactions;

    friend bool operator==(const BlockTransactions&, const BlockTransactions&) = default;
};
[[nodiscard]] Bytes encode(const BlockTransactions& message);
[[nodiscard]] BlockTransactions decode_blocktxn(ByteSpan payload);

}  // namespace dash::p2p
