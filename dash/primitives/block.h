#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "dash/primitives/transaction.h"

namespace dash {

/// The 80 bytes that are hashed with X11: little-endian fields in this order.
struct BlockHeader {
    static constexpr std::size_t kBytes = 80;

    std::uint32_t version = 0;
    Uint256 previous_block;
    Uint256 merkle_root;
    std::uint32_t timestamp = 0;
    std::uint32_t bits = 0;
    std::uint32_t nonce = 0;

    [[nodiscard]] std::array<std::uint8_t, kBytes> serialize() const;
    friend bool operator==(const BlockHeader&, const BlockHeader&) = default;
};

[[nodiscard]] BlockHeader read_header(Reader& reader);
/// Exactly 80 bytes; throws DecodeError.
[[nodiscard]] BlockHeader parse_header(ByteSpan bytes);

struct Block {
    BlockHeader header;
    std::vector<Transaction> transactions;

    [[nodiscard]] Bytes serialize() const;
};

/// One block and nothing behind it; throws DecodeError.
[[nodiscard]] Block parse_block(ByteSpan bytes);

}  // namespace dash
