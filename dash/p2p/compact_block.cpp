#include "dash/p2p/compact_block.h"

#include "dash/primitives/serialize.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/siphash.h"
#include "dash/util/error.h"

namespace dash::p2p {
namespace {

constexpr std::size_t kShortIdBytes = 6;
constexpr std::uint64_t kShortIdMask = (std::uint64_t{1} << (8 * kShortIdBytes)) - 1;
/// Without inputs, outputs and payload.
constexpr std::size_t kSmallestTransaction = 10;

/// Indexes travel as distances: from one to the next, less one.
class IndexWriter {
  public:
    void write(Writer& writer, std::uint32_t index) {
        if (index < next_ || index >= kMaxCompactTransactions) throw DecodeError("indexes that do not ascend");
        writer.varint(index - next_);
        next_ = index + 1;
    }

  private:
    std::uint32_t next_ = 0;
};

class IndexReader {
  public:
    std::uint32_t read(Reader& reader) {
        const std::uint64_t distance = reader.varint();
        if (distance >= kMaxCompactTransactions - next_) throw DecodeError("an index beyond the largest block");
        const auto index = static_cast<std::uint32_t>(next_ + distance);
        next_ = index + 1;
        return index;
    }

  private:
    std::uint32_t next_ = 0;
};

Bytes read_raw_transaction(Reader& reader, ByteSpan payload) {
    const std::size_t begin = reader.position();
    static_cast<void>(read_transaction(reader));
    const ByteSpan raw = payload.subspan(begin, reader.position() - begin);
    return Bytes(raw.begin(), raw.end());
}

}  // namespace

Bytes encode(const CompactBlock& message) {
    Writer writer;
    writer.raw(message.header.serialize()).u64(message.nonce).varint(message.short_ids.size());
    for (const std::uint64_t id : message.short_ids)
        writer.u32(static_cast<std::uint32_t>(id)).u16(static_cast<std::uint16_t>(id >> 32));
    writer.varint(message.prefilled.size());
    IndexWriter indexes;
    for (const PrefilledTransaction& each : message.prefilled) {
        indexes.write(writer, each.index);
        writer.raw(each.transaction);
    }
    return std::move(writer).take();
}

CompactBlock decode_cmpctblock(ByteSpan payload) {
    Reader reader(payload);
    CompactBlock message;
    message.header = read_header(reader);
    message.nonce = reader.u64();
    message.short_ids.resize(reader.count(kShortIdBytes, kMaxCompactTransactions));
    for (std::uint64_t& id : message.short_ids) {
        id = reader.u32();
        id |= std::uint64_t{reader.u16()} << 32;
    }
    message.prefilled.resize(reader.count(1 + kSmallestTransaction, kMaxCompactTransactions));
    IndexReader indexes;
    for (PrefilledTransaction& each : message.prefilled) {
        each.index = indexes.read(reader);
        each.transaction = read_raw_transaction(reader, payload);
    }
    const std::size_t transactions = message.short_ids.size() + message.prefilled.size();
    if (!message.prefilled.empty() && message.prefilled.back().index >= transactions) {
        throw DecodeError("a prefilled transaction behind the block's end");
    }
    return message;
}

ShortIds::ShortIds(const BlockHeader& header, std::uint64_t nonce) {
    Writer preimage(BlockHeader::kBytes + sizeof nonce);
    preimage.raw(header.serialize()).u64(nonce);
    const Sha256::Digest digest = sha256(preimage.bytes());
    Reader reader(digest);
    key0_ = reader.u64();
    key1_ = reader.u64();
}

std::uint64_t ShortIds::operator()(const Uint256& txid) const {
    return siphash24(key0_, key1_, txid.to_bytes()) & kShortIdMask;
}

Bytes encode(const BlockTransactionsRequest& message) {
    Writer writer;
    writer.uint256(message.block).varint(message.indexes.size());
    IndexWriter indexes;
    for (const std::uint32_t index : message.indexes)
        indexes.write(writer, index);
    return std::move(writer).take();
}

BlockTransactionsRequest decode_getblocktxn(ByteSpan payload) {
    Reader reader(payload);
    BlockTransactionsRequest message;
    message.block = reader.uint256();
    message.indexes.resize(reader.count(1, kMaxCompactTransactions));
    IndexReader indexes;
    for (std::uint32_t& index : message.indexes)
        index = indexes.read(reader);
    return message;
}

Bytes encode(const BlockTransactions& message) {
    Writer writer;
    writer.uint256(message.block).varint(message.transactions.size());
    for (const Bytes& transaction : message.transactions)
        writer.raw(transaction);
    return std::move(writer).take();
}

BlockTransactions decode_blocktxn(ByteSpan payload) {
    Reader reader(payload);
    BlockTransactions message;
    message.block = reader.uint256();
    message.transactions.resize(reader.count(kSmallestTransaction, kMaxCompactTransactions));
    for (Bytes& transaction : message.transactions)
        transaction = read_raw_transaction(reader, payload);
    return message;
}

}  // namespace dash::p2p
