#include "dash/submission/block_check.h"

#include <doctest/doctest.h>

#include "dash/primitives/uint256.h"
#include "dash/x11/x11.h"
#include "tests/support/random.h"
#include "tests/unit/broadcaster/test_block.h"

using dash::Bytes;
using dash::submission::damage_of;
using dash::submission::WonBlock;

namespace {

WonBlock with_bytes(WonBlock block, const Bytes& bytes) {
    block.bytes = std::make_shared<const Bytes>(bytes);
    return block;
}

}  // namespace

TEST_CASE("a block as it was won is sound") {
    CHECK(damage_of(tests::won(tests::block_of_size(3000))).empty());
}

TEST_CASE("what is not the block that was won is found out") {
    dash::Block block = tests::block_of_size(3000);
    const WonBlock won = tests::won(block);
    SUBCASE("its bytes end early") {
        CHECK(damage_of(with_bytes(won, Bytes(won.bytes->begin(), won.bytes->end() - 1))).find("cannot be read") == 0);
        CHECK(damage_of(with_bytes(won, {})).find("cannot be read") == 0);
    }
    SUBCASE("it has another hash") {
        WonBlock other = won;
        other.hash = dash::Uint256(5);
        CHECK(damage_of(other) == "has another hash than it is kept under");
    }
    SUBCASE("it has no proof of work") {
        block.header.bits = 0x1d00ffff;
        CHECK(damage_of(tests::won(block)) == "does not meet the target that it names");
        block.header.bits = 0xff7fffff;
        CHECK(damage_of(tests::won(block)) == "does not meet the target that it names");
    }
    SUBCASE("it has other transactions") {
        block.transactions.pop_back();
        CHECK(damage_of(with_bytes(won, block.serialize())) == "has other transactions than its header names");
    }
}

TEST_CASE("any changed byte is damage") {
    tests::Random random;
    INFO(random.how_to_repeat());
    const WonBlock won = tests::won(tests::block_of_size(3000));
    for (int i = 0; i < 500; ++i) {
        Bytes bytes = *won.bytes;
        bytes[random.below(bytes.size())] ^= static_cast<std::uint8_t>(1 + random.below(255));
        CHECK_FALSE(damage_of(with_bytes(won, bytes)).empty());
    }
}
