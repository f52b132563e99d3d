#include <doctest/doctest.h>

#include "tests/simnet/world.h"

using namespace simnet;

TEST_CASE("the chain begins with Dash's regtest genesis block") {
    World world({.blocks = 0}, dash::system_clock());
    CHECK(world.chain().tip().hash.to_hex() == "000008ca1832a4baf228eb1553c03d3a2c8e02399550dd6ea8d65cec3ef23d2e");
    CHECK(world.chain().tip().header.merkle_root.to_hex() ==
          "e0028eb9648db56b1ac77cf090b99048a8007e2bb64b68f092c03c7f56a662c7");
}

TEST_CASE("premined chain has its masternodes") {
    World world({}, dash::system_clock());
    CHECK(world.chain().tip().height == 620);
    CHECK(world.chain().evo_state(world.chain().tip())->masternodes.all().size() == 4);
}
