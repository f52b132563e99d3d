#include "dash/primitives/block.h"

#include <algorithm>

namespace dash {
namespace {

/// Version and type, no inputs, no outputs, lock time.
constexpr std::size_t kSmallestTransaction = 4 + 1 + 1 + 4;

}  // namespace

std::array<std::uint8_t, BlockHeader::kBytes> BlockHeader::serialize() const {
    Writer writer(kBytes);
    writer.u32(version).uint256(previous_block).uint256(merkle_root).u32(timestamp).u32(bits).u32(nonce);
    std::array<std::uint8_t, kBytes> bytes{};
    std::copy(writer.bytes().begin(), writer.bytes().end(), bytes.begin());
    return bytes;
}

BlockHeader read_header(Reader& reader) {
    BlockHeader header;
    header.version = reader.u32();
    header.previous_block = reader.uint256();
    header.merkle_root = reader.uint256();
    header.timestamp = reader.u32();
    header.bits = reader.u32();
    header.nonce = reader.u32();
    return header;
}

BlockHeader parse_header(ByteSpan bytes) {
    Reader reader(bytes);
    const BlockHeader header = read_header(reader);
    reader.expect_end();
    return header;
}

Bytes Block::serialize() const {
    Writer writer;
    writer.raw(header.serialize()).varint(transactions.size());
    for (const Transaction& transaction : transactions)
        write_transaction(writer, transaction);
    return std::move(writer).take();
}

Block parse_block(ByteSpan bytes) {
    Reader reader(bytes);
    Block block;
    block.header = read_header(reader);
    const std::size_t count = reader.count(kSmallestTransaction);
    block.transactions.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        block.transactions.push_back(read_transaction(reader));
    reader.expect_end();
    return block;
}

}  // namespace dash
