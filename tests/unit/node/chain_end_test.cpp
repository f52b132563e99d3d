#include "p2pool/node/chain_end.h"

#include <doctest/doctest.h>

#include "p2pool/node/block_heights.h"

namespace {

using p2pool::node::BlockHeights;
using p2pool::node::ChainEnd;

dash::Uint256 block(std::uint64_t number) {
    return dash::Uint256(number);
}

/// Block n stands on n − 1 and carries bits 1000 + n.
dash::BlockHeader header(std::uint64_t number) {
    dash::BlockHeader header;
    header.previous_block = block(number - 1);
    header.bits = static_cast<std::uint32_t>(1000 + number);
    return header;
}

void fill(ChainEnd& chain, std::uint64_t tip) {
    chain.take_tip(block(tip), static_cast<std::uint32_t>(1001 + tip));
    for (std::uint64_t number = tip; chain.missing_header(); --number) {
        REQUIRE(chain.missing_header() == block(number));
        chain.take_header(block(number), header(number));
    }
}

}  // namespace

TEST_CASE("nothing is wanted and nothing is known before the first template") {
    const ChainEnd chain;
    CHECK(!chain.missing_header());
    CHECK(!chain.bits_after(block(1)));
    CHECK(!chain.bits_after({}));
}

TEST_CASE("the tip and the five blocks below it, each with the bits that the next one carries") {
    ChainEnd chain;
    fill(chain, 100);
    for (std::uint64_t number = 95; number <= 100; ++number)
        CHECK(chain.bits_after(block(number)) == 1001 + number);
    CHECK(!chain.bits_after(block(94)));
    CHECK(!chain.bits_after(block(101)));
    CHECK(chain.depth_of(block(100)) == 0);
    CHECK(chain.depth_of(block(95)) == 5);
    CHECK(!chain.depth_of(block(94)));

    fill(chain, 101);
    CHECK(chain.bits_after(block(101)) == 1102);
    CHECK(chain.bits_after(block(96)) == 1097);
    CHECK(!chain.bits_after(block(95)));
}

TEST_CASE("a reorganization takes blocks off") {
    ChainEnd chain;
    fill(chain, 100);
    // Another block 99, and one on it.
    chain.take_tip(block(2100), 7);
    dash::BlockHeader tip = header(100);
    tip.previous_block = block(2099);
    chain.take_header(block(2100), tip);
    CHECK(chain.missing_header() == block(2099));
    CHECK(!chain.bits_after(block(98)));
    chain.take_header(block(2099), header(99));
    CHECK(!chain.missing_header());  // the rest was known
    CHECK(chain.bits_after(block(98)) == 1099);
    CHECK(!chain.bits_after(block(99)));
    CHECK(!chain.bits_after(block(100)));
}

TEST_CASE("headers that nobody asked for change nothing") {
    ChainEnd chain;
    chain.take_header(block(5), header(5));
    chain.take_tip(block(6), 1);
    chain.take_header(block(5), header(5));
    CHECK(chain.missing_header() == block(6));
}

TEST_CASE("the chain may be shorter than its end") {
    ChainEnd chain;
    fill(chain, 2);  // block 0 is genesis' parent
    CHECK(!chain.missing_header());
    CHECK(chain.bits_after(block(1)) == 1002);
    CHECK(!chain.bits_after({}));
}

TEST_CASE("unknown blocks count as height 0 and are wanted once, again when the chain grew") {
    BlockHeights heights;
    heights.learn(block(1), 500);
    CHECK(heights.relative(block(1)) == 0);
    CHECK(!heights.take_wanted());
    CHECK(heights.relative(block(2)) == -500);
    CHECK(heights.relative(block(2)) == -500);
    CHECK(heights.take_wanted() == block(2));
    CHECK(!heights.take_wanted());
    CHECK(heights.relative(block(2)) == -500);
    CHECK(!heights.take_wanted());
    heights.learn(block(3), 501);
    CHECK(heights.relative(block(2)) == -501);
    CHECK(heights.take_wanted() == block(2));
    heights.learn(block(2), 499);
    CHECK(heights.relative(block(2)) == -2);
    CHECK(heights.height(block(2)) == 499);
    CHECK(!heights.take_wanted());
}
