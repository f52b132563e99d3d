#include <doctest/doctest.h>

#include "dash/primitives/block.h"
#include "dash/util/error.h"

using dash::Block;
using dash::BlockHeader;
using dash::Bytes;
using dash::DecodeError;
using dash::Uint256;

namespace {

BlockHeader sample_header() {
    BlockHeader header;
    header.version = 0x20000000;
    header.previous_block = Uint256(0x11);
    header.merkle_root = Uint256(0x22);
    header.timestamp = 0x33;
    header.bits = 0x1d00ffff;
    header.nonce = 0x44;
    return header;
}

}  // namespace

TEST_CASE("a header is 80 bytes, little-endian, in the order of the protocol") {
    CHECK(dash::to_hex(sample_header().serialize()) ==
          "00000020"
          "1100000000000000000000000000000000000000000000000000000000000000"
          "2200000000000000000000000000000000000000000000000000000000000000"
          "33000000ffff001d44000000");
    CHECK(dash::parse_header(sample_header().serialize()) == sample_header());
    CHECK_THROWS_AS((void)dash::parse_header(Bytes(79)), DecodeError);
    CHECK_THROWS_AS((void)dash::parse_header(Bytes(81)), DecodeError);
}

TEST_CASE("a block is its header and its transactions, nothing behind") {
    Block block;
    block.header = sample_header();
    block.transactions.resize(2);
    block.transactions[0].inputs.resize(1);
    block.transactions[1].outputs.resize(1);
    const Bytes bytes = block.serialize();
    const Block parsed = dash::parse_block(bytes);
    CHECK(parsed.header == block.header);
    CHECK(parsed.transactions == block.transactions);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_THROWS_AS((void)dash::parse_block(dash::ByteSpan(bytes).first(size)), DecodeError);
    }
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK_THROWS_AS((void)dash::parse_block(longer), DecodeError);
}

TEST_CASE("a block that claims more transactions than it holds is refused") {
    Bytes bytes;
    dash::append(bytes, sample_header().serialize());
    dash::append(bytes, dash::from_hex("ffffffffffffffffff"));
    CHECK_THROWS_AS((void)dash::parse_block(bytes), DecodeError);
}
