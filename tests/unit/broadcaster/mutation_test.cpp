#include <doctest/doctest.h>

#include <functional>

#include "dash/broadcaster/own_block.h"
#include "dash/broadcaster/peer_manager.h"
#include "dash/p2p/compact_block.h"
#include "dash/p2p/messages.h"
#include "dash/primitives/chain_params.h"
#include "dash/util/error.h"
#include "tests/support/manual_clock.h"
#include "tests/support/random.h"
#include "tests/unit/broadcaster/test_block.h"

// What strangers of the Dash network send: broken and invented messages.

using dash::Bytes;
using dash::ByteSpan;
using dash::Uint256;
namespace p2p = dash::p2p;

namespace {

constexpr int kRounds = 20'000;

p2p::CompactBlock compact_block() {
    const dash::Block block = tests::test_block({tests::test_transaction(1, 100), tests::test_transaction(2, 300),
                                                 tests::test_transaction(3, 100), tests::test_transaction(4, 100)});
    p2p::CompactBlock compact;
    compact.header = block.header;
    compact.nonce = 0x1122334455667788;
    compact.short_ids = {0xa1a2a3a4a5a6, 7};
    for (const std::uint32_t index : {0U, 2U, 4U})
        compact.prefilled.push_back({index, block.transactions[index].serialize()});
    return compact;
}

std::vector<p2p::TimedAddress> addresses() {
    return {{1'700'000'000, p2p::make_net_address("1.2.3.4", 9999)},
            {1'700'000'001, p2p::make_net_address("2a00:1450::1", 9999)},
            {5, p2p::make_net_address("20.1.2.3", 9999)}};
}

/// A mutated message is refused, or it has a meaning that survives being written and read again. Returns how many had
/// one.
template <typename Decode, typename Encode>
int check_mutations(tests::Random& random, const Bytes& seed, Decode decode, Encode encode_it) {
    int read = 0;
    for (int round = 0; round < kRounds; ++round) {
        const Bytes payload = random.mutated(seed, 4);
        try {
            const auto message = decode(payload);
            ++read;
            if (!(decode(encode_it(message)) == message)) FAIL("changed on its way: " << dash::to_hex(payload));
        } catch (const dash::DecodeError&) {
            continue;
        }
    }
    return read;
}

template <typename Message>
int check_mutations(tests::Random& random, const Message& seed, Message (*decode)(ByteSpan)) {
    return check_mutations(random, encode(seed), decode, [](const Message& message) { return encode(message); });
}

}  // namespace

TEST_CASE("mutated messages are refused, or read as what they say") {
    tests::Random random;
    INFO(random.how_to_repeat());
    CHECK(check_mutations(random, compact_block(), p2p::decode_cmpctblock) > kRounds / 10);
    CHECK(check_mutations(random, p2p::BlockTransactionsRequest{Uint256(77), {0, 1, 5, 300, 65'535}},
                          p2p::decode_getblocktxn) > kRounds / 10);
    CHECK(check_mutations(random,
                          p2p::BlockTransactions{Uint256(77),
                                                 {tests::test_transaction(1, 100).serialize(),
                                                  tests::test_transaction(2, 200).serialize()}},
                          p2p::decode_blocktxn) > kRounds / 10);
    CHECK(check_mutations(random, p2p::encode_addrv2(addresses()), p2p::decode_addrv2, p2p::encode_addrv2) >
          kRounds / 10);
    CHECK(check_mutations(random, p2p::encode_addr(addresses()), p2p::decode_addr, p2p::encode_addr) > kRounds / 10);
    CHECK(check_mutations(random, p2p::encode_inv({{p2p::kInvBlock, Uint256(1)}, {p2p::kInvTransaction, Uint256(2)}}),
                          p2p::decode_inv, p2p::encode_inv) > kRounds / 10);
}

TEST_CASE("noise of any length is no message that takes memory") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const std::function<std::size_t(ByteSpan)> decoders[] = {
        [](ByteSpan payload) {
            const p2p::CompactBlock compact = p2p::decode_cmpctblock(payload);
            return compact.short_ids.size() + compact.prefilled.size();
        },
        [](ByteSpan payload) { return p2p::decode_getblocktxn(payload).indexes.size(); },
        [](ByteSpan payload) { return p2p::decode_blocktxn(payload).transactions.size(); },
        [](ByteSpan payload) { return p2p::decode_addrv2(payload).size(); },
    };
    for (int round = 0; round < kRounds; ++round) {
        const Bytes noise = random.bytes(random.below(400));
        for (const auto& decode : decoders) {
            try {
                if (decode(noise) > noise.size()) FAIL("more than was sent: " << dash::to_hex(noise));
            } catch (const dash::DecodeError&) {
                continue;
            }
        }
    }
}

TEST_CASE("mutated questions about a block get at most what it holds") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const auto magic = dash::dash_regtest().p2p_magic;
    const dash::Block block = tests::block_of_size(20'000);
    dash::broadcaster::OwnBlocks blocks;
    const auto own = std::make_shared<const dash::broadcaster::OwnBlock>(tests::won(block), magic, 1,
                                                                         [](const Uint256&) { return true; });
    blocks.add(own);
    p2p::GetHeaders get_headers;
    get_headers.locator = {block.header.previous_block};
    const std::pair<std::string, Bytes> seeds[] = {
        {"getdata", p2p::encode_inv({{p2p::kInvBlock, own->hash()}, {p2p::kInvCompactBlock, own->hash()}})},
        {"getblocktxn", encode(p2p::BlockTransactionsRequest{own->hash(), {0, 1, 60}})},
        {"getheaders", encode(get_headers)}};
    std::size_t answered = 0;
    for (int round = 0; round < kRounds; ++round) {
        const auto& [command, payload] = seeds[random.below(std::size(seeds))];
        try {
            std::size_t bytes = 0;
            for (const auto& frame :
                 blocks.answer({{}, static_cast<std::uint16_t>(round)}, magic, command, random.mutated(payload, 3))
                     .frames)
                bytes += frame->size();
            answered += bytes > 0;
            if (bytes > 2 * own->full()->size()) FAIL("an answer of " << bytes << " bytes");
        } catch (const dash::Error&) {
            continue;
        }
    }
    CHECK(answered > kRounds / 10);
}

TEST_CASE("invented addresses fill no book beyond its bounds") {
    using namespace dash::broadcaster;
    tests::Random random;
    INFO(random.how_to_repeat());
    tests::ManualClock clock;
    PeerBook book({.port = 9999, .local_ones_too = false});
    for (unsigned i = 0; i < 19; ++i) {
        static_cast<void>(book.add(*parse_peer_address("1." + std::to_string(i) + ".3.4:9999"), Source::kP2p,
                                   clock.unix_seconds(), clock.unix_seconds()));
    }
    PeerManager manager({}, std::move(book), true, clock);
    static_cast<void>(manager.check());
    for (auto dials = manager.dials(); !dials.empty(); dials = manager.dials()) {
        for (const auto& dial : dials)
            static_cast<void>(manager.connected(dial.address));
    }
    REQUIRE(manager.connections().size() == 19);
    std::vector<p2p::TimedAddress> many(1000);
    for (int round = 0; round < 200; ++round) {
        for (p2p::TimedAddress& each : many) {
            each.time = static_cast<std::uint32_t>(random.u64());
            each.address = random.below(2) == 0
                               ? p2p::make_net_address(std::to_string(random.below(256)) + "." +
                                                           std::to_string(random.below(256)) + ".1.1",
                                                       static_cast<std::uint16_t>(9990 + random.below(20)))
                               : p2p::NetAddress();
        }
        const auto peer = std::next(manager.connections().begin(), static_cast<std::ptrdiff_t>(random.below(19)));
        const Bytes payload = random.mutated(p2p::encode_addrv2(many), 2);
        try {
            static_cast<void>(manager.addresses_received(peer->first, p2p::decode_addrv2(payload)));
        } catch (const dash::DecodeError&) {
            continue;
        }
        REQUIRE(manager.book().size() <= PeerBook::kMostPeers);
    }
    CHECK(manager.book().size() > 100);
}
