#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "dash/primitives/serialize.h"
#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "share_chain/network.h"
#include "tests/support/regtest.h"
#include "tests/support/sanitizer.h"
#include "tests/unit/share_chain/random_shares.h"

namespace {

/// The largest piece of memory that this program asked for since the last reset.
std::size_t largest_allocation = 0;

}  // namespace

#if !P2POOL_TESTS_HAS_FEATURE(thread_sanitizer)  // which lets nobody replace these: nothing is measured there
void* operator new(std::size_t size) {
    largest_allocation = std::max(largest_allocation, size);
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
#endif

namespace {

using share_chain::ShareContents;

constexpr int kRounds = 300;

/// The packed contents up to the list or string whose first element is `marker`; instead of it, another count and few
/// bytes.
dash::Bytes with_count(const ShareContents& contents, const dash::Bytes& marker, std::uint64_t count) {
    const dash::Bytes bytes = share_chain::encode_contents(contents);
    const auto place = std::search(bytes.begin(), bytes.end(), marker.begin(), marker.end());
    REQUIRE(place != bytes.end());
    const auto size_before_count = static_cast<std::size_t>(place - bytes.begin()) - 1;
    dash::Writer writer;
    writer.raw(dash::ByteSpan(bytes).first(size_before_count)).varint(count).raw(dash::Bytes(100, 0));
    return std::move(writer).take();
}

}  // namespace

TEST_CASE("contents survive packing") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < kRounds; ++round) {
        const ShareContents contents = tests::random_contents(random);
        const dash::Bytes bytes = share_chain::encode_contents(contents);
        CHECK(share_chain::decode_contents(bytes) == contents);
    }
}

TEST_CASE("references to transactions take the memory of the bytes they came in, and are what was put in") {
    tests::Random random;
    INFO(random.how_to_repeat());
    ShareContents contents = tests::random_contents(random);
    std::vector<share_chain::TransactionRef> refs(100'000, {1, 0});
    refs[500] = {random.u64(), random.u64()};
    contents.share_info.transaction_hash_refs = {};
    for (const share_chain::TransactionRef& ref : refs)
        contents.share_info.transaction_hash_refs.push_back(ref);
    const dash::Bytes bytes = share_chain::encode_contents(contents);
    largest_allocation = 0;
    const ShareContents decoded = share_chain::decode_contents(bytes);
    CHECK(largest_allocation < bytes.size());
    const auto& again = decoded.share_info.transaction_hash_refs;
    CHECK(again.size() == refs.size());
    CHECK(std::equal(again.begin(), again.end(), refs.begin(), refs.end()));
}

TEST_CASE("a share may be cut off inside its last string only") {
    tests::Random random;
    INFO(random.how_to_repeat());
    ShareContents contents = tests::random_contents(random);
    contents.coinbase_payload = random.bytes(10);
    const dash::Bytes bytes = share_chain::encode_contents(contents);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        INFO(size, " of ", bytes.size(), " bytes");
        const dash::ByteSpan cut = dash::ByteSpan(bytes).first(size);
        if (size < bytes.size() - contents.coinbase_payload.size()) {
            CHECK_THROWS_AS((void)share_chain::decode_contents(cut), dash::DecodeError);
            continue;
        }
        ShareContents shorter = contents;
        shorter.coinbase_payload.resize(contents.coinbase_payload.size() - (bytes.size() - size));
        CHECK(share_chain::decode_contents(cut) == shorter);
    }
}

TEST_CASE("nothing may follow a share") {
    tests::Random random;
    INFO(random.how_to_repeat());
    dash::Bytes bytes = share_chain::encode_contents(tests::random_contents(random));
    bytes.push_back(0);
    CHECK_THROWS_AS((void)share_chain::decode_contents(bytes), dash::DecodeError);

    dash::Writer typed;
    share_chain::write_typed_contents(typed, share_chain::kShareType, bytes);
    CHECK_NOTHROW((void)share_chain::parse_typed_contents(typed.bytes()));
    typed.u8(0);
    CHECK_THROWS_AS((void)share_chain::parse_typed_contents(typed.bytes()), dash::DecodeError);
}

TEST_CASE("damaged shares are refused or pack to the bytes they came in") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < kRounds; ++round) {
        dash::Bytes bytes = share_chain::encode_contents(tests::random_contents(random, 4));
        for (std::uint64_t damage = random.below(4) + 1; damage > 0; --damage)
            bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.u64());
        try {
            const ShareContents contents = share_chain::decode_contents(bytes);
            const dash::Bytes packed = share_chain::encode_contents(contents);
            const bool truncated = packed != bytes;
            // Only the length of the last string can have claimed more than there was.
            if (truncated) CHECK(packed.size() <= bytes.size());
            CHECK(share_chain::decode_contents(packed) == contents);
        } catch (const dash::DecodeError&) {
        }
        try {
            (void)share_chain::load_share({share_chain::kShareType, bytes}, tests::regtest());
        } catch (const dash::DecodeError&) {
        } catch (const dash::PeerMisbehaving&) {
        }
    }
}

TEST_CASE("noise is refused") {
    tests::Random random;
    INFO(random.how_to_repeat());
    for (int round = 0; round < kRounds; ++round) {
        const dash::Bytes noise = random.bytes(random.below(2000));
        CHECK_THROWS((void)share_chain::load_share({share_chain::kShareType, noise}, tests::regtest()));
    }
}

TEST_CASE("a claimed number of elements costs no memory") {
    tests::Random random;
    INFO(random.how_to_repeat());
    ShareContents contents = tests::random_contents(random, 3);
    const dash::Bytes marker = random.bytes(32);
    const dash::Uint256 marker_hash = dash::Uint256::from_bytes(marker);

    ShareContents transactions = contents;
    transactions.share_info.new_transaction_hashes = {marker_hash};
    ShareContents branch = contents;
    branch.merkle_branch = {marker_hash};
    ShareContents payload = contents;
    payload.coinbase_payload = marker;
    for (const std::uint64_t count : {std::uint64_t{10}, std::uint64_t{1} << 20, std::uint64_t{1} << 40, UINT64_MAX}) {
        for (const ShareContents& base : {transactions, branch, payload}) {
            const dash::Bytes bytes = with_count(base, marker, count);
            largest_allocation = 0;
            try {
                (void)share_chain::decode_contents(bytes);
            } catch (const dash::DecodeError&) {
            }
            CHECK(largest_allocation <= 16 * bytes.size());
        }
    }
}

TEST_CASE("numbers must be in their shortest form") {
    ShareContents contents;
    contents.min_header.version = 0xfc;
    dash::Bytes bytes = share_chain::encode_contents(contents);
    REQUIRE(bytes.front() == 0xfc);
    CHECK_NOTHROW((void)share_chain::decode_contents(bytes));
    bytes.front() = 0xfd;
    bytes.insert(bytes.begin() + 1, {0xfc, 0x00});
    CHECK_THROWS_AS((void)share_chain::decode_contents(bytes), dash::DecodeError);
    bytes[2] = 0x01;
    CHECK(share_chain::decode_contents(bytes).min_header.version == 0x01fc);
}

TEST_CASE("the type of a share decides before its contents") {
    CHECK_THROWS_AS((void)share_chain::load_share({15, {}}, tests::regtest()), dash::PeerMisbehaving);
    CHECK_THROWS_AS((void)share_chain::load_share({17, {}}, tests::regtest()), dash::DecodeError);
    CHECK_THROWS_AS((void)share_chain::load_share({16, {}}, tests::regtest()), dash::DecodeError);
}
