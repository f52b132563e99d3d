#include "dash/broadcaster/own_block.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "dash/p2p/messages.h"
#include "dash/primitives/chain_params.h"
#include "dash/util/error.h"
#include "tests/unit/broadcaster/test_block.h"

using namespace dash::broadcaster;
using dash::Block;
using dash::Bytes;
using dash::ByteSpan;
using dash::Transaction;
using dash::Uint256;
namespace p2p = dash::p2p;

namespace {

const auto kMagic = dash::dash_regtest().p2p_magic;
constexpr std::uint64_t kNonce = 99;
const PeerAddress kPeer{{}, 9999};
const PeerAddress kOther{{}, 9998};

std::shared_ptr<const OwnBlock> own(const Block& block, const OwnBlock::IsWidespread& is_widespread) {
    return std::make_shared<const OwnBlock>(tests::won(block), kMagic, kNonce, is_widespread);
}
bool everywhere(const Uint256&) {
    return true;
}
bool nowhere(const Uint256&) {
    return false;
}

p2p::Frame parse(const p2p::SharedFrame& frame) {
    p2p::FrameParser parser(kMagic);
    parser.feed(*frame);
    const auto parsed = parser.next();
    REQUIRE(parsed);
    return *parsed;
}

p2p::CompactBlock compact_of(const OwnBlock& block) {
    const p2p::Frame frame = parse(block.compact());
    CHECK(frame.command == "cmpctblock");
    return p2p::decode_cmpctblock(frame.payload);
}

/// Without inputs and outputs.
Transaction quorum_commitment(std::size_t payload) {
    Transaction transaction;
    transaction.version = 3;
    transaction.type = 6;
    transaction.extra_payload = Bytes(payload, 6);
    return transaction;
}

/// Without inputs.
Transaction asset_unlock(std::size_t payload) {
    Transaction transaction = quorum_commitment(payload);
    transaction.type = 9;
    transaction.outputs.push_back({5000, Bytes(25, 0x76)});
    return transaction;
}

/// What a peer makes of it that holds `mempool`.
Block rebuild(const p2p::CompactBlock& compact, const std::vector<Transaction>& mempool) {
    const p2p::ShortIds short_id(compact.header, compact.nonce);
    Block block;
    block.header = compact.header;
    auto next_id = compact.short_ids.begin();
    auto next_prefilled = compact.prefilled.begin();
    for (std::uint32_t i = 0; i < compact.short_ids.size() + compact.prefilled.size(); ++i) {
        if (next_prefilled != compact.prefilled.end() && next_prefilled->index == i) {
            block.transactions.push_back(dash::parse_transaction(next_prefilled++->transaction));
            continue;
        }
        const std::uint64_t id = *next_id++;
        const auto known = std::find_if(mempool.begin(), mempool.end(),
                                        [&](const Transaction& each) { return short_id(each.txid()) == id; });
        REQUIRE(known != mempool.end());
        block.transactions.push_back(*known);
    }
    return block;
}

}  // namespace

TEST_CASE("peers that hold the transactions rebuild the block from the compact one") {
    std::vector<Transaction> mempool;
    for (std::uint64_t i = 0; i < 50; ++i)
        mempool.push_back(tests::test_transaction(i, 200 + i));
    const Block block = tests::test_block(mempool);
    const auto widespread = own(block, everywhere);
    const p2p::CompactBlock compact = compact_of(*widespread);
    CHECK(compact.nonce == kNonce);
    CHECK(widespread->prefilled() == 1);
    CHECK(rebuild(compact, mempool).serialize() == block.serialize());
    CHECK(parse(widespread->full()).payload == block.serialize());
    CHECK(parse(widespread->full()).command == "block");
    CHECK(widespread->hash() == tests::won(block).hash);
    CHECK(widespread->transactions() == 51);
}

