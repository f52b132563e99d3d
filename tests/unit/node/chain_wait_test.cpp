#include "p2pool/node/chain_wait.h"

#include <doctest/doctest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/quiet_log.h"

using p2pool::node::ChainWait;

TEST_CASE("ten minutes without any share of peers are enough to wait for their chain") {
    tests::ManualClock clock;
    ChainWait wait(clock);
    clock.advance(599);
    CHECK(!wait.is_over());
    wait.shares_came();
    clock.advance(599);
    CHECK(!wait.is_over());
    clock.advance(1);
    CHECK(wait.is_over());
    // Miners who have work keep it.
    wait.shares_came();
    CHECK(wait.is_over());
}

TEST_CASE("shares that never become a chain are waited for an hour and no longer") {
    tests::ManualClock clock;
    ChainWait wait(clock);
    for (int minutes = 1; minutes < 60; ++minutes) {
        clock.advance(60);
        wait.shares_came();
        CHECK(!wait.is_over());
    }
    clock.advance(60);
    CHECK(wait.is_over());
}

TEST_CASE("the operator's clock does not end the wait for the chain") {
    tests::ManualClock clock;
    ChainWait wait(clock);
    clock.set_unix_seconds(clock.unix_seconds() + 86400);
    CHECK(!wait.is_over());
}