TEST_CASE("a small block whose transactions nobody may have is prefilled whole") {
    const Block block = tests::block_of_size(10'000);
    const auto fresh = own(block, nowhere);
    CHECK(fresh->prefilled() == block.transactions.size());
    CHECK(rebuild(compact_of(*fresh), {}).serialize() == block.serialize());
    CHECK(fresh->compact()->size() <= kFirstFlightBytes + 200);
}

TEST_CASE("prefilling stops at the first flight, small transactions first") {
    std::vector<Transaction> transactions;
    for (std::uint64_t i = 0; i < 100; ++i)
        transactions.push_back(tests::test_transaction(i, i % 2 == 0 ? 250 : 2000));
    const Block block = tests::test_block(transactions);
    const auto fresh = own(block, nowhere);
    CHECK(fresh->compact()->size() <= kFirstFlightBytes);
    CHECK(fresh->compact()->size() > kFirstFlightBytes * 3 / 4);
    for (const auto& each : compact_of(*fresh).prefilled)
        CHECK(each.transaction.size() <= 260);
    CHECK(rebuild(compact_of(*fresh), transactions).serialize() == block.serialize());
}

TEST_CASE("asset unlocks are always prefilled, known transactions and what peers take for an attack never") {
    std::vector<Transaction> transactions;
    for (std::uint64_t i = 0; i < 5; ++i)
        transactions.push_back(tests::test_transaction(i, 300));
    transactions.push_back(asset_unlock(20'000));
    transactions.push_back(tests::test_transaction(6, 300));
    const Block block = tests::test_block(transactions);
    const Uint256 known = transactions[2].txid();
    const auto prepared = own(block, [&](const Uint256& txid) { return txid == known; });
    const p2p::CompactBlock compact = compact_of(*prepared);
    std::vector<std::uint32_t> places;
    for (const auto& each : compact.prefilled)
        places.push_back(each.index);
    CHECK(places == std::vector<std::uint32_t>{0, 6});  // the unlock alone is beyond the first flight
    CHECK(compact.short_ids.size() == 6);

    const Block small =
        tests::test_block({transactions[0], asset_unlock(500), transactions[2], quorum_commitment(300)});
    std::vector<std::uint32_t> small_places;
    for (const auto& each : compact_of(*own(small, [&](const Uint256& txid) { return txid == known; })).prefilled)
        small_places.push_back(each.index);
    CHECK(small_places == std::vector<std::uint32_t>{0, 1, 2});
}

TEST_CASE("what is no block is refused") {
    const auto make = [](Bytes bytes) {
        dash::submission::WonBlock won;
        won.bytes = std::make_shared<const Bytes>(std::move(bytes));
        return OwnBlock(won, kMagic, kNonce, nowhere);
    };
    const Bytes good = tests::test_block({}).serialize();
    CHECK(make(good).transactions() == 1);
    CHECK_THROWS_AS(make(Bytes(5000, 0x42)), dash::DecodeError);
    Bytes longer = good;
    longer.push_back(0);
    CHECK_THROWS_AS(make(longer), dash::DecodeError);
    CHECK_THROWS_AS(make(Bytes(good.begin(), good.end() - 1)), dash::DecodeError);
    Bytes empty(good.begin(), good.begin() + 80);
    empty.push_back(0);
    CHECK_THROWS_AS(make(empty), dash::DecodeError);
}

TEST_CASE("the message that the pipeline made serves the peers too") {
    dash::submission::WonBlock won = tests::won(tests::block_of_size(9000));
    won.message = std::make_shared<p2p::BlockMessage>(won.bytes, kMagic);
    const OwnBlock own(won, kMagic, 1, everywhere);
    CHECK(own.full() == won.message->frame());
    CHECK(own.full_bytes() == own.full()->size());
    CHECK(parse(own.full()).payload == *won.bytes);
    const auto too_large = std::make_shared<const Bytes>(Bytes(p2p::kMaxPayloadBytes + 1));
    CHECK_THROWS_AS(p2p::BlockMessage(too_large, kMagic), dash::DecodeError);
}

TEST_CASE("questions about our blocks are answered") {
    const Block parent = tests::test_block({tests::test_transaction(1, 300), tests::test_transaction(2, 300)});
    const Uint256 parent_hash = tests::won(parent).hash;
    const Block child = tests::test_block({}, parent_hash);
    const Uint256 child_hash = tests::won(child).hash;
    OwnBlocks blocks;
    blocks.add(own(parent, everywhere));
    blocks.add(own(child, everywhere));
    blocks.add(own(child, everywhere));

    SUBCASE("getdata") {
        const auto answer = blocks.answer(kPeer, kMagic, "getdata",
                                          p2p::encode_inv({{p2p::kInvBlock, parent_hash},
                                                           {p2p::kInvCompactBlock, child_hash},
                                                           {p2p::kInvBlock, Uint256(5)},
                                                           {p2p::kInvTransaction, parent_hash},
                                                           {p2p::kInvBlock, parent_hash}}));
        REQUIRE(answer.frames.size() == 3);
        CHECK(parse(answer.frames[0]).payload == parent.serialize());
        CHECK(parse(answer.frames[1]).command == "cmpctblock");
        const p2p::Frame missing = parse(answer.frames[2]);
        CHECK(missing.command == "notfound");
        CHECK(p2p::decode_inv(missing.payload).size() == 2);
        CHECK(answer.asked == std::vector<Uint256>{parent_hash, child_hash});
    }
    SUBCASE("getheaders of one block") {
        p2p::GetHeaders request;
        request.stop = child_hash;
        const auto answer = blocks.answer(kPeer, kMagic, "getheaders", encode(request));
        REQUIRE(answer.frames.size() == 1);
        CHECK(p2p::decode_headers(parse(answer.frames[0]).payload) == std::vector{child.header});
        CHECK(answer.asked == std::vector<Uint256>{child_hash});
    }
    SUBCASE("getheaders from the block before, which may be behind a rival of ours") {
        p2p::GetHeaders request;
        request.locator = {Uint256(12345), parent.header.previous_block};
        const auto answer = blocks.answer(kPeer, kMagic, "getheaders", encode(request));
        CHECK(p2p::decode_headers(parse(answer.frames.at(0)).payload) == std::vector{parent.header, child.header});
    }
    SUBCASE("getheaders of what is not ours") {
        p2p::GetHeaders request;
        request.locator = {Uint256(12345)};
        const auto answer = blocks.answer(kPeer, kMagic, "getheaders", encode(request));
        CHECK(p2p::decode_headers(parse(answer.frames.at(0)).payload).empty());
        CHECK(answer.asked.empty());
    }
    SUBCASE("getblocktxn") {
        const auto answer =
            blocks.answer(kPeer, kMagic, "getblocktxn", encode(p2p::BlockTransactionsRequest{parent_hash, {0, 2}}));
        const auto reply = p2p::decode_blocktxn(parse(answer.frames.at(0)).payload);
        CHECK(reply.block == parent_hash);
        CHECK(reply.transactions ==
              std::vector<Bytes>{parent.transactions[0].serialize(), parent.transactions[2].serialize()});
        CHECK_THROWS_AS(static_cast<void>(blocks.answer(kPeer, kMagic, "getblocktxn",
                                                        encode(p2p::BlockTransactionsRequest{parent_hash, {3}}))),
                        dash::PeerMisbehaving);
        CHECK(blocks.answer(kPeer, kMagic, "getblocktxn", encode(p2p::BlockTransactionsRequest{Uint256(4), {0}}))
                  .frames.empty());
    }
    SUBCASE("other messages") {
        CHECK(blocks.answer(kPeer, kMagic, "inv", p2p::encode_inv({{p2p::kInvBlock, parent_hash}})).frames.empty());
    }
}

TEST_CASE("a peer's questions about a block are answered so often and no longer") {
    const Block block = tests::test_block({tests::test_transaction(1, 300)});
    const Block other = tests::test_block({}, Uint256(3));
    const Uint256 hash = tests::won(block).hash;
    OwnBlocks blocks;
    blocks.add(own(block, everywhere));
    blocks.add(own(other, everywhere));
    const auto commands = [&](const PeerAddress& from, std::string_view command, const Bytes& payload) {
        std::vector<std::string> answers;
        for (const auto& frame : blocks.answer(from, kMagic, command, payload).frames)
            answers.push_back(parse(frame).command);
        return answers;
    };
    using Commands = std::vector<std::string>;
    p2p::GetHeaders headers;
    headers.stop = hash;
    const Bytes whole = p2p::encode_inv({{p2p::kInvBlock, hash}});
    CHECK(commands(kPeer, "getheaders", encode(headers)) == Commands{"headers"});
    CHECK(commands(kPeer, "getdata", p2p::encode_inv({{p2p::kInvCompactBlock, hash}})) == Commands{"cmpctblock"});
    CHECK(commands(kPeer, "getblocktxn", encode(p2p::BlockTransactionsRequest{hash, {1}})) == Commands{"blocktxn"});
    CHECK(commands(kPeer, "getdata", whole) == Commands{"block"});

    CHECK(commands(kPeer, "getdata", whole) == Commands{"notfound"});
    CHECK(commands(kPeer, "getblocktxn", encode(p2p::BlockTransactionsRequest{hash, {1}})).empty());
    const auto late = blocks.answer(kPeer, kMagic, "getheaders", encode(headers));
    CHECK(p2p::decode_headers(parse(late.frames.at(0)).payload).empty());
    CHECK(late.asked.empty());
    // Of another block, and to another peer, they are.
    CHECK(commands(kPeer, "getdata", p2p::encode_inv({{p2p::kInvBlock, tests::won(other).hash}})) == Commands{"block"});
    CHECK(commands(kOther, "getdata", whole) == Commands{"block"});
}

TEST_CASE("only the last blocks are kept") {
    OwnBlocks blocks;
    std::vector<Uint256> hashes;
    for (std::uint64_t i = 0; i < OwnBlocks::kMost + 3; ++i) {
        const Block block = tests::test_block({}, Uint256(100 + i));
        hashes.push_back(tests::won(block).hash);
        blocks.add(own(block, nowhere));
    }
    CHECK(blocks.find(hashes[2]) == nullptr);
    CHECK(blocks.find(hashes[3]) != nullptr);
    CHECK(blocks.find(hashes.back()) != nullptr);
}
